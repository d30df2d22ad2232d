// The way of a packet through the SFU, from a plaintext packet of a stranger to two subscribers and
// a relay: no number goes out twice (it is the nonce of a cipher), and nothing is larger than
// promised.
//
// Input: codec and flags, the second subscriber's target, then records of a size (2 bytes), a
// control byte (0-1 layer, 2 RED, 3-5 what, 6 the turn goes on) and so many bytes.
// The seeds are written by hand: a few packets of each codec with a change of target, a
// retransmission and a pause between.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <vector>

#include "media/rtp/unwrap.h"
#include "sfu/relay_format.h"
#include "sfu/subscription.h"
#include "sfu/track.h"

namespace {

using namespace plenum;

constexpr std::size_t kMaxPacket = 1600;

sfu::Track::Config config(std::uint8_t flags) {
  sfu::Track::Config c;
  c.id = TrackId(1);
  c.codec = static_cast<codec::Codec>((flags & 0x0f) % 9);
  c.simulcast = flags & 0x10;
  c.red = flags & 0x20;
  c.layers = 3;
  return c;
}

/// One who receives, and all the numbers that went to it.
class Receiver {
 public:
  Receiver(sfu::Track& track, bool rtx, TimePoint now) : subscription_(PeerId(1), track) {
    sfu::Subscription::Wire wire;
    wire.ssrc = Ssrc(9);
    wire.payload_type = 96;
    wire.rtx_ssrc = Ssrc(10);
    if (rtx) wire.rtx_payload_type = 97;
    subscription_.bind(wire, now);
  }
  void forward(const sfu::TrackPacket& packet, TimePoint now) {
    if (subscription_.forward(packet, now, out_)) check(sent_);
    subscription_.poll_sender_report(now);
  }
  void retransmit(std::uint16_t seq, TimePoint now) {
    if (subscription_.retransmit(seq, now, out_)) check(resent_);
  }
  sfu::Subscription& subscription() { return subscription_; }

 private:
  void check(std::set<std::uint64_t>& before) {
    if (out_.prefix_size > out_.prefix.size()) std::abort();
    if (out_.payload.size() > kMaxPacket) std::abort();
    if (!before.insert(out_.seq.value()).second) std::abort();
    // Read to its end: a view of something freed shows here.
    unsigned sum = 0;
    for (const std::byte b : out_.payload) sum += std::to_integer<unsigned>(b);
    for (const std::byte b : out_.dependency_descriptor) sum += std::to_integer<unsigned>(b);
    sum_ = sum;
  }

  sfu::Subscription subscription_;
  rtp::Outgoing out_;
  std::set<std::uint64_t> sent_, resent_;
  volatile unsigned sum_ = 0;
};

class Room {
 public:
  Room(std::uint8_t flags, std::uint8_t target) : track_(config(flags)), replica_(config(flags)) {
    set_target(target);
  }

  void take(std::uint8_t control, Bytes body) {
    const auto layer = static_cast<std::uint8_t>((control & 3) % 3);
    switch (control >> 3 & 7) {
      case 4:
        set_target(body.empty() ? 0 : std::to_integer<std::uint8_t>(body[0]));
        break;
      case 5:
        if (body.size() >= 2)
          for (Receiver* r : receivers())
            r->retransmit(static_cast<std::uint16_t>(be(body, 0, 2)), now_);
        break;
      case 6:
        end_turn();  // a turn has one time
        now_ += Duration(1000 * static_cast<std::int64_t>(be_or_zero(body)));
        track_.handle_timeout(now_);
        replica_.handle_timeout(now_);
        break;
      case 7:
        track_.handle_sender_report(layer, NtpTime{be_or_zero(body) << 32},
                                    RtpTime(static_cast<std::uint32_t>(be_or_zero(body))), now_);
        track_.set_muted(control & 4);
        break;
      default:
        packet(layer, control & 4, body);
    }
    if (!(control & 0x40)) end_turn();
  }
  void end_turn() {
    for (const sfu::TrackPacket& p : track_.burst()) {
      near_.forward(p, now_);
      far_.forward(p, now_);
      relay(p);
    }
    track_.end_burst();
    for (const sfu::TrackPacket& p : replica_.burst()) beyond_.forward(p, now_);
    replica_.end_burst();
    while (track_.poll_keyframe_request(now_)) continue;
    while (replica_.poll_keyframe_request(now_)) continue;
  }

 private:
  std::array<Receiver*, 3> receivers() { return {&near_, &far_, &beyond_}; }
  static std::uint64_t be_or_zero(Bytes body) { return body.size() >= 2 ? be(body, 0, 2) : 0; }
  void set_target(std::uint8_t target) {
    for (Receiver* r : {&far_, &beyond_})
      r->subscription().set_target(!(target & 0x80), target & 3,
                                   target & 0x40 ? 0xff : (target >> 2 & 3), now_);
  }
  void packet(std::uint8_t layer, bool red, Bytes body) {
    if (body.size() > kMaxPacket) return;
    rtp::Packet p;
    p.buffer = Buffer::copy_of(body);
    p.size = body.size();
    const auto header = rtp::parse_header(body);
    if (!header) return;
    p.header = *header;
    p.seq = unwrappers_[layer].unwrap(header->sequence);
    const auto extensions =
        rtp::parse_extensions(p.buffer.bytes(), p.header, sfu::relay_extensions());
    track_.handle_rtp(layer, red, std::move(p), extensions, now_);
  }
  /// As the shard writes it, and as the other reads it.
  void relay(const sfu::TrackPacket& packet) {
    std::array<std::byte, Buffer::kCapacity> bytes;
    const std::size_t size = sfu::write_relay_packet(packet, bytes);
    if (size == 0) return;
    rtp::Packet p;
    p.buffer = Buffer::copy_of(Bytes(bytes).first(size));
    p.size = size;
    const auto header = rtp::parse_header(p.buffer.bytes());
    if (!header) std::abort();
    p.header = *header;
    p.seq = packet.packet->seq;
    if (!std::ranges::equal(p.payload(), packet.packet->payload())) std::abort();
    const auto extensions =
        rtp::parse_extensions(p.buffer.bytes(), p.header, sfu::relay_extensions());
    replica_.handle_rtp(packet.layer, packet.is_red, std::move(p), extensions, now_);
  }

  TimePoint now_{1000s};
  sfu::Track track_, replica_;
  Receiver near_{track_, false, now_}, far_{track_, true, now_}, beyond_{replica_, true, now_};
  std::array<rtp::SequenceUnwrapper, 3> unwrappers_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes input = std::as_bytes(std::span(data, size));
  if (input.size() < 2) return 0;
  Room room(std::to_integer<std::uint8_t>(input[0]), std::to_integer<std::uint8_t>(input[1]));
  input = input.subspan(2);
  while (input.size() >= 3) {
    const std::size_t length = std::min<std::size_t>(be(input, 0, 2), input.size() - 3);
    room.take(std::to_integer<std::uint8_t>(input[2]), input.subspan(3, length));
    input = input.subspan(3 + length);
  }
  room.end_turn();
  return 0;
}
