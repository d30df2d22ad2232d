#pragma once
// For tests only: a room of people with flat cameras and pure tones, in virtual time, before a
// Worker; and a reader of what it recorded.
#include <gtest/gtest.h>

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
#include "egress/clock_testing.h"
#include "egress/colour.h"
#include "egress/test_packetizer.h"
#include "egress/worker.h"
#include "sfu/relay_format.h"

namespace plenum::egress::testing {

using audio_testing::TestEncoder;
using audio_testing::TestSender;
using audio_testing::TestStream;

inline constexpr TimePoint kStart{100s};

struct Datagram {
  TimePoint arrival{};
  std::vector<std::byte> bytes{};
};

/// A camera of one colour, 160×90, VP8, 30 fps. Answers requests for key frames.
class TestCamera {
 public:
  TestCamera(std::uint64_t track, Yuv colour, const TestSender& sender)
      : track_(track),
        colour_(colour),
        stream_{.sender = sender, .rate = 90'000, .first_timestamp = 777},
        encoder_(open_encoder({.size = {160, 90}, .frames = 0, .gop = 300})),
        frame_(av_frame_alloc()) {
    frame_->format = AV_PIX_FMT_YUV420P;
    frame_->width = 160;
    frame_->height = 90;
    if (av_frame_get_buffer(frame_.get(), 0) < 0) throw std::bad_alloc();
  }
  std::uint64_t track() const { return track_; }
  const TestStream& stream() const { return stream_; }
  void request_key() { key_wanted_ = true; }

  /// The packets of the picture captured at `t`.
  std::vector<MediaPacket> capture(TimePoint t, bool flash) {
    if (av_frame_make_writable(frame_.get()) < 0) throw std::bad_alloc();
    const Yuv c = flash ? Yuv{.y = 235, .u = 128, .v = 128} : colour_;
    const int levels[] = {c.y, c.u, c.v};
    for (int p = 0; p < 3; ++p)
      std::memset(frame_->data[p], levels[p],
                  static_cast<std::size_t>(frame_->linesize[p] * (p == 0 ? 90 : 45)));
    frame_->pts = pts_++;
    frame_->pict_type = key_wanted_ ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    key_wanted_ = false;
    avcodec_send_frame(encoder_.get(), frame_.get());
    std::vector<MediaPacket> packets;
    const Packet packet(av_packet_alloc());
    while (avcodec_receive_packet(encoder_.get(), packet.get()) == 0) {
      const auto* data = reinterpret_cast<const std::byte*>(packet->data);
      const auto payloads = vp8_payloads({data, static_cast<std::size_t>(packet->size)}, 60);
      for (std::size_t i = 0; i < payloads.size(); ++i)
        packets.push_back({.seq = ExtSeq(seq_++),
                           .timestamp = stream_.timestamp(t),
                           .marker = i + 1 == payloads.size(),
                           .payload = payloads[i]});
      av_packet_unref(packet.get());
    }
    return packets;
  }

 private:
  std::uint64_t track_;
  Yuv colour_;
  TestStream stream_;
  CodecContext encoder_;
  Frame frame_;
  std::int64_t pts_ = 0;
  std::uint64_t seq_ = 65'500;
  bool key_wanted_ = false;
};

/// A participant: a camera and a microphone that hears a tone.
struct Person {
  Person(std::string name, int number, Yuv colour, double tone)
      : identity(std::move(name)),
        hz(tone),
        camera(static_cast<std::uint64_t>(number * 10), colour, sender),
        microphone_track(static_cast<std::uint64_t>(number * 10 + 1)) {
    sender.wall_at_zero.value += static_cast<std::uint64_t>(number) << 36;
  }
  std::string identity;
  double hz;
  TestSender sender{};
  TestCamera camera;
  std::uint64_t microphone_track;
  TestStream voice{.sender = sender, .rate = 48'000, .first_timestamp = 4242};
  TestEncoder opus{"libopus"};
  std::uint64_t audio_seq = 10;
  bool camera_muted = false;
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

  void start(const std::string& quality, bool audio_only = false,
             std::vector<pb::Output> outputs = {}) {
    pb::ToWorker message;
    pb::Start& s = *message.mutable_start();
    s.set_job("job");
    s.set_directory(folder_);
    s.set_audio_only(audio_only);
    s.mutable_layout()->set_quality(quality);
    if (outputs.empty()) outputs.push_back(mp4("rec", "rec.mp4"));
    for (const pb::Output& o : outputs) *s.add_outputs() = o;
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
      pb::Track& camera = *m.add_tracks();
      camera.set_id(p->camera.track());
      camera.set_source(pb::CAMERA);
      camera.set_codec("vp8");
      camera.set_muted(p->camera_muted);
      pb::Track& microphone = *m.add_tracks();
      microphone.set_id(p->microphone_track);
      microphone.set_source(pb::MICROPHONE);
      microphone.set_codec("opus");
    }
    say(message);
  }
  Person& join(const std::string& name, int number, Yuv colour, double hz) {
    people.push_back(std::make_unique<Person>(name, number, colour, hz));
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
      if (worker.next_timeout() <= now) worker.handle_timeout(now);
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

  TimePoint now = kStart;
  std::vector<std::unique_ptr<Person>> people;
  Worker worker{[this] {
    ++wakes_;
    wakes_.notify_one();
  }};
  std::set<std::uint64_t> wanted;
  int wanted_messages = 0, key_frame_requests = 0;
  std::optional<pb::Finished> finished;
  pb::Status status;
  std::vector<pb::SnapshotDone> snapshots;

 private:
  std::atomic<unsigned> wakes_ = 0;
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
        for (const auto& p : people)
          if (p->camera.track() == message.key_frame_needed().track()) p->camera.request_key();
      }
      if (!message.has_wanted()) continue;
      ++wanted_messages;
      wanted.clear();
      for (const pb::Want& w : message.wanted().wants()) wanted.insert(w.track());
    }
  }
  /// What a participant's devices captured within the last step.
  void produce(Person& p) {
    const auto since = (now - kStart).count() / 1000;
    if (since * 3 / 100 != (since - 5) * 3 / 100 || since == 0) {
      for (MediaPacket& m : p.camera.capture(now, p.signals_at(now)))
        if (!p.camera_muted) send(p.camera.track(), std::move(m), now);
    }
    if (since % 20 == 0) {
      const TimePoint begin = now - 20ms;
      MediaPacket m{
          .seq = ExtSeq(p.audio_seq++), .timestamp = p.voice.timestamp(begin), .payload = {}};
      m.payload = p.opus.encode([&](std::size_t i) {
        const TimePoint t = begin + samples_to_duration(static_cast<std::int64_t>(i));
        if (!p.signals.empty() && !p.signals_at(t)) return 0.f;
        return audio_testing::tone_at(p.hz, t, 0.3);
      });
      send(p.microphone_track, std::move(m), now);
    }
    if (since % 1000 == 200) {
      report(p.camera.track(), p.camera.stream());
      report(p.microphone_track, p.voice);
    }
  }
  void send(std::uint64_t track, MediaPacket m, TimePoint at) {
    if (m.payload.empty() || !wanted.contains(track)) return;
    if (static_cast<int>(random_() % 100) < loss_percent) return;
    const sfu::RelayHeader header{.track = track, .seq = m.seq.value()};
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
  void report(std::uint64_t track, const TestStream& stream) {
    const sfu::RelayHeader header{.kind = sfu::RelayHeader::Kind::sender_report,
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

/// A recording, decoded: of each picture the colours at the points asked for.
struct Film {
  bool has_video = false;
  AVCodecID video_codec = AV_CODEC_ID_NONE, audio_codec = AV_CODEC_ID_NONE;
  Size size{};
  std::vector<double> times{};
  std::vector<std::vector<Yuv>> colours{};
  /// From time 0 on.
  std::vector<float> left{};

  const Yuv& at(double seconds, std::size_t point) const {
    return colours.at(static_cast<std::size_t>(seconds * 30 + 0.5)).at(point);
  }
  std::span<const float> sound(double from, double to) const {
    const auto index = [&](double t) { return static_cast<std::size_t>(t * kAudioRate); };
    return std::span(left).subspan(index(from), index(to) - index(from));
  }
};

struct Point {
  int x = 0, y = 0;
};

class FilmReader {
 public:
  FilmReader(const std::string& path, std::vector<Point> points) : points_(std::move(points)) {
    if (avformat_open_input(&context_, path.c_str(), nullptr, nullptr) < 0)
      throw std::runtime_error("cannot open " + path);
    avformat_find_stream_info(context_, nullptr);
    for (unsigned i = 0; i < context_->nb_streams; ++i) open(*context_->streams[i]);
  }
  ~FilmReader() { avformat_close_input(&context_); }
  FilmReader(const FilmReader&) = delete;
  FilmReader& operator=(const FilmReader&) = delete;

  Film read() {
    const Packet packet(av_packet_alloc());
    while (av_read_frame(context_, packet.get()) >= 0) {
      decode(static_cast<std::size_t>(packet->stream_index), packet.get());
      av_packet_unref(packet.get());
    }
    for (std::size_t i = 0; i < decoders_.size(); ++i) decode(i, nullptr);
    return std::move(film_);
  }

 private:
  void open(const AVStream& stream) {
    const AVCodecParameters* p = stream.codecpar;
    CodecContext c(avcodec_alloc_context3(avcodec_find_decoder(p->codec_id)));
    avcodec_parameters_to_context(c.get(), p);
    c->pkt_timebase = stream.time_base;
    c->thread_count = 1;
    if (avcodec_open2(c.get(), nullptr, nullptr) < 0) throw std::runtime_error("no decoder");
    if (p->codec_type == AVMEDIA_TYPE_VIDEO) {
      film_.has_video = true;
      film_.video_codec = p->codec_id;
      film_.size = {p->width, p->height};
    } else {
      film_.audio_codec = p->codec_id;
    }
    decoders_.push_back(std::move(c));
  }
  void decode(std::size_t i, const AVPacket* packet) {
    avcodec_send_packet(decoders_[i].get(), packet);
    const Frame f(av_frame_alloc());
    while (avcodec_receive_frame(decoders_[i].get(), f.get()) >= 0) {
      const double t = double(f->best_effort_timestamp) * av_q2d(context_->streams[i]->time_base);
      if (f->width > 0)
        look(*f, t);
      else
        hear(*f, t);
    }
  }
  void look(const AVFrame& f, double t) {
    std::vector<Yuv> colours;
    for (const Point p : points_) {
      const auto plane = [&](int n, int x, int y) { return f.data[n][y * f.linesize[n] + x]; };
      colours.push_back({.y = plane(0, p.x, p.y),
                         .u = plane(1, p.x / 2, p.y / 2),
                         .v = plane(2, p.x / 2, p.y / 2)});
    }
    film_.times.push_back(t);
    film_.colours.push_back(std::move(colours));
  }
  void hear(const AVFrame& f, double t) {
    const auto* samples = reinterpret_cast<const float*>(f.data[0]);
    const auto skip = t < 0 ? std::min<int>(f.nb_samples, int(-t * kAudioRate + 0.5)) : 0;
    film_.left.insert(film_.left.end(), samples + skip, samples + f.nb_samples);
  }

  std::vector<Point> points_;
  AVFormatContext* context_ = nullptr;
  std::vector<CodecContext> decoders_;
  Film film_;
};

}  // namespace plenum::egress::testing
