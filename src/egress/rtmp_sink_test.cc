#include "egress/rtmp_sink.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <future>

#include "egress/recording_fixture.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

/// A port of this machine that nobody listens on.
int free_port() {
  const io::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) < 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) < 0)
    throw std::runtime_error("no port");
  return ntohs(address.sin_port);
}

std::string address_of(int port) {
  return "rtmp://127.0.0.1:" + std::to_string(port) + "/live/very-secret-key";
}

RtmpSink::Options options_for(int port) {
  // Fails once and again without a pause that a test would have to wait for.
  return {.url = *parse_rtmp_url(address_of(port)),
          .allow_private = true,
          .reconnect = {.first_wait = 0us}};
}

TEST(RtmpSink, fails_at_once_when_the_first_connection_is_refused_and_keeps_the_key_to_itself) {
  Studio studio;
  PacketBus bus(studio.streams(), {});
  const SinkId id = bus.add(std::make_unique<RtmpSink>(options_for(free_port())));
  ASSERT_TRUE(bus.wait(id, kNever));

  const SinkStatus status = *bus.status(id);
  EXPECT_EQ(status.state, SinkState::failed);
  EXPECT_EQ(status.error, "the RTMP server: Connection refused");
  EXPECT_EQ(status.retries, 0);
}

/// Adds the sink until the server listens, and plays until it is live.
SinkId go_live(PacketBus& bus, int port) {
  for (;;) {
    const SinkId id = bus.add(std::make_unique<RtmpSink>(options_for(port)));
    for (;;) {
      const SinkStatus status = *bus.status(id);
      if (status.state == SinkState::live) return id;
      if (status.state == SinkState::failed) break;
      std::this_thread::yield();
    }
  }
}

/// Plays until `done`, at most two seconds of media ahead of what has been sent.
template <class Done>
void play_until(Studio& studio, PacketBus& bus, SinkId id, Done done) {
  Duration sent{};
  int ahead = 0;
  for (;;) {
    const SinkStatus status = *bus.status(id);
    if (done(status)) return;
    if (status.duration != sent || status.state != SinkState::live) ahead = 0;
    sent = status.duration;
    if (ahead == 60) {
      std::this_thread::yield();
      continue;
    }
    studio.play(bus, 1);
    ++ahead;
  }
}

TEST(RtmpSink, sends_a_stream_that_a_server_can_play) {
  const int port = free_port();
  auto server = std::async(std::launch::async,
                           [port] { return Reader(address_of(port), "listen=1").read(); });
  Studio studio;
  PacketBus bus(studio.streams(), {});
  studio.play(bus, 35);
  const SinkId id = go_live(bus, port);
  studio.play(bus, 60);
  studio.finish(bus);
  ASSERT_TRUE(bus.wait(id, kNever));
  const ReadBack received = server.get();

  const SinkStatus status = *bus.status(id);
  EXPECT_EQ(status.state, SinkState::ended) << status.error;
  EXPECT_NEAR(double(status.duration.count()) / 1e6, 2, 1e-4);
  EXPECT_GT(status.bytes, 10'000u);
  ASSERT_EQ(received.pictures.size(), 60u);
  expect_recording(received, 35, received.pictures.front().time_s);
  EXPECT_NEAR(received.pictures.front().time_s, 0, 0.025);
}

/// Reads pictures and closes the connection.
std::vector<ReadPicture> read_some(int port, std::size_t pictures) {
  Reader reader(address_of(port), "listen=1");
  return reader.read(pictures).pictures;
}

TEST(RtmpSink, comes_back_with_a_picture_and_time_zero_when_the_server_does) {
  const int port = free_port();
  auto server = std::async(std::launch::async, [port] {
    read_some(port, 20);
    return read_some(port, 20);
  });
  Studio studio;
  PacketBus bus(studio.streams(), {});
  const SinkId id = go_live(bus, port);
  bool was_lost = false;
  play_until(studio, bus, id, [&](const SinkStatus& s) {
    was_lost = was_lost || s.retries > 0;
    return server.wait_for(0s) == std::future_status::ready || s.state == SinkState::failed;
  });
  studio.finish(bus);
  ASSERT_TRUE(bus.wait(id, kNever));
  const auto pictures = server.get();

  EXPECT_TRUE(was_lost);
  ASSERT_GE(pictures.size(), 20u);
  EXPECT_NEAR(pictures.front().time_s, 0, 0.025);
  for (std::size_t i = 1; i < pictures.size(); ++i) {
    EXPECT_NEAR(pictures[i].time_s - pictures[i - 1].time_s, 1.0 / 30, 0.0011);
    EXPECT_EQ((pictures[i].bar - pictures[i - 1].bar + kBarStep * kBarPositions) %
                  (kBarStep * kBarPositions),
              kBarStep);
  }
}

}  // namespace
}  // namespace plenum::egress
