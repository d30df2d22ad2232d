#pragma once
#include <cstdint>
#include <deque>
#include <vector>

#include "egress/encoding.h"
#include "egress/picture.h"
#include "egress/streams.h"

namespace plenum::egress {

/// 854x480: 1500, 1280x720: 3000, 1920x1080: 4500; other sizes follow the same curve.
int default_bitrate_kbps(Size size);

/// H.264 by x264 or VP8 by libvpx at a constant frame rate, for one thread. No B-frames, so pts =
/// dts. Every regular key frame (an IDR) has a frame index that is a multiple of two seconds; a
/// forced one does not move that grid. Tagged BT.709, limited range. Packets count in
/// kVideoTimeBase.
class VideoEncoder {
 public:
  struct Options {
    Encoding encoding = Encoding::h264_aac;
    /// Even, 16…4096 each way.
    Size size{.width = 1280, .height = 720};
    int fps = 30;
    /// 0 = default_bitrate_kbps(size).
    int bitrate_kbps = 0;
    /// 0 = one up to 720p, two above. Each beyond the first delays packets of H.264 by one frame.
    int threads = 0;
    /// Fills quiet pictures up to the bitrate, as services that take RTMP want it.
    bool constant_bitrate = false;
  };

  /// Throws std::runtime_error when the options are out of range or the encoder refuses
  /// them.
  explicit VideoEncoder(const Options& options);

  StreamFormat format() const { return StreamFormat(*context_); }
  /// The next picture becomes a key frame; at most one a second is forced, so it may come later.
  void force_key_frame() { key_frame_wanted_ = true; }
  /// `index` counts frames and grows with each call, by `frames` of the call before, which its
  /// picture stands for; the picture is not kept. Throws std::runtime_error when the encoder fails,
  /// which only lack of memory makes it do.
  std::vector<Packet> encode(const PictureView& picture, std::int64_t index, int frames = 1);
  /// What threads still hold. Nothing may be encoded afterwards.
  std::vector<Packet> flush();

 private:
  bool wants_key_frame(std::int64_t index);
  std::vector<Packet> send(const AVFrame* frame);

  Options options_;
  CodecContext context_;
  Frame frame_;
  bool key_frame_wanted_ = false;
  /// Of the last forced one; far enough back to begin with.
  std::int64_t forced_index_;
  /// For how many frames the pictures stand whose packets are still to come.
  std::deque<int> lengths_;
};

}  // namespace plenum::egress
