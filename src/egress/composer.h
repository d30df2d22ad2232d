#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "egress/audio_encoder.h"
#include "egress/audio_mixer.h"
#include "egress/compositor.h"
#include "egress/media_source.h"
#include "egress/shown_scene.h"
#include "egress/transition.h"
#include "egress/video_encoder.h"

namespace plenum::egress {

/// Makes the picture and the sound of each moment from the media and the scenes, and encodes them.
/// Frame n shows what was captured n frames' time after the start, and is composed kDelay later,
/// when all of it has come. Scenes are delayed alike, so that a tile changes when what is to be
/// seen in it does. Sans-I/O.
class Composer {
 public:
  static constexpr Duration kDelay = 500ms;
  /// A picture is shown for so long after its stream has fallen silent.
  static constexpr Duration kHold = 10s;

  struct Options {
    Size canvas{};
    Encoding encoding = Encoding::h264_aac;
    int fps = 30;
    bool constant_bitrate = false;
    /// As VideoEncoder::Options::threads.
    int threads = 0;
  };
  /// Throws std::runtime_error when an encoder cannot be opened.
  Composer(const Options& options, TimePoint start);

  Streams streams() const { return {.video = video_.format(), .audio = audio_.format()}; }
  /// In the order of their times.
  void add_scene(ShownScene scene) { scenes_.push_back(std::move(scene)); }

  /// The capture time of the next frame.
  TimePoint captured() const { return time_of(frame_); }
  Duration interval() const { return Duration(1'000'000 / options_.fps); }
  /// When it is to be composed.
  TimePoint due() const { return captured() + kDelay; }
  /// Composes the next frame. With `repeat` it shows what the one before showed, which saves time;
  /// with `half_rate` it also stands for the frame after it, of which only the sound is made, if
  /// its number is even.
  std::vector<Packet> compose(MediaSource& media, bool repeat, bool half_rate = false);
  /// The next frame has no picture of its own.
  bool skips_next() const { return skips_next_; }
  void force_key_frame() { video_.force_key_frame(); }
  /// Nothing may be composed afterwards.
  std::vector<Packet> flush();
  std::int64_t frames() const { return frame_; }
  /// Behind the tiles and over them, as Compositor has it.
  void set_background(const PictureView* image) { compositor_.set_background(image); }
  void set_logo(Overlay logo, Corner corner) { compositor_.set_logo(std::move(logo), corner); }
  /// What the latest frame shows; valid until the next.
  PictureView picture() const { return compositor_.canvas().view(); }

 private:
  TimePoint time_of(std::int64_t frame) const {
    return start_ + Duration(frame * 1'000'000 / options_.fps);
  }
  void apply_scenes(TimePoint until);
  void draw(MediaSource& media, TimePoint at);
  TileView view_of(const MovingTile& moving, MediaSource& media, TimePoint at);
  const PictureView* picture_of(std::uint64_t track, MediaSource& media, TimePoint at,
                                TileView& view);
  void mix(MediaSource& media, std::vector<Packet>& out);

  const Options options_;
  const TimePoint start_;
  VideoEncoder video_;
  AudioEncoder audio_;
  Compositor compositor_;
  AudioMixer mixer_;
  Transition transition_;
  std::deque<ShownScene> scenes_;
  /// Of the scene that is shown, and of those whose tiles still fade.
  std::map<std::string, ShownMember, std::less<>> members_;
  std::set<std::string, std::less<>> present_;
  /// Tracks in tiles, and since when.
  std::map<std::uint64_t, TimePoint> shown_since_;
  std::int64_t frame_ = 0;
  bool skips_next_ = false;
  std::int64_t blocks_ = 0;
};

}  // namespace plenum::egress
