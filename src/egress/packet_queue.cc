#include "egress/packet_queue.h"

#include <new>
#include <utility>

#include "io/clock.h"

namespace plenum::egress {
namespace {

constexpr Duration kAudioKept = 1s;

Packet share(const AVPacket& packet) {
  Packet shared(av_packet_clone(&packet));
  if (!shared) throw std::bad_alloc();
  return shared;
}

Duration time_of(const AVPacket& packet) { return media_time(packet.stream_index, packet.pts); }

bool is_regular(std::int64_t pts) {
  return pts % (kVideoTimeBase.den * (kKeyFrameInterval / 1s)) == 0;
}

}  // namespace

PacketQueue::PacketQueue(SinkStart start, Duration limit)
    : start_(start),
      limit_(limit),
      state_(start == SinkStart::when_ready ? State::paused : State::waiting),
      key_frame_wanted_(start == SinkStart::next_key_frame) {}

void PacketQueue::push(const AVPacket& packet) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  if (state_ != State::flowing) {
    if (packet.stream_index == kAudioStream) {
      keep_audio(packet);
      return;
    }
    const bool fits = start_ != SinkStart::regular_key_frame || is_regular(packet.pts);
    if (state_ == State::paused || !(packet.flags & AV_PKT_FLAG_KEY) || !fits) return;
    begin(packet);
  }
  // Audio comes out of its encoder later than the picture of the same moment.
  if (packet.stream_index == kAudioStream && !is_heard(packet)) return;
  append(packet);
  if (span_locked() > limit_) {
    dropped_ += packets_.size();
    clear();
    state_ = State::waiting;
    key_frame_wanted_ = start_ != SinkStart::regular_key_frame;
  }
  changed_.notify_one();
}

void PacketQueue::begin(const AVPacket& key_frame) {
  began_at_ = time_of(key_frame);
  if (!origin_) origin_ = key_frame.pts;
  state_ = State::flowing;
  key_frame_wanted_ = false;
  for (const Packet& audio : audio_before_)
    if (is_heard(*audio)) append(*audio);
  audio_before_.clear();
}

/// From the frame on during which the picture begins: the first one is also the decoder's run-in.
bool PacketQueue::is_heard(const AVPacket& audio) const {
  return time_of(audio) + media_time(kAudioStream, audio.duration) >= began_at_;
}

void PacketQueue::append(const AVPacket& packet) {
  Packet shared = share(packet);
  // Whole frames of 30 a second are whole samples, so the offset is exact in both time bases.
  const AVRational base = packet.stream_index == kVideoStream ? kVideoTimeBase : kAudioTimeBase;
  const std::int64_t offset = av_rescale_q(*origin_, kVideoTimeBase, base);
  shared->pts -= offset;
  shared->dts -= offset;
  packets_.push_back(std::move(shared));
}

void PacketQueue::keep_audio(const AVPacket& packet) {
  audio_before_.push_back(share(packet));
  while (time_of(*audio_before_.front()) + kAudioKept < time_of(packet)) audio_before_.pop_front();
}

void PacketQueue::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_one();
}

bool PacketQueue::take_key_frame_request() {
  const std::lock_guard lock(mutex_);
  return std::exchange(key_frame_wanted_, false);
}

void PacketQueue::wait_for_space(Duration most) {
  std::unique_lock lock(mutex_);
  taken_.wait(lock, [&] { return span_locked() <= most; });
}

Packet PacketQueue::pop(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return ended_ || !packets_.empty(); };
  if (deadline == kNever)
    changed_.wait(lock, ready);
  else if (!ready())
    changed_.wait_for(lock, deadline - io::now(), ready);
  if (packets_.empty()) return nullptr;
  Packet packet = std::move(packets_.front());
  packets_.pop_front();
  taken_.notify_one();
  return packet;
}

void PacketQueue::pause() {
  const std::lock_guard lock(mutex_);
  clear();
  state_ = State::paused;
  key_frame_wanted_ = false;
}

void PacketQueue::restart() {
  const std::lock_guard lock(mutex_);
  clear();
  state_ = State::waiting;
  origin_.reset();
  key_frame_wanted_ = start_ != SinkStart::regular_key_frame;
}

bool PacketQueue::wait_for_end(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, deadline - io::now(), [&] { return ended_; });
}

bool PacketQueue::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

Duration PacketQueue::span() const {
  const std::lock_guard lock(mutex_);
  return span_locked();
}

Duration PacketQueue::span_locked() const {
  return packets_.empty() ? Duration::zero()
                          : time_of(*packets_.back()) - time_of(*packets_.front());
}

std::uint64_t PacketQueue::dropped_packets() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

void PacketQueue::clear() {
  packets_.clear();
  taken_.notify_one();
  audio_before_.clear();
}

}  // namespace plenum::egress
