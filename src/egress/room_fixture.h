#pragma once
// For tests only: a room of people with cameras and pure tones, in virtual time, before a Job.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "egress/audio_testing.h"
#include "egress/job.h"
#include "egress/test_camera.h"
#include "sfu/relay_format.h"

namespace plenum::egress::testing {

using audio_testing::TestEncoder;

/// What the wall clock is ahead.
inline constexpr Duration kUnixOffset{1'796'000'000s};

struct Datagram {
  TimePoint arrival{};
  std::vector<std::byte> bytes{};
};

/// A participant: a camera and a microphone that hears a tone.
struct Person {
  Person(std::string name, int number, CameraPlan plan, double tone)
      : identity(std::move(name)),
        hz(tone),
        camera(static_cast<std::uint64_t>(number * 10), std::move(plan), sender),
        microphone_track(static_cast<std::uint64_t>(number * 10 + 1)) {
    sender.wall_at_zero.value += static_cast<std::uint64_t>(number) << 36;
  }
  std::string identity;
  double hz;
  double volume = 0.3;
  TestSender sender{};
  TestCamera camera;
  std::uint64_t microphone_track;
  TestStream voice{.sender = sender, .rate = 48'000, .first_timestamp = 4242};
  TestEncoder opus{"libopus"};
  std::uint64_t audio_seq = 10;
  bool camera_muted = false, microphone_muted = false, pinned = false;
  /// Its network takes nothing.
  bool is_cut_off = false;
  std::unique_ptr<TestCamera> screen{};
  /// The microphone's packets are RED (RFC 2198), with the payload before.
  bool red = false;
  std::vector<std::byte> last_payload{};
  /// Flashes and beeps at these moments only, for 66 ms; otherwise the tone goes on.
  std::vector<TimePoint> signals{};

  bool signals_at(TimePoint t) const {
    for (const TimePoint s : signals)
      if (t >= s && t < s + 66ms) return true;
    return false;
  }
};

/// The server's side of a worker.
class TestRoom {
 public:
  explicit TestRoom(const std::string& folder) : folder_(folder) {}

  Duration delay = 40ms;
  Duration jitter = 0ms;
  int loss_percent = 0;
  /// What is lost is sent again so much later, as often as it takes; 0: it is not.
  Duration resent_after = 0ms;

  /// Type, priority, orientation; before start().
  pb::Layout layout;
  std::vector<std::string> speakers;
  /// What the machine takes to let the worker do something; media goes on meanwhile.
  Duration time_of_turn{};

  void start(const std::string& quality, bool audio_only = false,
             std::vector<pb::Output> outputs = {}) {
    pb::ToWorker message;
    pb::Start& s = *message.mutable_start();
    s.set_job("job");
    s.set_directory(folder_);
    s.set_audio_only(audio_only);
    *s.mutable_layout() = layout;
    s.mutable_layout()->set_quality(quality);
    if (outputs.empty()) outputs.push_back(mp4("rec", "rec.mp4"));
    for (const pb::Output& o : outputs) *s.add_outputs() = o;
    say(message);
  }
  void start_copy(pb::Copy copy) {
    pb::ToWorker message;
    pb::Start& s = *message.mutable_start();
    s.set_job("job");
    s.set_directory(folder_);
    *s.mutable_copy() = std::move(copy);
    say(message);
  }
  static pb::Output mp4(const std::string& id, const std::string& name) {
    pb::Output o;
    o.set_id(id);
    o.set_mp4(name);
    return o;
  }
  static pb::Output webm(const std::string& id, const std::string& name) {
    pb::Output o;
    o.set_id(id);
    o.set_webm(name);
    return o;
  }
  void say(const pb::ToWorker& message) {
    const std::string bytes = message.SerializeAsString();
    worker.handle_control(std::as_bytes(std::span(bytes)), now);
    listen();
  }
  /// Tells the worker who is there.
  void tell() {
    pb::ToWorker message;
    pb::Room& room = *message.mutable_room();
    for (const auto& p : people) {
      pb::Member& m = *room.add_members();
      m.set_identity(p->identity);
      m.set_name(p->identity);
      m.set_may_publish(true);
      m.set_pinned_camera(p->pinned);
      add_camera(m, p->camera, pb::CAMERA)->set_muted(p->camera_muted);
      if (p->screen) add_camera(m, *p->screen, pb::SCREEN);
      pb::Track& microphone = *m.add_tracks();
      microphone.set_id(p->microphone_track);
      microphone.set_source(pb::MICROPHONE);
      microphone.set_codec("opus");
      microphone.set_red(p->red);
      microphone.set_muted(p->microphone_muted);
    }
    for (const std::string& identity : speakers) room.add_speakers(identity);
    say(message);
  }
  Person& join(const std::string& name, int number, Yuv colour, double hz) {
    return join(name, number, CameraPlan{.paint = flat(colour)}, hz);
  }
  Person& join(const std::string& name, int number, CameraPlan plan, double hz) {
    people.push_back(std::make_unique<Person>(name, number, std::move(plan), hz));
    tell();
    return *people.back();
  }
  void run_until(TimePoint end) {
    for (; now < end; now += 5ms) {
      for (const auto& p : people) produce(*p);
      while (!road_.empty() && road_.top().arrival <= now) {
        worker.handle_media(road_.top().bytes, now);
        road_.pop();
      }
      if (now >= next_turn_ && worker.next_timeout() <= now) {
        worker.handle_timeout(now);
        next_turn_ = now + time_of_turn;
      }
      listen();
    }
  }
  /// Stop, and everything until the last word.
  void stop() {
    pb::ToWorker message;
    message.mutable_stop();
    say(message);
    run_until(now + 1s);  // what was captured before is still composed
    while (!worker.finished()) {
      const unsigned before = wakes_;
      worker.handle_timeout(now);
      if (!worker.finished()) wakes_.wait(before);  // the sinks' threads finish their files
    }
    listen();
  }

  /// Until the first output can be played, without time going on.
  void wait_until_playable() {
    for (;;) {
      const unsigned before = wakes_;
      worker.handle_timeout(now);
      listen();
      if (status.outputs(0).playable()) return;
      wakes_.wait(before);
    }
  }

  TimePoint now = kStart;
  std::vector<std::unique_ptr<Person>> people;
  /// Of the disk; what the file system says when unset.
  std::optional<std::uint64_t> free_bytes;
  Job worker{kUnixOffset,
             [this] {
               ++wakes_;
               wakes_.notify_one();
             },
             {.free_bytes = [this](const std::string& folder) {
               return free_bytes ? free_bytes : egress::free_bytes(folder);
             }}};
  std::set<std::uint64_t> wanted;
  std::map<std::uint64_t, std::uint32_t> wanted_layers;
  int wanted_messages = 0, key_frame_requests = 0;
  std::optional<pb::Finished> finished;
  pb::Status status;
  std::vector<pb::SnapshotDone> snapshots;

 private:
  std::atomic<unsigned> wakes_ = 0;
  TimePoint next_turn_{};
  struct Later {
    bool operator()(const Datagram& a, const Datagram& b) const { return a.arrival > b.arrival; }
  };

  void listen() {
    while (const auto bytes = worker.poll_message()) {
      pb::FromWorker message;
      ASSERT_TRUE(message.ParseFromString(*bytes));
      if (message.has_finished()) finished = message.finished();
      if (message.has_snapshot_done()) {
        EXPECT_FALSE(finished);
        snapshots.push_back(message.snapshot_done());
      }
      if (message.has_status()) status = message.status();
      if (message.has_key_frame_needed()) {
        ++key_frame_requests;
        request_key(message.key_frame_needed());
      }
      if (!message.has_wanted()) continue;
      ++wanted_messages;
      wanted.clear();
      wanted_layers.clear();
      for (const pb::Want& w : message.wanted().wants()) {
        wanted.insert(w.track());
        wanted_layers[w.track()] = w.layer();
      }
    }
  }
  static pb::Track* add_camera(pb::Member& m, const TestCamera& camera, pb::Source source) {
    pb::Track& t = *m.add_tracks();
    t.set_id(camera.track());
    t.set_source(source);
    t.set_codec(std::string(codec::mime(camera.plan().codec).substr(6)));  // behind "video/"
    t.set_simulcast(camera.plan().layers.size() > 1);
    for (const Size size : camera.plan().layers) {
      pb::Size& s = *t.add_layers();
      s.set_width(static_cast<std::uint32_t>(size.width));
      s.set_height(static_cast<std::uint32_t>(size.height));
    }
    return &t;
  }
  void request_key(const pb::KeyFrameNeeded& needed) {
    for (const auto& p : people)
      for (TestCamera* c : {&p->camera, p->screen.get()})
        if (c && c->track() == needed.track()) c->request_key(needed.layer());
  }
  /// What a participant's devices captured within the last step.
  void produce(Person& p) {
    const auto since = (now - kStart).count() / 1000;
    if (since * 3 / 100 != (since - 5) * 3 / 100 || since == 0) {
      shoot(p.camera, p.signals_at(now), p.camera_muted || p.is_cut_off);
      if (p.screen) shoot(*p.screen, false, p.is_cut_off);
    }
    if (since % 20 == 0) {
      const TimePoint begin = now - 20ms;
      MediaPacket m{
          .seq = ExtSeq(p.audio_seq++), .timestamp = p.voice.timestamp(begin), .payload = {}};
      m.payload = p.opus.encode([&](std::size_t i) {
        const TimePoint t = begin + samples_to_duration(static_cast<std::int64_t>(i));
        if (!p.signals.empty() && !p.signals_at(t)) return 0.f;
        return audio_testing::tone_at(p.hz, t, p.volume);
      });
      if (p.red) m.payload = red_payload(p.last_payload, std::exchange(p.last_payload, m.payload));
      if (!p.microphone_muted && !p.is_cut_off)
        send(p.microphone_track, 0, std::move(m), now, p.red);
    }
    if (since % 1000 == 200) {
      for (const TestCamera* c : {&p.camera, p.screen.get()})
        for (std::size_t i = 0; c && i < c->layer_count(); ++i) report(c->track(), i, c->stream(i));
      report(p.microphone_track, 0, p.voice);
    }
  }
  void shoot(TestCamera& camera, bool flash, bool muted) {
    for (LayerPacket& p : camera.capture(now, flash))
      if (!muted && p.layer <= wanted_layers[camera.track()])
        send(camera.track(), p.layer, std::move(p.packet), now, false);
  }
  /// With the payload before, if there is one, as its only redundancy.
  static std::vector<std::byte> red_payload(const std::vector<std::byte>& before,
                                            const std::vector<std::byte>& primary) {
    constexpr unsigned kPayloadType = 111, kTicks = 960;
    const std::size_t head = before.empty() ? 1 : 5;
    std::vector<std::byte> out(head + before.size() + primary.size());
    if (!before.empty())
      put_be(out, 0, 4, 0x8000'0000u | kPayloadType << 24 | kTicks << 10 | before.size());
    put_be(out, head - 1, 1, kPayloadType);
    const auto after = std::copy(before.begin(), before.end(), out.begin() + std::ptrdiff_t(head));
    std::copy(primary.begin(), primary.end(), after);
    return out;
  }
  void send(std::uint64_t track, std::uint8_t layer, MediaPacket m, TimePoint at, bool red) {
    if (m.payload.empty() || !wanted.contains(track)) return;
    for (; static_cast<int>(random_() % 100) < loss_percent; at += resent_after)
      if (resent_after == 0ms) return;
    const sfu::RelayHeader header{.layer = layer, .red = red, .track = track, .seq = m.seq.value()};
    std::vector<std::byte> bytes(sizeof header + 12 + m.payload.size());
    std::memcpy(bytes.data(), &header, sizeof header);
    const MutableBytes rtp(bytes.data() + sizeof header, bytes.size() - sizeof header);
    put_be(rtp, 0, 1, 0x80);
    put_be(rtp, 1, 1, m.marker ? 0xe0 : 0x60);
    put_be(rtp, 2, 2, m.seq.value() & 0xffff);
    put_be(rtp, 4, 4, m.timestamp.value());
    put_be(rtp, 8, 4, track);
    std::memcpy(rtp.data() + 12, m.payload.data(), m.payload.size());
    const Duration late =
        jitter > 0ms ? Duration(static_cast<std::int64_t>(random_()) % jitter.count()) : 0ms;
    road_.push({.arrival = at + delay + late, .bytes = std::move(bytes)});
  }
  void report(std::uint64_t track, std::size_t layer, const TestStream& stream) {
    const sfu::RelayHeader header{.kind = sfu::RelayHeader::Kind::sender_report,
                                  .layer = static_cast<std::uint8_t>(layer),
                                  .track = track,
                                  .ntp = stream.sender.wall(now).value,
                                  .rtp_time = stream.timestamp(now).value()};
    std::vector<std::byte> bytes(sizeof header);
    std::memcpy(bytes.data(), &header, sizeof header);
    road_.push({.arrival = now + delay, .bytes = std::move(bytes)});
  }

  std::string folder_;
  std::priority_queue<Datagram, std::vector<Datagram>, Later> road_;
  std::minstd_rand random_{5};
};

}  // namespace plenum::egress::testing
