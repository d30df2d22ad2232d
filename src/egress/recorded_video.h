#pragma once
#include <deque>
#include <optional>

#include "egress/media_source.h"
#include "egress/video_decoder.h"

namespace plenum::egress {

/// The picture of a recorded file at any time. Frames wait encoded and are decoded when their time
/// has come; all of them, for a file may hold key frames minutes apart, and its tile may come back
/// at any time.
class RecordedVideo {
 public:
  /// Throws std::runtime_error if FFmpeg lacks the codec.
  explicit RecordedVideo(codec::Codec codec) : decoder_(codec) {}

  /// In the order of the file.
  void push(EncodedFrame frame, TimePoint captured) {
    bytes_ += frame.bytes.size();
    waiting_.push_back({std::move(frame), captured});
  }
  /// The newest picture up to `until`, which grows; null if there is none.
  const TimedPicture* advance(TimePoint until);
  bool is_empty() const { return waiting_.empty(); }
  /// Of what waits.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Waiting {
    EncodedFrame frame;
    TimePoint captured{};
  };

  VideoDecoder decoder_;
  std::deque<Waiting> waiting_;
  std::size_t bytes_ = 0;
  std::optional<DecodedPicture> decoded_;
  TimedPicture picture_;
};

}  // namespace plenum::egress
