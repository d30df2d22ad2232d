#include "media/ice/tcp_framing.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace plenum::ice {
namespace {

std::vector<std::byte> framed(Bytes datagram) {
  std::vector<std::byte> out(kFrameHeaderSize);
  write_frame_header(out, static_cast<std::uint16_t>(datagram.size()));
  out.insert(out.end(), datagram.begin(), datagram.end());
  return out;
}
std::string text_of(const Buffer& b) { return std::string(as_text(b.bytes())); }

TEST(TcpFraming, writes_the_length_in_network_order) {
  EXPECT_EQ(frame_header(0x1234), (std::array{std::byte{0x12}, std::byte{0x34}}));
  EXPECT_EQ(framed(as_bytes("abc")).size(), 5u);
}

TEST(TcpFraming, gives_back_frames_however_the_stream_is_cut) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::byte> stream;
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) {
      const std::string datagram(random() % 4 == 0 ? 0 : random() % 2049, static_cast<char>(i));
      const auto f = framed(as_bytes(datagram));
      stream.insert(stream.end(), f.begin(), f.end());
      if (!datagram.empty()) expected.push_back(datagram);
    }
    TcpDeframer deframer;
    std::vector<std::string> actual;
    for (Bytes rest = stream; !rest.empty();) {
      const std::size_t n = std::min<std::size_t>(rest.size(), 1 + random() % 3000);
      ASSERT_TRUE(deframer.push(rest.first(n)).ok());
      rest = rest.subspan(n);
      while (const auto b = deframer.next()) actual.push_back(text_of(*b));
    }
    EXPECT_EQ(actual, expected);
  }
}

TEST(TcpFraming, works_byte_by_byte) {
  TcpDeframer deframer;
  const auto stream = framed(as_bytes("datagram"));
  for (std::size_t i = 0; i < stream.size(); ++i) {
    EXPECT_FALSE(deframer.next());
    ASSERT_TRUE(deframer.push(Bytes(stream).subspan(i, 1)).ok());
  }
  EXPECT_EQ(text_of(*deframer.next()), "datagram");
  EXPECT_FALSE(deframer.next());
}

TEST(TcpFraming, skips_frames_of_length_zero) {
  TcpDeframer deframer;
  const std::vector<std::byte> zeros(1000);
  ASSERT_TRUE(deframer.push(zeros).ok());
  EXPECT_FALSE(deframer.next());
  ASSERT_TRUE(deframer.push(framed(as_bytes("x"))).ok());

  EXPECT_EQ(text_of(*deframer.next()), "x");
}

TEST(TcpFraming, a_frame_longer_than_a_buffer_ends_it_as_soon_as_its_length_is_known) {
  TcpDeframer deframer;
  auto stream = framed(as_bytes("good"));
  const auto bad = frame_header(2049);
  stream.insert(stream.end(), bad.begin(), bad.end());

  EXPECT_EQ(deframer.push(stream).error(), FramingError::frame_too_long);
  EXPECT_FALSE(deframer.next());
  EXPECT_FALSE(deframer.push(framed(as_bytes("more"))).ok());
  EXPECT_FALSE(deframer.next());
}

TEST(TcpFraming, refuses_to_hoard_what_nobody_drains) {
  TcpDeframer deframer;
  const auto frame = framed(std::vector<std::byte>(1000));
  std::size_t pushed = 0;
  while (deframer.push(frame).ok()) pushed += frame.size();

  EXPECT_LE(pushed, TcpDeframer::kMaxUnread);
  EXPECT_GE(pushed, 65536u);
}

}  // namespace
}  // namespace plenum::ice
