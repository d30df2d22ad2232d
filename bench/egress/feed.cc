#include "feed.h"

#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <utility>

#include "egress/test_packetizer.h"
#include "sfu/relay_format.h"

namespace plenum::bench {
namespace {

using egress::testing::TestFrame;

constexpr Duration kStep = 5ms;
constexpr std::size_t kPayload = 1100;
constexpr Duration kReportInterval = 1s;

NtpTime wall(TimePoint t) { return ntp_add(NtpTime{0xe000'0000'0000'0000}, t.time_since_epoch()); }

}  // namespace

Feed::Feed(Options options) : options_(std::move(options)) {
  for (const auto& clip : options_.cameras) {
    auto& packets = camera_clips_.emplace_back();
    for (const TestFrame& f : clip)
      packets.push_back(egress::testing::vp8_payloads(f.bytes, kPayload));
  }
  for (const auto& clip : options_.voices) {
    auto& packets = voice_clips_.emplace_back();
    for (const TestFrame& f : clip) packets.push_back({f.bytes});
  }
  options_.cameras.clear();
  options_.voices.clear();

  egress::pb::ToWorker start;
  egress::pb::Start& s = *start.mutable_start();
  s.set_directory(options_.folder);
  s.set_audio_only(camera_clips_.empty());
  s.mutable_layout()->set_quality(options_.quality);
  egress::pb::Output& output = *s.add_outputs();
  output.set_id("file");
  output.set_mp4("recording.mp4");
  say(start);

  egress::pb::ToWorker room;
  for (int i = 0; i < options_.people; ++i) {
    egress::pb::Member& m = *room.mutable_room()->add_members();
    m.set_identity("person " + std::to_string(i));
    m.set_may_publish(true);
    // Not all at once: key frames are expensive, and loops have one each.
    const TimePoint first = now_ + i * 111ms;
    const auto add = [&](egress::pb::Source source, const char* codec, const auto& clips,
                         Duration interval, std::uint32_t ticks) {
      if (clips.empty()) return;
      egress::pb::Track& t = *m.add_tracks();
      t.set_id(streams_.size() + 1);
      t.set_source(source);
      t.set_codec(codec);
      streams_.push_back({.track = t.id(),
                          .clip = &clips[static_cast<std::size_t>(i) % clips.size()],
                          .interval = interval,
                          .ticks = ticks,
                          .first = first});
    };
    add(egress::pb::CAMERA, "vp8", camera_clips_, 33'333us, 3000);
    add(egress::pb::MICROPHONE, "opus", voice_clips_, 20ms, 960);
  }
  room.mutable_room()->add_speakers("person 0");
  say(room);
}

void Feed::say(const egress::pb::ToWorker& message) {
  const std::string bytes = message.SerializeAsString();
  worker_.handle_control(std::as_bytes(std::span(bytes)), now_);
  listen();
}

void Feed::listen() {
  while (const auto bytes = worker_.poll_message()) {
    egress::pb::FromWorker message;
    message.ParseFromString(*bytes);
    if (message.has_status()) late_ = message.status().late_frames();
    if (message.has_finished() && !message.finished().error().empty())
      throw std::runtime_error(message.finished().error());
  }
}

void Feed::run(Duration length) {
  for (const TimePoint end = now_ + length; now_ < end; now_ += kStep) {
    for (Stream& s : streams_) {
      for (; s.first + s.interval * static_cast<std::int64_t>(s.frames) <= now_; ++s.frames)
        send(s);
      if (now_.time_since_epoch() % kReportInterval == 0us && now_ >= s.first) report(s);
    }
    if (worker_.next_timeout() <= now_) worker_.handle_timeout(now_);
    listen();
  }
}

void Feed::stop() {
  worker_.stop(now_);
  while (!worker_.finished()) {
    now_ += kStep;
    worker_.handle_timeout(now_);
    listen();
    ::usleep(100);  // the file is finished by a thread in real time
  }
}

void Feed::send(Stream& s) {
  const Packets& packets = (*s.clip)[s.frames % s.clip->size()];
  const sfu::RelayHeader kind{.track = s.track};
  for (std::size_t i = 0; i < packets.size(); ++i) {
    sfu::RelayHeader header = kind;
    header.seq = s.seq++;
    std::vector<std::byte> datagram(sizeof header + 12 + packets[i].size());
    std::memcpy(datagram.data(), &header, sizeof header);
    const MutableBytes rtp(datagram.data() + sizeof header, datagram.size() - sizeof header);
    put_be(rtp, 0, 1, 0x80);
    put_be(rtp, 1, 1, i + 1 == packets.size() ? 0xe0 : 0x60);
    put_be(rtp, 2, 2, header.seq & 0xffff);
    put_be(rtp, 4, 4, static_cast<std::uint32_t>(s.frames * s.ticks));
    put_be(rtp, 8, 4, s.track);
    std::memcpy(rtp.data() + 12, packets[i].data(), packets[i].size());
    worker_.handle_media(datagram, now_);
  }
}

void Feed::report(const Stream& s) {
  const auto elapsed = static_cast<std::uint64_t>((now_ - s.first).count());
  const auto rate = static_cast<std::uint64_t>(s.ticks) * 1'000'000;
  const sfu::RelayHeader header{
      .kind = sfu::RelayHeader::Kind::sender_report,
      .track = s.track,
      .ntp = wall(now_).value,
      .rtp_time = static_cast<std::uint32_t>(
          elapsed * rate / static_cast<std::uint64_t>(s.interval.count()) / 1'000'000)};
  worker_.handle_media(std::as_bytes(std::span(&header, 1)), now_);
}

}  // namespace plenum::bench
