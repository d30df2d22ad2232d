#include "sfu/track.h"

#include <algorithm>

#include "media/rtp/red.h"
#include "sfu/subscription.h"

namespace plenum::sfu {
namespace {

constexpr Duration kTick = 100ms;
/// A layer without packets for this long is off. Longer than the gap between frames of a 1 fps
/// screen share would be ideal; but then a stopped camera layer would freeze its viewers as long.
constexpr Duration kLayerTimeout = 1500ms;
/// Nobody asks for a packet again that is older; a paused or low layer shall not hold its memory.
constexpr Duration kCacheAge = 2s;

}  // namespace

Track::Track(Config config) : config_(std::move(config)) {
  config_.layers = std::clamp<std::uint8_t>(config_.layers, 1, kLayers);
  burst_.reserve(64);
}

Track::~Track() = default;

const TrackPacket* Track::handle_rtp(std::uint8_t index, bool is_red, rtp::Packet packet,
                                     const rtp::ExtensionsView& extensions, TimePoint now) {
  if (index >= kLayers || (index > 0 && !has_layer_streams())) return nullptr;
  Layer& layer = layers_[index];
  const bool is_empty = packet.payload().empty();
  const bool begins = !layer.seen || layer.ssrc != packet.header.ssrc;
  if (is_empty && begins) return nullptr;
  // A subscriber without RED would get it as if it were Opus.
  if (is_red && !is_empty && !rtp::parse_red(packet.payload())) return nullptr;
  if (begins) {
    if (layer.cache && !burst_.empty()) replaced_.push_back(std::move(layer.cache));
    layer.cache = std::make_unique<rtp::PacketCache>();
    layer.facts.clear();
    // A replica may have been told the clock before its first packet.
    if (layer.seen) layer.clock.valid = false;
    layer.ssrc = packet.header.ssrc;
    layer.seen = true;
    dependencies_from_ = ExtSeq{};  // numbers start over
    ++layer.epoch;
    if (next_tick_ == kNever) next_tick_ = now + kTick;
  }
  const ExtSeq seq = packet.seq;
  // Refuses what came both as original and as retransmission.
  const rtp::Packet* cached = layer.cache->insert(std::move(packet), now);
  if (!cached) return nullptr;

  TrackPacket p{.packet = cached,
                .extensions = extensions,
                .frame = {},
                .layer = index,
                .epoch = layer.epoch,
                .is_red = is_red};
  if (kind() == MediaKind::video && !is_empty) {
    p.frame = inspect(*cached, extensions);
    if (p.frame.keyframe && p.frame.start_of_frame) layer.keyframes.handle_keyframe();
  }
  if (!is_empty) layer.last_packet = now;  // probes do not make a picture
  if (!is_empty && !(active_ >> index & 1)) refresh_active(now);
  if (kind() == MediaKind::video) layer.remember(seq, p);  // audio is never retransmitted
  burst_.push_back(p);
  return &burst_.back();
}

void Track::Layer::remember(ExtSeq seq, const TrackPacket& packet) {
  if (facts.size() != cache->capacity()) {
    std::vector<Facts> old(cache->capacity());
    old.swap(facts);
    for (const Facts& f : old) facts[f.seq.value() % facts.size()] = f;
  }
  facts[seq.value() % facts.size()] = {seq, packet};
}

codec::FrameInfo Track::inspect(const rtp::Packet& packet, const rtp::ExtensionsView& extensions) {
  // Simulcast layers each have a dependency structure of their own and their payloads tell enough.
  if (is_svc() && !extensions.dependency_descriptor.empty())
    if (const auto d = read_descriptor(packet.seq, extensions.dependency_descriptor))
      return codec::inspect(config_.codec, packet.payload(), packet.header.marker, &*d);
  return codec::inspect(config_.codec, packet.payload(), packet.header.marker, nullptr);
}

Result<rtp::DependencyDescriptor, rtp::DependencyError> Track::read_descriptor(ExtSeq seq,
                                                                               Bytes value) {
  if (!dependencies_) dependencies_ = std::make_unique<rtp::DependencyStructure>();
  if (seq < dependencies_from_) {  // a key frame repaired late explains nothing that comes now
    rtp::DependencyStructure in_force = *dependencies_;
    return rtp::parse_dependency_descriptor(value, in_force);
  }
  auto descriptor = rtp::parse_dependency_descriptor(value, *dependencies_);
  if (descriptor && descriptor->has_structure) dependencies_from_ = seq;
  return descriptor;
}

void Track::handle_sender_report(std::uint8_t index, NtpTime ntp, RtpTime rtp, TimePoint now) {
  if (index >= kLayers) return;
  layers_[index].clock = ClockSync{ntp, rtp, now, true};
}

void Track::request_keyframe(std::uint8_t index, TimePoint now) {
  if (index >= kLayers || kind() != MediaKind::video) return;
  layers_[index].keyframes.handle_request(now);
}

std::optional<std::uint8_t> Track::poll_keyframe_request(TimePoint now) {
  for (std::uint8_t i = 0; i < kLayers; ++i)
    if (layers_[i].keyframes.poll(now)) return i;
  return std::nullopt;
}

void Track::handle_timeout(TimePoint now) {
  if (now < next_tick_) return;
  next_tick_ = now + kTick;
  refresh_active(now);
  for (Layer& layer : layers_)
    if (layer.cache) layer.cache->expire(now, kCacheAge);
  for (std::uint8_t i = 0; i < kLayers; ++i)  // a layer that is off; what it had has expired
    if (!(active_ >> i & 1)) layers_[i].facts = {};
  for (Subscription* s : subscriptions_) s->request_missing_keyframe(now);
}

void Track::refresh_active(TimePoint now) {
  std::uint8_t active = 0;
  for (std::uint8_t i = 0; i < kLayers; ++i) {
    Layer& l = layers_[i];
    if (l.seen && now - l.last_packet < kLayerTimeout)
      active = static_cast<std::uint8_t>(active | 1u << i);
  }
  // A single stream is never "off": a slow screen share would lose its only layer.
  if (!config_.simulcast && layers_[0].seen) active |= 1;
  active_ = active;
}

bool Track::find(std::uint8_t index, ExtSeq seq, TrackPacket& out) const {
  if (index >= kLayers || !layers_[index].cache || layers_[index].facts.empty()) return false;
  const Layer& layer = layers_[index];
  const rtp::Packet* packet = layer.cache->find(seq);
  const Layer::Facts& facts = layer.facts[seq.value() % layer.facts.size()];
  if (!packet || facts.seq != seq) return false;
  out = facts.packet;
  return true;
}

}  // namespace plenum::sfu
