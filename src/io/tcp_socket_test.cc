#include "io/tcp_socket.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "io/event_loop.h"
#include "io/sockaddr.h"

namespace plenum::io {
namespace {

/// A blocking client, connected when made.
Fd connect_to(const Address& to, int small_receive_buffer = 0) {
  Fd fd(::socket(to.family == Address::Family::v4 ? AF_INET : AF_INET6, SOCK_STREAM, 0));
  if (small_receive_buffer)
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &small_receive_buffer,
                 sizeof small_receive_buffer);
  const SockAddr where(to);
  EXPECT_EQ(::connect(fd.get(), where.get(), where.size), 0);
  return fd;
}

TcpConnection accept_one(TcpListener& listener) {
  EventLoop loop;
  loop.add(listener.fd(), kReadable, 0);
  EXPECT_EQ(loop.wait(5s).size(), 1u);
  return listener.accept().value();
}

TcpConnection::Read read_when_ready(TcpConnection& connection, MutableBytes out) {
  EventLoop loop;
  loop.add(connection.fd(), kReadable, 0);
  EXPECT_EQ(loop.wait(5s).size(), 1u);
  return connection.read(out);
}

std::string receive(const Fd& client, std::size_t n) {
  std::string text(n, '\0');
  EXPECT_EQ(::recv(client.get(), text.data(), n, MSG_WAITALL), static_cast<ssize_t>(n));
  return text;
}

class TcpOfFamily : public testing::TestWithParam<const char*> {
 protected:
  TcpListener listener_{*Address::parse(GetParam(), 0)};
};
INSTANTIATE_TEST_SUITE_P(BothFamilies, TcpOfFamily, testing::Values("127.0.0.1", "::1"),
                         [](const auto& p) { return p.index == 0 ? "v4" : "v6"; });

TEST_P(TcpOfFamily, carries_bytes_both_ways_and_knows_the_remote_address) {
  const Fd client = connect_to(listener_.local_address());
  TcpConnection connection = accept_one(listener_);
  EXPECT_EQ(connection.remote_address(), bound_address(client.get()));
  EXPECT_EQ(connection.send(as_bytes("he"), as_bytes("llo")), TcpConnection::SendStatus::sent);
  EXPECT_EQ(receive(client, 5), "hello");
  ASSERT_EQ(::send(client.get(), "back", 4, 0), 4);
  std::vector<std::byte> room(16);
  const TcpConnection::Read read = read_when_ready(connection, room);

  EXPECT_EQ(read.status, TcpConnection::ReadStatus::some);
  EXPECT_EQ(as_text(Bytes(room).first(read.size)), "back");
  EXPECT_EQ(connection.read(room).status, TcpConnection::ReadStatus::nothing);
}

TEST(TcpListener, has_nothing_to_accept_when_nobody_waits) {
  TcpListener listener(*Address::parse("127.0.0.1", 0));

  EXPECT_FALSE(listener.accept());
}

TEST(TcpConnection, reports_the_end_of_the_stream) {
  TcpListener listener(*Address::parse("127.0.0.1", 0));
  Fd client = connect_to(listener.local_address());
  TcpConnection connection = accept_one(listener);
  client.reset();
  std::vector<std::byte> room(16);

  EXPECT_EQ(read_when_ready(connection, room).status, TcpConnection::ReadStatus::closed);
}

TEST(TcpConnection, queues_for_a_slow_reader_then_drops_whole_units_and_keeps_the_order) {
  TcpListener listener(*Address::parse("127.0.0.1", 0));
  const Fd client = connect_to(listener.local_address(), 4096);
  TcpConnection connection = accept_one(listener);
  const int small = 4096;
  ::setsockopt(connection.fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  std::string accepted;
  bool dropped = false;
  for (int i = 0; !dropped && i < 2000; ++i) {
    const std::string head = std::to_string(10'000 + i),
                      body(1000, static_cast<char>('a' + i % 26));
    const auto status = connection.send(as_bytes(head), as_bytes(body));
    dropped = status == TcpConnection::SendStatus::dropped;
    if (!dropped) accepted += head + body;
  }
  ASSERT_TRUE(dropped);
  EXPECT_TRUE(connection.want_write());
  EXPECT_LE(connection.queued_bytes(), TcpConnection::kMaxQueued);
  std::string received;
  EventLoop loop;
  loop.add(connection.fd(), kWritable, 0);
  while (received.size() < accepted.size()) {
    std::string part(16384, '\0');
    const ssize_t n = ::recv(client.get(), part.data(), part.size(), 0);
    ASSERT_GT(n, 0);
    received.append(part, 0, static_cast<std::size_t>(n));
    if (connection.want_write() && !loop.wait(0us).empty()) {
      ASSERT_TRUE(connection.on_writable());
    }
  }

  EXPECT_EQ(received, accepted);
  EXPECT_FALSE(connection.want_write());
}

TEST(TcpConnection, says_closed_once_the_reader_has_reset_it) {
  TcpListener listener(*Address::parse("127.0.0.1", 0));
  Fd client = connect_to(listener.local_address());
  TcpConnection connection = accept_one(listener);
  const linger hard{1, 0};
  ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  client.reset();

  EXPECT_EQ(connection.send(as_bytes("x")), TcpConnection::SendStatus::closed);
  EXPECT_EQ(connection.send(as_bytes("x")), TcpConnection::SendStatus::closed);
}

TEST(TcpListener, turns_newcomers_away_when_descriptors_have_run_out) {
  TcpListener listener(*Address::parse("127.0.0.1", 0));
  EventLoop loop;
  loop.add(listener.fd(), kReadable, 0);
  const Fd client = connect_to(listener.local_address());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  std::vector<Fd> taken;
  rlimit tight = before;
  tight.rlim_cur = 64;
  ::setrlimit(RLIMIT_NOFILE, &tight);
  for (int fd = 0; fd >= 0;) {
    fd = ::dup(0);
    if (fd >= 0) taken.emplace_back(fd);
  }
  ASSERT_EQ(loop.wait(5s).size(), 1u);
  const bool accepted = listener.accept().has_value();
  const bool still_ready = !loop.wait(0us).empty();
  taken.clear();
  ::setrlimit(RLIMIT_NOFILE, &before);
  char byte = 0;

  EXPECT_FALSE(accepted);
  EXPECT_FALSE(still_ready);
  EXPECT_LE(::recv(client.get(), &byte, 1, 0), 0);
  const Fd later = connect_to(listener.local_address());
  EXPECT_TRUE(loop.wait(5s).size() == 1 && listener.accept());
}

TEST(TcpListener, is_stuck_until_there_are_descriptors_again_when_the_spare_one_is_gone) {
  TcpListener listener(*Address::parse("127.0.0.1", 0));
  const Fd client = connect_to(listener.local_address());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = 3;
  ::setrlimit(RLIMIT_NOFILE, &none);
  const bool accepted = listener.accept().has_value();
  const bool stuck = listener.is_stuck();
  ::setrlimit(RLIMIT_NOFILE, &before);

  EXPECT_FALSE(accepted);
  EXPECT_TRUE(stuck);
  EXPECT_TRUE(listener.accept());
  EXPECT_FALSE(listener.is_stuck());
}

}  // namespace
}  // namespace plenum::io
