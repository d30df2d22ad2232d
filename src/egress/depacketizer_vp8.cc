#include "egress/depacketizer.h"
#include "media/codec/vp8.h"

namespace plenum::egress {
namespace {

FramePosition position_of(const codec::Vp8Descriptor& d) {
  FramePosition p;
  if (d.has_picture_id) p.picture_id = d.picture_id;
  p.picture_id_mask = d.long_picture_id ? 0x7fff : 0x7f;
  if (d.has_tl0_picture_index && d.has_temporal_id) p.tl0_picture_index = d.tl0_picture_index;
  p.temporal_id = d.temporal_id;
  p.refers_to_base_only = d.layer_sync;
  return p;
}

/// RFC 7741: the payloads behind the descriptors, one after the other, are the frame.
class Vp8Depacketizer final : public Depacketizer {
 public:
  bool begins_frame(Bytes payload) const override {
    const auto d = codec::parse_vp8(payload);
    return d && d->starts_frame();
  }

  bool add(Bytes payload) override {
    const auto d = codec::parse_vp8(payload);
    if (!d || d->starts_frame() != bytes_.empty()) return false;
    if (bytes_.empty()) {
      key_ = d->keyframe;
      position_ = position_of(*d);
    }
    return append(payload.subspan(d->size));
  }

 private:
  std::optional<JoinedFrame> join() override {
    if (bytes_.empty()) return std::nullopt;
    return JoinedFrame{std::move(bytes_), key_, position_};
  }
  void forget() override {
    key_ = false;
    position_ = {};
  }

  bool key_ = false;
  FramePosition position_;
};

}  // namespace

std::unique_ptr<Depacketizer> make_vp8_depacketizer() {
  return std::make_unique<Vp8Depacketizer>();
}

}  // namespace plenum::egress
