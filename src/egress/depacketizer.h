#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// What a decoder takes at once: of video an access unit, a picture with all its spatial layers or
/// a temporal unit; of audio one packet.
struct EncodedFrame {
  /// VP8: the frame. VP9: the frame, or a superframe of all layers (VP9 bitstream annex B); of
  /// layers that do not refer to each other the highest. H.264: Annex B, parameter sets before each
  /// IDR picture. AV1: OBUs with sizes, from a temporal delimiter on. Opus: the packet.
  std::vector<std::byte> bytes;
  RtpTime timestamp;
  /// Refers to nothing before it. Always set for audio.
  bool key = false;
  /// When the last of its packets came.
  TimePoint arrival{};
};

/// No frame grows above this.
inline constexpr std::size_t kMaxFrameBytes = 8 * 1024 * 1024;

/// Where a frame stands among the temporal layers of VP8 (RFC 7741 section 4.2) or VP9 (RFC 9628
/// section 4.2); unset is what the packets do not say.
struct FramePosition {
  std::optional<std::uint16_t> picture_id;
  std::uint16_t picture_id_mask = 0;  // 0x7f or 0x7fff: it wraps there
  std::optional<std::uint8_t> tl0_picture_index;
  std::uint8_t temporal_id = 0;
  /// VP8 layer sync: refers to the base layer only.
  bool refers_to_base_only = false;
  /// VP9 switching up point: what follows refers to nothing of a higher layer before this frame.
  bool opens_layers = false;
};

struct JoinedFrame {
  /// Empty when the packets held nothing to decode (parameter sets alone).
  std::vector<std::byte> bytes;
  bool key = false;
  std::optional<FramePosition> position;
};

/// Joins the packets of one frame at a time. The caller sees to it that they come in order and
/// without a gap, and tells where a frame ends.
class Depacketizer {
 public:
  virtual ~Depacketizer() = default;
  /// The packet is surely the first of its frame, whatever was lost before it. A false means "not
  /// sure"; key frames can always tell (of H.264 those that bring their parameter sets).
  virtual bool begins_frame(Bytes payload) const = 0;
  /// False: the packet makes no sense here, and the frame is spoiled. clear() then comes next.
  virtual bool add(Bytes payload) = 0;
  /// The frame, all its packets being there; nullopt if they do not make one. Begins the next.
  std::optional<JoinedFrame> finish();
  /// Forgets the frame begun.
  void clear();

 protected:
  virtual std::optional<JoinedFrame> join() = 0;
  virtual void forget() = 0;
  /// False: the frame would grow above kMaxFrameBytes.
  bool append(Bytes part);

  std::vector<std::byte> bytes_;
};

/// Throws std::invalid_argument for a codec without a depacketizer (H.265, audio).
std::unique_ptr<Depacketizer> make_depacketizer(codec::Codec codec);

/// One for each RTP payload format: RFC 7741, RFC 9628, RFC 6184, AV1 RTP specification v1.0.
std::unique_ptr<Depacketizer> make_vp8_depacketizer();
std::unique_ptr<Depacketizer> make_vp9_depacketizer();
std::unique_ptr<Depacketizer> make_h264_depacketizer();
std::unique_ptr<Depacketizer> make_av1_depacketizer();

}  // namespace plenum::egress
