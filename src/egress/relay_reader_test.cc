#include "egress/relay_reader.h"

#include <gtest/gtest.h>

#include <cstring>

#include "sfu/relay_format.h"

namespace plenum::egress {
namespace {

using Kind = sfu::RelayHeader::Kind;
constexpr TimePoint t0{10s};

std::vector<std::byte> datagram(const sfu::RelayHeader& header, std::vector<std::byte> body = {}) {
  std::vector<std::byte> out(sizeof header);
  std::memcpy(out.data(), &header, sizeof header);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

/// RTP with a payload of two bytes, and one of padding when asked for.
std::vector<std::byte> rtp(bool padded) {
  std::vector<std::byte> p(14, std::byte{7});
  put_be(p, 0, 2, padded ? 0xa0e0 : 0x80e0);
  put_be(p, 2, 2, 9);
  put_be(p, 4, 4, 900);
  put_be(p, 8, 4, 1);
  if (padded) p.push_back(std::byte{1});
  return p;
}

TEST(RelayReader, reads_packets_without_their_padding) {
  for (const bool padded : {false, true}) {
    const auto record = read_relay_record(
        datagram({.kind = Kind::rtp, .layer = 2, .red = true, .track = 5, .seq = 65'545},
                 rtp(padded)),
        t0);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->track, 5u);
    EXPECT_EQ(record->layer, 2);
    EXPECT_TRUE(record->red);
    const auto& packet = std::get<MediaPacket>(record->what);
    EXPECT_EQ(packet.seq, ExtSeq(65'545));
    EXPECT_EQ(packet.timestamp, RtpTime(900));
    EXPECT_TRUE(packet.marker);
    EXPECT_EQ(packet.payload.size(), 2u);
    EXPECT_EQ(packet.arrival, t0);
  }
}

TEST(RelayReader, reads_sender_reports) {
  const auto record = read_relay_record(
      datagram({.kind = Kind::sender_report, .track = 5, .ntp = 77, .rtp_time = 88}), t0);

  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<SenderReport>(record->what).ntp.value, 77u);
  EXPECT_EQ(std::get<SenderReport>(record->what).timestamp, RtpTime(88));
}

TEST(RelayReader, passes_over_everything_else) {
  const auto whole = datagram({.kind = Kind::rtp, .track = 5}, rtp(false));
  for (std::size_t n = 0; n < sizeof(sfu::RelayHeader) + 12; ++n)
    EXPECT_FALSE(read_relay_record(Bytes(whole).first(n), t0)) << n;
  EXPECT_FALSE(read_relay_record(datagram({.kind = Kind::muted, .track = 5}), t0));
  EXPECT_FALSE(read_relay_record(datagram({.kind = Kind::keyframe_request, .track = 5}), t0));
  EXPECT_FALSE(read_relay_record(datagram({.kind = static_cast<Kind>(9), .track = 5}), t0));
  auto too_much_padding = rtp(true);
  too_much_padding.back() = std::byte{200};
  EXPECT_FALSE(read_relay_record(datagram({.kind = Kind::rtp}, too_much_padding), t0));
}

}  // namespace
}  // namespace plenum::egress
