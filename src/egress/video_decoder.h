#pragma once
#include <cstdint>
#include <optional>

#include "egress/depacketizer.h"
#include "egress/ffmpeg.h"
#include "egress/picture.h"

namespace plenum::egress {

/// The decoder owns the memory behind it together with whoever holds the frame.
struct DecodedPicture {
  /// Always 8-bit 4:2:0, limited range, 4096x4096 at most; sides may be odd.
  Frame frame;
  RtpTime timestamp;
  /// Valid while `frame` is.
  PictureView view() const;
};

/// Decodes one stream of complete frames, on the caller's thread and without delay: VP8, VP9, H.264
/// with libavcodec's own decoders, AV1 with libdav1d.
class VideoDecoder {
 public:
  static constexpr int kMaxSide = 4096;

  /// Throws std::runtime_error when this FFmpeg has no decoder for the codec.
  explicit VideoDecoder(codec::Codec codec);

  /// The picture; of a superframe the last one, which is that of the highest layer. nullopt: none
  /// yet, no key frame yet, a form that is refused, or an error. After an error the decoder begins
  /// anew and waits_for_key().
  std::optional<DecodedPicture> decode(const EncodedFrame& frame);

  /// Ignores frames up to the next key frame: for one who leaves frames out.
  void skip_until_key() { waits_for_key_ = true; }
  /// The caller has FrameAssembler::require_key() ask for one.
  bool waits_for_key() const { return waits_for_key_; }

  std::uint64_t errors() const { return errors_; }
  /// Pictures of a size or sample format that is not taken.
  std::uint64_t refused() const { return refused_; }

 private:
  void open();
  /// The last picture in `out`, which stays empty if there is none. False: the decoder failed.
  bool run(const EncodedFrame& frame, Frame& out);

  const AVCodec* codec_;
  CodecContext context_;
  bool waits_for_key_ = true;
  std::uint64_t errors_ = 0, refused_ = 0;
};

}  // namespace plenum::egress
