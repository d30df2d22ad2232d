// From RTP packets to frames: the first byte chooses the codec; then packets follow, each with a
// step of the sequence number (signed byte), marker (bit 7) and step of the timestamp (a byte), its
// length (two bytes) and its payload. What comes out is in order, bounded and of the promised form.
// The seeds are the streams of src/egress/test_streams.h (libvpx, x264 and libaom, 96x64),
// packetized by src/egress/test_packetizer.h; the lossy ones lack packets, and the small ones are
// written by hand.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <utility>

#include "egress/depacketizer_audio.h"
#include "egress/frame_assembler.h"
#include "egress/jitter_buffer.h"

namespace {

using namespace plenum;
using egress::EncodedFrame;

void require(bool claim) {
  if (!claim) std::abort();
}

/// Each OBU has a size, and together they are the unit.
void check_av1(Bytes unit) {
  ByteReader r(unit);
  while (r.left() > 0) {
    const unsigned header = r.u8();
    require((header & 0x82) == 0x02);
    if (header & 0x04) r.u8();
    std::size_t size = 0;
    for (unsigned shift = 0;; shift += 7) {
      const unsigned b = r.u8();
      size |= static_cast<std::size_t>(b & 0x7f) << shift;
      if (!(b & 0x80)) break;
    }
    r.bytes(size);
    require(r.ok());
  }
}

bool has_nal(Bytes annex_b, unsigned type) {
  for (std::size_t i = 0; i + 5 <= annex_b.size(); ++i)
    if (be32(annex_b, i) == 1 && (be8(annex_b, i + 4) & 0x1fu) == type) return true;
  return false;
}

void check_video(codec::Codec codec, const EncodedFrame& frame) {
  const Bytes b = frame.bytes;
  require(!b.empty() && b.size() <= egress::kMaxFrameBytes);
  if (codec == codec::Codec::vp8) require(frame.key == ((be8(b, 0) & 1) == 0));
  if (codec == codec::Codec::vp9 && frame.key) require(be8(b, 0) >> 6 == 2);
  if (codec == codec::Codec::av1) check_av1(b);
  if (codec == codec::Codec::h264) {
    require(be32(b, 0) == 1);
    if (frame.key) require(has_nal(b, 5) && has_nal(b, 7) && has_nal(b, 8));
  }
}

/// What stands behind the jitter buffer.
class Receiver {
 public:
  explicit Receiver(unsigned choice) {
    constexpr codec::Codec kVideo[] = {codec::Codec::vp8, codec::Codec::vp9, codec::Codec::h264,
                                       codec::Codec::av1};
    if (choice < 4)
      video_.emplace(codec_ = kVideo[choice]);
    else
      audio_.emplace(choice == 4);
  }

  void on_padding(std::uint64_t seq) { padding_.insert(seq); }

  void push(egress::Popped popped) {
    require(!latest_ || popped.packet.seq > *latest_);
    require(!popped.packet.payload.empty());
    for (std::uint64_t seq = latest_ && !popped.after_gap ? latest_->value() + 1 : 0;
         seq != 0 && seq < popped.packet.seq.value(); ++seq)
      require(padding_.contains(seq));
    latest_ = popped.packet.seq;
    if (audio_) {
      for (const EncodedFrame& frame : audio_->push(std::move(popped)))
        require(!frame.bytes.empty() && frame.key);
      return;
    }
    const TimePoint now = popped.packet.arrival;
    video_->push(std::move(popped));
    while (const auto frame = video_->pop()) {
      require(seen_key_ || frame->key);
      seen_key_ = true;
      check_video(codec_, *frame);
    }
    require(seen_key_ || asked_ || video_->wants_key_frame(now));
    asked_ = true;
  }

 private:
  codec::Codec codec_ = codec::Codec::opus;
  std::optional<egress::FrameAssembler> video_;
  std::optional<egress::AudioDepacketizer> audio_;
  std::optional<ExtSeq> latest_;
  std::set<std::uint64_t> padding_;  // may be missing without a gap
  bool seen_key_ = false, asked_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader r(std::as_bytes(std::span(data, size)));
  Receiver receiver(r.u8() % 6u);
  const egress::JitterBuffer::Config config{.max_packets = 64, .max_bytes = 20'000};
  egress::JitterBuffer buffer(config);
  std::uint64_t seq = 65'000;
  std::uint32_t timestamp = 0xfffff000;
  TimePoint now{std::chrono::seconds(1)};
  const auto drain = [&] {
    while (auto popped = buffer.pop(now)) receiver.push(std::move(*popped));
    require(buffer.packets() == 0 || buffer.next_timeout() > now);
  };
  while (r.left() >= 4) {
    seq += static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int8_t>(r.u8())));
    const unsigned step = r.u8();
    timestamp += (step & 0x7f) * 100;
    const Bytes payload = r.bytes(std::min<std::size_t>(r.u16(), r.left()));
    if (payload.empty()) receiver.on_padding(seq);
    now += 3ms;
    buffer.push({.seq = ExtSeq(seq),
                 .timestamp = RtpTime(timestamp),
                 .marker = (step & 0x80) != 0,
                 .payload = {payload.begin(), payload.end()},
                 .arrival = now});
    require(buffer.packets() <= config.max_packets && buffer.bytes() <= config.max_bytes);
    drain();
  }
  while (buffer.next_timeout() != kNever) {
    now = buffer.next_timeout();
    drain();
  }
  require(buffer.packets() == 0 && buffer.bytes() == 0);
  return 0;
}
