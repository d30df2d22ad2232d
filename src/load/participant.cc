#include "load/participant.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/clock.h"
#include "load/data_message.h"
#include "media/sdp/parser.h"
#include "proto/livekit_rtc.pb.h"

namespace plenum::load {
namespace {

constexpr Duration kJoinTimeout = 20s;
/// Who leaves sooner had no time to join; that is nobody's failure.
constexpr Duration kFairTime = 5s;
/// How long what a viewer shows may lag behind what he should.
constexpr Duration kWishDelay = 50ms;
/// Who speaks: a quarter of the time, in turns of two seconds.
constexpr Duration kTurn = 2s;
constexpr int kTurns = 4;
constexpr std::uint8_t kSpeechLevel = 20, kSilenceLevel = 127;
/// A socket with more than this waiting gives the others a turn.
constexpr int kMaxReads = 8;

Duration since(TimePoint start, TimePoint now) { return now - start; }

}  // namespace

Participant::Participant(const World& world, Config config, TimePoint now)
    : world_(world),
      config_(std::move(config)),
      view_(world.scenario.layout),
      join_deadline_(now + kJoinTimeout) {
  visit_.room = config_.who.room;
  visit_.identity = config_.who.identity;
  visit_.publishes = config_.who.publishes;
  visit_.subscribes = config_.who.subscribes;
  visit_.started = now;
  signal_ = std::make_unique<Signal>(
      world_.loop.io(), world_.server, config_.who,
      world_.tokens.make(config_.who, io::unix_ms() / 1000),
      Signal::Handlers{[this](const livekit::SignalResponse& r) { on_response(r); },
                       [this](const std::string& why) { fail(why); }});
  arm(now);
}

Participant::~Participant() {
  for (std::uint64_t part : {kTimer, kPublisher, kSubscriber})
    world_.loop.disarm(config_.key + part);
  if (publisher_fd_ >= 0) world_.loop.unwatch(publisher_fd_);
  if (subscriber_fd_ >= 0) world_.loop.unwatch(subscriber_fd_);
}

void Participant::fail(std::string why) {
  if (visit_.failure.empty()) visit_.failure = std::move(why);
}

void Participant::on_ready(std::uint64_t part, bool readable) {
  const TimePoint now = io::now();
  if (part == kTimer)
    on_timer(now);
  else
    drive(static_cast<Part>(part), readable, now);
}

void Participant::drive(Part part, bool readable, TimePoint now) {
  const NtpTime wall = io::ntp_now();
  const auto run = [&](auto& side) {
    if (!side) return;
    for (int i = 0; readable && i < kMaxReads && side->connection().receive(now); ++i) {
    }
    side->drive(now, wall);
    world_.loop.arm(config_.key + part, side->next_timeout());
    if (side->is_lost()) fail("a media connection broke");
  };
  if (part == kPublisher) {
    run(publisher_);
  } else {
    run(subscriber_);
    take_data(wall);
  }
  if (!visit_.joined) check_joined(now);
}

void Participant::watch(Part part, Connection& connection) {
  int& fd = part == kPublisher ? publisher_fd_ : subscriber_fd_;
  if (fd >= 0 || connection.fd() < 0) return;
  fd = connection.fd();
  world_.loop.watch(fd, config_.key + part);
}

void Participant::arm(TimePoint now) {
  TimePoint next = std::min({next_ping_, next_data_, next_talk_, next_wishes_});
  if (!visit_.joined && !has_failed()) next = std::min(next, join_deadline_);
  world_.loop.arm(config_.key + kTimer, std::max(next, now));
}

void Participant::check_joined(TimePoint now) {
  if (!visit_.signalled) return;
  if (config_.who.subscribes && !(subscriber_ && subscriber_->is_connected())) return;
  if (config_.who.publishes && !(publisher_ && publisher_->is_connected())) return;
  visit_.joined = since(visit_.started, now);
  connected_at_ = now;
  if (!publisher_) return;
  next_talk_ = now;
  if (world_.scenario.data_per_second > 0) next_data_ = now;
  arm(now);
}

void Participant::on_timer(TimePoint now) {
  if (!visit_.joined && now >= join_deadline_) fail("not connected within 20 s");
  if (now >= next_ping_) {
    next_ping_ = now + ping_interval_;
    livekit::SignalRequest r;
    r.mutable_ping_req()->set_timestamp(io::unix_ms());
    signal_->send(r);
  }
  if (now >= next_talk_) talk(now);
  if (now >= next_data_) send_data(now);
  if (now >= next_wishes_) send_wishes();
  arm(now);
}

void Participant::talk(TimePoint now) {
  next_talk_ = now + kTurn;
  const auto turn = static_cast<std::int64_t>(now.time_since_epoch() / kTurn);
  const auto own = static_cast<std::int64_t>(config_.phase * kTurns);
  const bool speaks = !muted_ && turn % kTurns == own;
  for (OutboundTrack& t : publisher_->tracks())
    t.set_audio_level(speaks ? kSpeechLevel : kSilenceLevel);
}

void Participant::send_data(TimePoint now) {
  next_data_ = now + Duration(static_cast<std::int64_t>(1e6 / world_.scenario.data_per_second));
  const std::string message = write_data_message(io::ntp_now(), world_.scenario.data_bytes);
  if (publisher_->send_data(as_bytes(message), now)) ++visit_.data_sent;
  drive(kPublisher, false, now);
}

void Participant::take_data(NtpTime wall) {
  if (!subscriber_) return;
  for (const std::vector<std::byte>& m : subscriber_->take_messages()) {
    const auto sent = read_data_message(m);
    if (!sent) continue;
    ++visit_.data_received;
    visit_.data_delay.add(
        static_cast<std::uint64_t>(std::max(ntp_difference(*sent, wall), 0us).count()));
  }
}

void Participant::send_wishes() {
  next_wishes_ = kNever;
  for (const auto& [sid, wish] : view_.changes()) {
    livekit::SignalRequest r;
    livekit::UpdateTrackSettings& s = *r.mutable_track_setting();
    s.add_track_sids(sid);
    s.set_disabled(!wish.shown);
    s.set_quality(wish.height >= 720   ? livekit::HIGH
                  : wish.height >= 270 ? livekit::MEDIUM
                                       : livekit::LOW);
    s.set_width(wish.width);
    s.set_height(wish.height);
    signal_->send(r);
    if (!wish.shown && subscriber_) subscriber_->pause(sid);
  }
}

void Participant::set_muted(bool muted, TimePoint now) {
  muted_ = muted;
  if (!publisher_) return;
  for (OutboundTrack& t : publisher_->tracks()) {
    if (t.sid.empty()) continue;
    t.set_muted(muted, now);
    livekit::SignalRequest r;
    r.mutable_mute()->set_sid(t.sid);
    r.mutable_mute()->set_muted(muted);
    signal_->send(r);
  }
  drive(kPublisher, false, now);
}

Visit Participant::leave(TimePoint now) {
  signal_->leave();
  if (publisher_) {
    visit_.sent = publisher_->stats();
    visit_.round_trip = publisher_->round_trip().smoothed();
    publisher_->close(now);
  }
  if (subscriber_) {
    subscriber_->finish(now);
    visit_.received = subscriber_->stats();
    subscriber_->close(now);
  }
  if (connected_at_ != kNever) visit_.connected = now - connected_at_;
  if (!visit_.joined && now - visit_.started > kFairTime) fail("left before it had joined");
  const auto relative = [&](TimePoint at) -> std::optional<Duration> {
    if (at == kNever) return std::nullopt;
    return at - visit_.started;
  };
  visit_.first_frame = relative(visit_.received.first_frame);
  visit_.first_audio = relative(visit_.received.first_audio);
  return std::move(visit_);
}

}  // namespace plenum::load
