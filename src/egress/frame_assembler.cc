#include "egress/frame_assembler.h"

#include <algorithm>
#include <utility>

namespace plenum::egress {
namespace {

constexpr Duration kKeyFrameRequestInterval = std::chrono::milliseconds(500);

}  // namespace

FrameAssembler::FrameAssembler(codec::Codec codec) : depacketizer_(make_depacketizer(codec)) {}

void FrameAssembler::push(Popped popped) {
  const MediaPacket& packet = popped.packet;
  const bool after_loss = popped.after_gap || !started_;
  started_ = true;
  if (popped.after_gap) {
    if (open_ && !spoiled_) ++counters_.spoiled;
    open_ = false;
    on_loss();
  } else if (open_ && packet.timestamp != timestamp_) {
    end();
  }
  if (!open_) begin(packet, after_loss);
  arrival_ = std::max(arrival_, packet.arrival);
  if (!spoiled_ && !depacketizer_->add(packet.payload)) {
    spoiled_ = true;
    ++counters_.spoiled;
    on_loss();
  }
  if (packet.marker) end();
}

std::optional<EncodedFrame> FrameAssembler::pop() {
  if (ready_.empty()) return std::nullopt;
  EncodedFrame frame = std::move(ready_.front());
  ready_.pop_front();
  return frame;
}

void FrameAssembler::require_key() { waits_for_key_ = true; }

bool FrameAssembler::wants_key_frame(TimePoint now) {
  if (!waits_for_key_ || (asked_ && now < *asked_ + kKeyFrameRequestInterval)) return false;
  asked_ = now;
  return true;
}

void FrameAssembler::begin(const MediaPacket& packet, bool after_loss) {
  depacketizer_->clear();
  open_ = true;
  spoiled_ = after_loss && !depacketizer_->begins_frame(packet.payload);
  if (spoiled_) ++counters_.spoiled;
  timestamp_ = packet.timestamp;
  arrival_ = packet.arrival;
}

void FrameAssembler::end() {
  open_ = false;
  if (spoiled_) return;
  std::optional<JoinedFrame> frame = depacketizer_->finish();
  if (!frame) {
    ++counters_.spoiled;
    on_loss();
    return;
  }
  if (frame->bytes.empty()) return;
  if (frame->key) waits_for_key_ = false;
  const bool judged = !waits_for_key_;
  const auto verdict =
      judged ? gate_.judge(*frame, timestamp_) : TemporalGate::Verdict::needs_key_frame;
  if (verdict == TemporalGate::Verdict::needs_key_frame) waits_for_key_ = true;
  if (verdict != TemporalGate::Verdict::decodable) {
    ++counters_.dropped;
    return;
  }
  ++counters_.complete;
  ready_.push_back({std::move(frame->bytes), timestamp_, frame->key, arrival_});
}

void FrameAssembler::on_loss() {
  depacketizer_->clear();
  gate_.on_loss();
  if (!gate_.may_prove()) waits_for_key_ = true;
}

}  // namespace plenum::egress
