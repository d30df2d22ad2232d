#include <array>

#include "egress/depacketizer.h"
#include "media/codec/vp9.h"

namespace plenum::egress {
namespace {

constexpr std::size_t kMaxLayers = 8;  // also what a superframe holds

FramePosition position_of(const codec::Vp9Descriptor& d) {
  FramePosition p;
  if (d.has_picture_id) p.picture_id = d.picture_id;
  p.picture_id_mask = d.long_picture_id ? 0x7fff : 0x7f;
  if (d.has_tl0_picture_index) p.tl0_picture_index = d.tl0_picture_index;
  p.temporal_id = d.temporal_id;
  p.opens_layers = d.switching_up_point;
  return p;
}

/// The uncompressed header says key frame, VP9 bitstream section 6.2: frame_marker (2 bits),
/// profile (2), show_existing_frame, frame_type. Profile 3 has one bit more and more than 8-bit
/// 4:2:0.
bool is_key_header(Bytes frame) {
  const std::uint8_t first = frame.empty() ? std::uint8_t{0xff} : be8(frame, 0);
  return first >> 6 == 2 && (first >> 4 & 3) != 3 && (first & 0x0c) == 0;
}

/// RFC 9628: the frames of a picture's spatial layers follow each other, each in packets of its
/// own. Several become a superframe, VP9 bitstream annex B.
class Vp9Depacketizer final : public Depacketizer {
 public:
  bool begins_frame(Bytes payload) const override {
    const auto d = codec::parse_vp9(payload);
    return d && d->start_of_frame && d->spatial_id == 0;
  }

  bool add(Bytes payload) override {
    const auto d = codec::parse_vp9(payload);
    if (!d) return false;
    const Bytes data = payload.subspan(d->size);
    if (d->start_of_frame) {
      if (layers_ == kMaxLayers || (layers_ != 0 && d->spatial_id <= spatial_id_)) return false;
      if (layers_ == 0) {
        key_ = d->keyframe() && is_key_header(data);
        if (key_) alone_.reset();
        position_ = position_of(*d);
      } else if (key_ && is_key_header(data)) {
        alone_ = d->spatial_id;
      }
      begins_[layers_++] = bytes_.size();
      spatial_id_ = d->spatial_id;
    } else if (layers_ == 0 || layer_ended_ || d->spatial_id != spatial_id_) {
      return false;
    }
    layer_ended_ = d->end_of_frame;
    return append(data);
  }

 private:
  std::optional<JoinedFrame> join() override {
    if (layers_ == 0) return std::nullopt;
    if (alone_) {
      if (spatial_id_ != *alone_) return JoinedFrame{};
      const std::size_t lower = begins_[layers_ - 1];
      bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(lower));
      layers_ = 1;
    }
    if (layers_ > 1 && !append_index()) return std::nullopt;
    return JoinedFrame{std::move(bytes_), key_, position_};
  }

  /// Annex B: a marker byte, the sizes in four little-endian bytes each, the marker again.
  bool append_index() {
    std::array<std::byte, 2 + 4 * kMaxLayers> index{};
    const auto marker = static_cast<std::byte>(0xc0 | 3 << 3 | (layers_ - 1));
    std::size_t n = 0;
    index[n++] = marker;
    for (std::size_t i = 0; i < layers_; ++i) {
      const std::size_t end = i + 1 < layers_ ? begins_[i + 1] : bytes_.size();
      for (unsigned shift = 0; shift < 32; shift += 8)
        index[n++] = static_cast<std::byte>((end - begins_[i]) >> shift & 0xff);
    }
    index[n++] = marker;
    return append(Bytes(index).first(n));
  }

  void forget() override {
    layers_ = 0;
    layer_ended_ = key_ = false;
    position_ = {};
  }

  std::array<std::size_t, kMaxLayers> begins_{};  // of each layer's frame in bytes_
  std::size_t layers_ = 0;
  std::uint8_t spatial_id_ = 0;  // of the layer at the end of bytes_
  /// Set where the layers do not refer to each other (the S modes of scalability), which no decoder
  /// takes together: the one that is given out, the highest of the latest key picture.
  std::optional<std::uint8_t> alone_;
  bool layer_ended_ = false;
  bool key_ = false;
  FramePosition position_;
};

}  // namespace

std::unique_ptr<Depacketizer> make_vp9_depacketizer() {
  return std::make_unique<Vp9Depacketizer>();
}

}  // namespace plenum::egress
