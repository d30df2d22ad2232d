#include "media/codec/frame_info.h"

#include <algorithm>

#include "media/codec/av1.h"
#include "media/codec/h264.h"
#include "media/codec/h265.h"
#include "media/codec/vp8.h"
#include "media/codec/vp9.h"

namespace plenum::codec {
namespace {

void inspect_vp8(Bytes payload, FrameInfo& f) {
  const auto d = parse_vp8(payload);
  if (!d) return;
  f.keyframe = d->keyframe;
  f.start_of_frame = d->starts_frame();
  f.discardable = d->non_reference;
  f.temporal_id = d->temporal_id;
  f.switching_up = d->layer_sync;
  f.has_picture_id = d->has_picture_id;
  f.picture_id = d->picture_id;
  f.has_tl0_picture_index = d->has_tl0_picture_index;
  f.tl0_picture_index = d->tl0_picture_index;
  f.width = d->width;
  f.height = d->height;
}

void inspect_vp9(Bytes payload, FrameInfo& f) {
  const auto d = parse_vp9(payload);
  if (!d) return;
  f.keyframe = d->keyframe();
  f.start_of_frame = d->start_of_frame;
  f.end_of_frame = d->end_of_frame;
  f.spatial_id = d->spatial_id;
  f.temporal_id = d->temporal_id;
  if (d->switching_up_point) f.switch_up_temporal_id = kHighestTemporalId;
  f.has_picture_id = d->has_picture_id;
  f.picture_id = d->picture_id;
  f.has_tl0_picture_index = d->has_tl0_picture_index;
  f.tl0_picture_index = d->tl0_picture_index;
  if (d->has_structure && d->structure.has_resolutions &&
      d->spatial_id < d->structure.spatial_layers) {
    f.width = d->structure.width[d->spatial_id];
    f.height = d->structure.height[d->spatial_id];
  }
}

void inspect_h264(Bytes payload, FrameInfo& f) {
  const auto p = parse_h264(payload);
  if (!p) return;
  f.keyframe = p->keyframe();
  f.start_of_frame = p->start_of_frame;
  f.discardable = p->non_reference && !p->keyframe();
}

void inspect_h265(Bytes payload, FrameInfo& f) {
  const auto p = parse_h265(payload);
  if (!p) return;
  f.keyframe = p->keyframe();
  f.start_of_frame = p->start_of_frame;
  f.temporal_id = p->temporal_id;
}

void inspect_av1(Bytes payload, FrameInfo& f) {
  const auto p = parse_av1(payload);
  if (!p) return;
  f.keyframe = p->keyframe();
  f.start_of_frame = !p->continues_obu;
  f.spatial_id = p->spatial_id;
  f.temporal_id = p->temporal_id;
}

bool is_discardable(const rtp::DependencyDescriptor& d) {
  // No decode target holds the frame as switching (2) or required (3): no high bit of a pair.
  return (d.dtis.bits & 0xaaaaaaaaaaaaaaaau) == 0;
}

void apply(const rtp::DependencyDescriptor& d, Codec codec, FrameInfo& f) {
  // Receivers need the structure to make sense of the frames that follow, so that a frame without
  // references is an entry only if its first packet carries one.
  const bool refers_to_nothing = d.frame_diffs.count == 0 && d.spatial_id == 0;
  const bool keyframe = refers_to_nothing && (d.has_structure || !d.start_of_frame);
  // Their first payload byte tells, encrypted or not.
  const bool payload_tells = codec == Codec::vp8 || codec == Codec::h264;
  f.keyframe = keyframe || (payload_tells && f.keyframe);
  f.start_of_frame = d.start_of_frame;
  f.end_of_frame = d.end_of_frame;
  f.discardable = is_discardable(d);
  f.spatial_id = d.spatial_id;
  f.temporal_id = d.temporal_id;
  f.switch_up_temporal_id = d.switch_up_temporal_id;
  if (f.keyframe && d.resolution.width != 0) {
    f.width = static_cast<std::uint16_t>(std::min<std::uint32_t>(d.resolution.width, 0xffff));
    f.height = static_cast<std::uint16_t>(std::min<std::uint32_t>(d.resolution.height, 0xffff));
  }
}

}  // namespace

FrameInfo inspect(Codec codec, Bytes payload, bool marker,
                  const rtp::DependencyDescriptor* descriptor) {
  FrameInfo f;
  f.end_of_frame = marker;
  switch (codec) {
    case Codec::vp8:
      inspect_vp8(payload, f);
      break;
    case Codec::vp9:
      inspect_vp9(payload, f);
      break;
    case Codec::h264:
      inspect_h264(payload, f);
      break;
    case Codec::av1:
      inspect_av1(payload, f);
      break;
    case Codec::h265:
      inspect_h265(payload, f);
      break;
    case Codec::opus:
    case Codec::pcmu:
    case Codec::pcma:
    case Codec::g722:
      f.keyframe = f.start_of_frame = f.end_of_frame = true;
      return f;
  }
  if (descriptor) apply(*descriptor, codec, f);
  if (f.keyframe) {
    f.switching_up = true;
    f.switch_up_temporal_id = kHighestTemporalId;
  }
  f.switch_up_temporal_id = std::max(f.switch_up_temporal_id, f.temporal_id);
  return f;
}

}  // namespace plenum::codec
