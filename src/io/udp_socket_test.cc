#include "io/udp_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "io/event_loop.h"
#include "io/sockaddr.h"
#include "io/transmit_batch.h"

namespace plenum::io {
namespace {

using Family = Address::Family;
using Strings = std::vector<std::string>;

Address loopback(Family family) {
  return *Address::parse(family == Family::v4 ? "127.0.0.1" : "::1", 0);
}

/// Everything that waits in `socket`, in order. Loopback delivers within the send call.
Strings drain(UdpSocket& socket, Address* from = nullptr) {
  Strings out;
  std::vector<Received> batch(UdpSocket::kMaxBatch);
  for (;;) {
    const std::size_t n = socket.receive_batch(batch);
    for (std::size_t i = 0; i < n; ++i) {
      out.emplace_back(as_text(batch[i].datagram.bytes()));
      if (from) *from = batch[i].from;
    }
    if (n < batch.size()) return out;
  }
}

void put(TransmitBatch& batch, std::string_view text, const Address& to) {
  const MutableBytes room = batch.reserve(TransmitBatch::kMaxDatagram);
  ASSERT_GE(room.size(), text.size());
  std::memcpy(room.data(), text.data(), text.size());
  batch.commit(text.size(), to);
}

class UdpSocketOfFamily : public testing::TestWithParam<Family> {
 protected:
  UdpSocket a_{loopback(GetParam())};
  UdpSocket b_{loopback(GetParam())};
};
INSTANTIATE_TEST_SUITE_P(BothFamilies, UdpSocketOfFamily, testing::Values(Family::v4, Family::v6),
                         [](const auto& p) { return p.param == Family::v4 ? "v4" : "v6"; });

TEST_P(UdpSocketOfFamily, knows_the_port_it_was_given_for_port_zero) {
  EXPECT_NE(a_.local_address().port, 0);
  EXPECT_EQ(a_.local_address().family, GetParam());
}

TEST_P(UdpSocketOfFamily, receives_what_another_socket_sent_and_says_from_where) {
  TransmitBatch batch;
  put(batch, "hello", b_.local_address());
  const SendResult result = batch.flush(a_);

  Address from;
  EXPECT_EQ(drain(b_, &from), Strings{"hello"});
  EXPECT_EQ(from, a_.local_address());
  EXPECT_EQ(result.sent, 1u);
  EXPECT_EQ(result.sent_bytes, 5u);
}

TEST_P(UdpSocketOfFamily, delivers_runs_of_equal_and_unequal_sizes_as_they_were_committed) {
  std::mt19937 random(7);
  UdpSocket c(loopback(GetParam()));
  Strings for_b, for_c;
  TransmitBatch batch;
  for (int i = 0; i < 200; ++i) {
    const bool to_b = random() % 4 != 0;
    const std::string text(random() % 3 == 0 ? 1 + random() % 1400 : 1200,
                           static_cast<char>('a' + i % 26));
    put(batch, text, (to_b ? b_ : c).local_address());
    (to_b ? for_b : for_c).push_back(text);
  }
  const SendResult result = batch.flush(a_);

  EXPECT_EQ(drain(b_), for_b);
  EXPECT_EQ(drain(c), for_c);
  EXPECT_EQ(result.sent, 200u);
  EXPECT_EQ(result.errors, 0u);
  EXPECT_TRUE(batch.empty());
}

TEST_P(UdpSocketOfFamily, splits_a_run_that_is_longer_than_one_segmented_message_may_be) {
  TransmitBatch batch;
  Strings sent;
  for (int i = 0; i < 150; ++i) {
    sent.push_back("datagram " + std::to_string(1000 + i));
    put(batch, sent.back(), b_.local_address());
  }
  EXPECT_EQ(batch.flush(a_).sent, 150u);

  EXPECT_EQ(drain(b_), sent);
}

TEST_P(UdpSocketOfFamily, delivers_the_same_without_segmentation_offload) {
  TransmitBatch batch({.segmentation_offload = false});
  Strings sent;
  for (int i = 0; i < 70; ++i) {
    sent.emplace_back(1000, static_cast<char>('a' + i % 26));
    put(batch, sent.back(), b_.local_address());
  }
  EXPECT_EQ(batch.flush(a_).sent, 70u);

  EXPECT_EQ(drain(b_), sent);
}

TEST(UdpSocket, receives_at_most_as_many_as_there_is_room_for) {
  UdpSocket a(loopback(Family::v4)), b(loopback(Family::v4));
  TransmitBatch batch;
  for (int i = 0; i < 5; ++i) put(batch, "x", b.local_address());
  batch.flush(a);
  std::vector<Received> room(3);

  EXPECT_EQ(b.receive_batch(room), 3u);
  EXPECT_EQ(b.receive_batch(room), 2u);
  EXPECT_EQ(b.receive_batch(room), 0u);
}

TEST(UdpSocket, drops_what_is_empty_or_larger_than_a_buffer_and_counts_it) {
  UdpSocket a(loopback(Family::v4)), b(loopback(Family::v4));
  const SockAddr to(b.local_address());
  const std::string large(Buffer::kCapacity + 1, 'x'), largest(Buffer::kCapacity, 'y');
  ::sendto(a.fd(), large.data(), large.size(), 0, to.get(), to.size);
  ::sendto(a.fd(), nullptr, 0, 0, to.get(), to.size);
  ::sendto(a.fd(), largest.data(), largest.size(), 0, to.get(), to.size);

  EXPECT_EQ(drain(b), Strings{largest});
  EXPECT_EQ(b.dropped(), 2u);
}

TEST(UdpSocket, does_not_stay_for_a_flood_of_empty_datagrams) {
  UdpSocket a(loopback(Family::v4)), b(loopback(Family::v4));
  const SockAddr to(b.local_address());
  for (std::size_t i = 0; i < 5 * UdpSocket::kMaxBatch; ++i)
    ::sendto(a.fd(), nullptr, 0, 0, to.get(), to.size);
  std::vector<Received> room(UdpSocket::kMaxBatch);

  EXPECT_EQ(b.receive_batch(room), 0u);
  EXPECT_EQ(b.dropped(), 4 * UdpSocket::kMaxBatch);
  EXPECT_EQ(b.receive_batch(room), 0u);
  EXPECT_EQ(b.dropped(), 5 * UdpSocket::kMaxBatch);
}

TEST(UdpSocket, names_the_address_that_cannot_be_bound) {
  UdpSocket a(loopback(Family::v4));
  try {
    UdpSocket again(a.local_address());
    FAIL() << "bound twice";
  } catch (const std::system_error& e) {
    EXPECT_NE(std::string(e.what()).find(a.local_address().text()), std::string::npos);
  }
}

TEST(UdpSocket, still_works_after_a_destination_was_unreachable) {
  UdpSocket a(loopback(Family::v4)), b(loopback(Family::v4));
  const Address gone = UdpSocket(loopback(Family::v4)).local_address();
  TransmitBatch batch;
  put(batch, "to nobody", gone);
  batch.flush(a);  // the kernel answers with ICMP port unreachable
  EXPECT_EQ(drain(a), Strings{});
  put(batch, "back", a.local_address());
  batch.flush(b);

  EXPECT_EQ(drain(a), Strings{"back"});
}

/// Three datagrams to `to` as one message; the last is shorter.
Strings put_three(TransmitBatch& batch, char fill, const Address& to) {
  const Strings sent{std::string(900, fill), std::string(900, fill), std::string(500, fill)};
  for (const auto& s : sent) put(batch, s, to);
  return sent;
}

/// Without checksums the kernel refuses UDP_SEGMENT with EINVAL.
void refuse_segments(const UdpSocket& socket) {
  const int on = 1;
  ASSERT_EQ(::setsockopt(socket.fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
}

TEST(TransmitBatch, sends_one_by_one_what_the_kernel_will_not_split_and_keeps_asking_for_others) {
  UdpSocket a(loopback(Family::v4)), b(loopback(Family::v4));
  refuse_segments(a);
  TransmitBatch batch;
  Strings sent;
  for (int round = 0; round < 10; ++round) {
    for (auto& s : put_three(batch, static_cast<char>('a' + round), b.local_address()))
      sent.push_back(std::move(s));
    const SendResult result = batch.flush(a);
    EXPECT_EQ(result.sent, 3u);
    EXPECT_EQ(result.errors, 0u);
  }

  EXPECT_EQ(drain(b), sent);
  EXPECT_TRUE(batch.segmentation_offload());
}

TEST(TransmitBatch, gives_up_splitting_once_many_destinations_in_a_row_were_refused) {
  UdpSocket a(loopback(Family::v4));
  refuse_segments(a);
  TransmitBatch batch;
  for (int host = 1; host <= 8; ++host) {
    EXPECT_TRUE(batch.segmentation_offload());
    put_three(batch, 'x', *Address::parse("127.0.1." + std::to_string(host), 9));
    batch.flush(a);
  }

  EXPECT_FALSE(batch.segmentation_offload());
}

TEST(TransmitBatch, counts_what_cannot_be_sent_and_sends_the_rest) {
  UdpSocket a(loopback(Family::v4)), b(loopback(Family::v4));
  TransmitBatch batch;
  put(batch, "first", b.local_address());
  put(batch, "wrong family", loopback(Family::v6));
  put(batch, "second", b.local_address());
  const SendResult result = batch.flush(a);

  EXPECT_EQ(drain(b), (Strings{"first", "second"}));
  EXPECT_EQ(result.sent, 2u);
  EXPECT_EQ(result.errors, 1u);
}

TEST(TransmitBatch, is_full_when_it_holds_as_many_messages_as_it_can) {
  UdpSocket a(loopback(Family::v4)), b(loopback(Family::v4));
  TransmitBatch batch({.arena_bytes = 8192, .max_messages = 2});
  EXPECT_FALSE(batch.full());
  put(batch, "1", b.local_address());
  put(batch, "22", b.local_address());  // longer than the one before: a message of its own

  EXPECT_TRUE(batch.full());
  EXPECT_TRUE(batch.reserve(10).empty());
  EXPECT_EQ(batch.flush(a).sent, 2u);
  EXPECT_FALSE(batch.full());
}

TEST(TransmitBatch, is_full_when_the_next_datagram_might_not_fit) {
  const Address to = *Address::parse("127.0.0.1", 9);
  TransmitBatch batch({.arena_bytes = 3 * TransmitBatch::kMaxDatagram, .max_messages = 100});
  for (int i = 0; i < 2; ++i) {
    ASSERT_FALSE(batch.full());
    ASSERT_EQ(batch.reserve(TransmitBatch::kMaxDatagram).size(), TransmitBatch::kMaxDatagram);
    batch.commit(TransmitBatch::kMaxDatagram, to);
  }
  EXPECT_FALSE(batch.full());
  put(batch, "x", to);
  EXPECT_TRUE(batch.full());
}

TEST(TransmitBatch, ignores_an_empty_commit) {
  TransmitBatch batch;
  batch.reserve(10);
  batch.commit(0, *Address::parse("127.0.0.1", 9));

  EXPECT_TRUE(batch.empty());
}

}  // namespace
}  // namespace plenum::io
