#include "load/swarm.h"

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <ctime>

#include "io/clock.h"

namespace plenum::load {
namespace {

/// Signalling gets so long to say goodbye.
constexpr std::chrono::milliseconds kFarewell{300};

/// Processor time of this process.
Duration cpu_time() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return std::chrono::seconds(t.tv_sec) + Duration(t.tv_nsec / 1000);
}

Duration seconds(double s) { return Duration(static_cast<std::int64_t>(s * 1e6)); }

}  // namespace

Swarm::Swarm(const Scenario& scenario, std::function<void(const Sample&)> on_second)
    : scenario_(scenario),
      on_second_(std::move(on_second)),
      random_(scenario.seed),
      loop_([this](std::uint64_t key, bool readable) { on_ready(key, readable); }),
      server_(SignalServer::resolve(loop_.io(), scenario.url)),
      tokens_(scenario.api_key, scenario.api_secret) {
  make_places();
}

Swarm::~Swarm() = default;

/// Publishers of all rooms first, then subscribers room by room.
void Swarm::make_places() {
  for (std::uint32_t n = 0; n < scenario_.publishers; ++n)
    for (std::uint32_t room = 0; room < scenario_.rooms; ++room) add_place(room, n, true);
  for (std::uint32_t n = 0; n < scenario_.subscribers; ++n)
    for (std::uint32_t room = 0; room < scenario_.rooms; ++room) add_place(room, n, false);
}

void Swarm::add_place(std::uint32_t room, std::uint32_t number, bool publishes) {
  Place p;
  Participant::Config& c = p.config;
  c.who.room = scenario_.room;
  if (scenario_.rooms > 1) c.who.room += "-" + std::to_string(room + 1);
  c.who.identity = (publishes ? "publisher-" : "subscriber-") + std::to_string(number + 1);
  c.who.publishes = publishes;
  c.who.subscribes = !publishes || scenario_.publishers_subscribe;
  c.who.sends_data = publishes && scenario_.data_per_second > 0;
  c.who.adaptive_stream = scenario_.layout != Layout::all;
  c.key = places_.size() * kKeysPerPlace;
  c.shares_screen = publishes && number == 0 && scenario_.screen_share;
  c.impairment = impairment(room, number, publishes ? scenario_.publishers : scenario_.subscribers);
  c.phase = std::uniform_real_distribution<>(0, 1)(random_);
  places_.push_back(std::move(p));
}

Impairment Swarm::impairment(std::uint32_t, std::uint32_t number, std::uint32_t of) {
  const std::uint64_t seed = random_();
  if (number >= scenario_.impaired * of) return {};
  Impairment i{scenario_.up, scenario_.down};
  if (i.up) i.up->seed ^= seed;
  if (i.down) i.down->seed ^= seed + 1;
  return i;
}

TimePoint Swarm::soon(double per_hour, TimePoint now) {
  if (per_hour <= 0) return kNever;
  return now + seconds(std::exponential_distribution<>(per_hour / 3600)(random_));
}

RunResult Swarm::run() {
  started_ = io::now();
  ends_ = started_ + scenario_.duration;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    places_[i].join_at = started_ + seconds(static_cast<double>(i) / scenario_.joins_per_second);
    arm(places_[i]);
  }
  seen_cpu_ = cpu_time();
  next_sample_ = started_ + 1s;
  loop_.arm(kEverySecond, std::min(next_sample_, ends_));
  boost::asio::signal_set signals(loop_.io(), SIGINT, SIGTERM);
  signals.async_wait([this](boost::system::error_code ec, int) {
    if (ec) return;
    result_.interrupted = true;
    finish(io::now());
  });
  loop_.run();
  return std::move(result_);
}

void Swarm::on_ready(std::uint64_t key, bool readable) {
  const TimePoint now = io::now();
  if (key == kEverySecond) {
    if (now >= next_sample_) sample(now);
    if (now >= ends_) return finish(now);
    return loop_.arm(kEverySecond, std::min(next_sample_, ends_));
  }
  Place& place = places_[key / kKeysPerPlace];
  const std::uint64_t part = key % kKeysPerPlace;
  if (part == kPlan) return follow_plan(place, now);
  if (place.participant) place.participant->on_ready(part, readable);
}

void Swarm::arm(const Place& place) {
  loop_.arm(place.config.key + kPlan, std::min({place.join_at, place.leave_at, place.mute_at}));
}

void Swarm::follow_plan(Place& place, TimePoint now) {
  if (now >= place.join_at) join(place, now);
  if (place.participant && now >= place.mute_at) {
    const bool muted = !place.participant->is_muted();
    place.participant->set_muted(muted, now);
    place.mute_at = muted ? now + scenario_.churn.muted : soon(scenario_.churn.mutes_per_hour, now);
  }
  if (now >= place.leave_at) {
    leave(place, now);
    place.join_at = now + scenario_.churn.away;
  }
  arm(place);
}

void Swarm::join(Place& place, TimePoint now) {
  const World world{loop_, shared_, scenario_, clips_, server_, tokens_};
  place.participant = std::make_unique<Participant>(world, place.config, now);
  place.join_at = kNever;
  place.leave_at = soon(scenario_.churn.leaves_per_hour, now);
  place.mute_at = place.config.who.publishes ? soon(scenario_.churn.mutes_per_hour, now) : kNever;
}

void Swarm::leave(Place& place, TimePoint now) {
  place.leave_at = place.mute_at = kNever;
  if (!place.participant) return;
  result_.visits.push_back(place.participant->leave(now));
  received_bytes_ += result_.visits.back().received.bytes;
  sent_bytes_ += result_.visits.back().sent.bytes;
  place.participant.reset();
}

void Swarm::sample(TimePoint now) {
  Sample s{.at = now - started_};
  std::uint64_t received = received_bytes_, sent = sent_bytes_;
  const auto add = [&](const ReceiveStats& r) {
    s.packets += r.packets;
    s.frames += r.frames;
    s.freezes += r.freezes;
  };
  for (const Visit& v : result_.visits) {
    add(v.received);
    s.lost += v.received.lost;
    s.failed += !v.failure.empty();
  }
  for (const Place& p : places_) {
    if (!p.participant) continue;
    s.joined += p.participant->has_joined() && !p.participant->has_failed();
    s.failed += p.participant->has_failed();
    s.lost += p.participant->lost();
    if (const ReceiveStats* r = p.participant->received()) add(*r), received += r->bytes;
    if (const SendStats* x = p.participant->sent()) sent += x->bytes;
  }
  const double elapsed = static_cast<double>((now - next_sample_ + 1s).count()) / 1e6;
  s.received_bps =
      static_cast<std::uint64_t>(static_cast<double>(received - seen_received_) * 8 / elapsed);
  s.sent_bps = static_cast<std::uint64_t>(static_cast<double>(sent - seen_sent_) * 8 / elapsed);
  const Duration cpu = cpu_time();
  s.cpu_percent = static_cast<double>((cpu - seen_cpu_).count()) / 1e4 / elapsed;
  seen_cpu_ = cpu;
  seen_received_ = received;
  seen_sent_ = sent;
  next_sample_ = now + 1s;
  result_.samples.push_back(s);
  if (on_second_) on_second_(s);
}

void Swarm::finish(TimePoint now) {
  if (ends_ == kNever) return;
  ends_ = next_sample_ = kNever;
  result_.lasted = now - started_;
  for (Place& p : places_) {
    p.join_at = kNever;
    leave(p, now);
  }
  result_.send_errors = shared_.send_errors;
  auto timer = std::make_shared<boost::asio::steady_timer>(loop_.io(), kFarewell);
  timer->async_wait([this, timer](boost::system::error_code) { loop_.stop(); });
}

}  // namespace plenum::load
