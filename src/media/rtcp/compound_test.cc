#include "media/rtcp/compound.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "media/rtcp/writer.h"
#include "media/rtp/testing.h"

namespace plenum::rtcp {
namespace {

using rtp::copy;
using rtp::for_each_truncation;
using rtp::hex;

/// The only message of a packet, which stays in memory since messages are views.
template <class T>
T only(std::vector<std::byte> bytes) {
  static std::deque<std::vector<std::byte>> kept;
  const std::vector<std::byte>& packet = kept.emplace_back(std::move(bytes));
  CompoundReader reader(packet);
  auto m = reader.next();
  EXPECT_TRUE(m && std::holds_alternative<T>(*m));
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
  return std::get<T>(*m);
}

const auto kSenderReportBytes =
    hex("81c8000c 11111111 0123456789abcdef 00000064 0000000a 000003e8"
        "22222222 40 ffffff 00010005 00000007 456789ab 00018000");

TEST(CompoundReader, reads_a_sender_report_with_a_block) {
  const auto sr = only<SenderReportView>(kSenderReportBytes);

  EXPECT_EQ(sr.ssrc, Ssrc(0x11111111));
  EXPECT_EQ(sr.ntp.value, 0x0123456789abcdefu);
  EXPECT_EQ(sr.rtp, RtpTime(100));
  EXPECT_EQ(sr.packets, 10u);
  EXPECT_EQ(sr.octets, 1000u);
  ASSERT_EQ(sr.blocks.size(), 1u);
  EXPECT_EQ(sr.blocks[0], (ReportBlock{.ssrc = Ssrc(0x22222222),
                                       .fraction_lost = 0x40,
                                       .cumulative_lost = -1,
                                       .highest_sequence = 0x10005,
                                       .jitter = 7,
                                       .lsr = 0x456789ab,
                                       .dlsr = 0x18000}));
}

TEST(CompoundReader, reads_the_cname) {
  // One item of four characters, so that the end needs a whole word.
  const auto sdes = only<SourceDescriptionView>(hex("81ca0003 11111111 0104 61626364 0000"));
  std::string text;
  sdes.for_each_cname([&](Ssrc ssrc, std::string_view cname) {
    EXPECT_EQ(ssrc, Ssrc(0x11111111));
    text = cname;
  });

  EXPECT_EQ(text, "abcd");
}

TEST(CompoundReader, reads_a_nack_with_its_mask) {
  const auto nack = only<NackView>(hex("81cd0004 00000001 00000002 fffe0005 00108000"));
  std::vector<std::uint16_t> lost;
  nack.for_each([&](std::uint16_t s) { lost.push_back(s); });

  EXPECT_EQ(nack.media, Ssrc(2));
  EXPECT_EQ(lost, (std::vector<std::uint16_t>{0xfffe, 0xffff, 0x0001, 0x0010, 0x0020}));
}

TEST(CompoundReader, reads_the_key_frame_requests) {
  const auto pli = only<Pli>(hex("81ce0002 00000001 00000002"));
  EXPECT_EQ(pli.media, Ssrc(2));
  const auto fir = only<FirView>(hex("84ce0004 00000001 00000000 00000002 07000000"));

  ASSERT_EQ(fir.size(), 1u);
  EXPECT_EQ(fir[0].ssrc, Ssrc(2));
  EXPECT_EQ(fir[0].sequence, 7);
}

TEST(CompoundReader, reads_remb) {
  // Exponent 3, mantissa 0x20000: 1048576 bit/s.
  const auto remb = only<RembView>(hex("8fce0005 00000001 00000000 52454d42 010e0000 00000002"));

  EXPECT_EQ(remb.bitrate, Bitrate::bps(1'048'576));
  ASSERT_EQ(remb.ssrcs.size(), 1u);
  EXPECT_EQ(remb.ssrcs[0], Ssrc(2));
}

TEST(CompoundReader, reads_bye_without_its_reason_and_strips_padding) {
  const auto bye = only<ByeView>(hex("81cb0002 00000001 03627965"));
  EXPECT_EQ(bye.ssrcs.size(), 1u);
  const auto padded = only<NackView>(hex("a1cd0004 00000001 00000002 00050000 00000004"));

  EXPECT_EQ(padded.item_count(), 1u);
}

TEST(CompoundReader, skips_what_nobody_needs) {
  // XR, APP, an unknown transport feedback, an application feedback that is not REMB.
  const auto packet =
      hex("80cf0001 00000001  80cc0002 00000001 6e616d65  83cd0002 00000001 00000002"
          "8fce0004 00000001 00000000 41414141 00000000");
  CompoundReader reader(packet);

  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
}

TEST(CompoundReader, keeps_what_came_before_a_broken_packet) {
  auto packet = kSenderReportBytes;
  const auto broken = hex("85c90001 00000001");
  packet.insert(packet.end(), broken.begin(), broken.end());
  CompoundReader reader(packet);

  EXPECT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.broken());
  EXPECT_FALSE(reader.next());
}

TEST(CompoundReader, refuses_counts_and_lengths_that_lie) {
  for (const char* text : {
           "9fc80006 11111111 0123456789abcdef 00000064 0000000a 000003e8",  // 31 blocks, none
                                                                             // there
           "80c8ffff 11111111",                             // length beyond the end
           "40c90001 11111111",                             // version 1
           "a0c90001 11111109",                             // padding larger than the packet
           "a0c90001 11111100",                             // padding of nothing
           "9fcb0001 00000001",                             // BYE of 31 sources
           "81ca0001 00000001",                             // chunk without an end
           "81ca0002 00000001 01ff6162",                    // item longer than the packet
           "81cd0002 00000001 00000002",                    // NACK without an item
           "84ce0003 00000001 00000000 00000002",           // half a FIR entry
           "8fce0004 00000001 00000000 52454d42 ff000000",  // REMB of 255 sources
           "8fce0004 00000001 00000000 52454d42 00ffffff",  // REMB beyond 64 bits
           "80",
       }) {
    const auto packet = hex(text);
    CompoundReader reader(packet);
    EXPECT_FALSE(reader.next()) << text;
    EXPECT_TRUE(reader.broken()) << text;
  }
}

/// Touches every byte that a message lets its reader see.
void drain(Bytes packet) {
  CompoundReader reader(packet);
  std::uint64_t sum = 0;
  while (const auto m = reader.next()) {
    if (const auto* sr = std::get_if<SenderReportView>(&*m))
      for (std::size_t i = 0; i < sr->blocks.size(); ++i) sum += sr->blocks[i].jitter;
    if (const auto* nack = std::get_if<NackView>(&*m))
      nack->for_each([&](std::uint16_t s) { sum += s; });
    if (const auto* sdes = std::get_if<SourceDescriptionView>(&*m))
      sdes->for_each_cname([&](Ssrc s, std::string_view c) { sum += s.value() + c.size(); });
    if (const auto* fir = std::get_if<FirView>(&*m))
      for (std::size_t i = 0; i < fir->size(); ++i) sum += (*fir)[i].sequence;
    if (const auto* remb = std::get_if<RembView>(&*m))
      for (std::size_t i = 0; i < remb->ssrcs.size(); ++i) sum += remb->ssrcs[i].value();
  }
  EXPECT_GE(sum, 0u);
}

TEST(CompoundReader, survives_truncation_and_noise) {
  auto whole = kSenderReportBytes;
  for (const char* more :
       {"81ca0003 11111111 0104 61626364 0000", "81cd0004 00000001 00000002 fffe0005 00108000",
        "84ce0004 00000001 00000000 00000002 07000000",
        "8fce0005 00000001 00000000 52454d42 010e0000 00000002", "81cb0002 00000001 03627965"}) {
    const auto bytes = hex(more);
    whole.insert(whole.end(), bytes.begin(), bytes.end());
  }
  for_each_truncation(whole, drain);
  std::mt19937 rng(8);
  for (int i = 0; i < 20000; ++i) {
    auto mutated = whole;
    for (int k = 0; k < 4; ++k) mutated[rng() % mutated.size()] = static_cast<std::byte>(rng());
    drain(mutated);
  }
}

TEST(Writer, writes_what_the_reader_reads) {
  std::array<std::byte, 1500> out;
  ByteWriter w(out);
  const ReportBlock block{Ssrc(9), 12, -5, 0x10001, 42, 0xaaaa, 0xbbbb};
  const std::array<Ssrc, 2> ssrcs{Ssrc(5), Ssrc(6)};
  const SenderReport report{Ssrc(1), NtpTime{77}, RtpTime(88), 99, 111};
  EXPECT_TRUE(write_sender_report(w, report, std::span(&block, 1)));
  EXPECT_TRUE(write_receiver_report(w, Ssrc(1), std::span(&block, 1)));
  EXPECT_TRUE(write_cname(w, Ssrc(1), "stream"));
  EXPECT_TRUE(write_bye(w, ssrcs));
  EXPECT_TRUE(write_pli(w, Ssrc(1), Ssrc(2)));
  EXPECT_TRUE(write_fir(w, Ssrc(1), Ssrc(2), 3));
  EXPECT_TRUE(write_remb(w, Ssrc(1), Bitrate::bps(1'000'000), ssrcs));
  CompoundReader reader(w.written());

  const auto sr = std::get<SenderReportView>(*reader.next());
  EXPECT_EQ(sr.ntp.value, 77u);
  EXPECT_EQ(sr.octets, 111u);
  EXPECT_EQ(sr.blocks[0], block);
  EXPECT_EQ(std::get<ReceiverReportView>(*reader.next()).blocks[0], block);
  std::string cname;
  std::get<SourceDescriptionView>(*reader.next()).for_each_cname([&](Ssrc, std::string_view c) {
    cname = c;
  });
  EXPECT_EQ(cname, "stream");
  EXPECT_EQ(std::get<ByeView>(*reader.next()).ssrcs[1], Ssrc(6));
  EXPECT_EQ(std::get<Pli>(*reader.next()).media, Ssrc(2));
  EXPECT_EQ(std::get<FirView>(*reader.next())[0].sequence, 3);
  const auto remb = std::get<RembView>(*reader.next());
  EXPECT_NEAR(static_cast<double>(remb.bitrate.bps()), 1e6, 8);
  EXPECT_EQ(remb.ssrcs.size(), 2u);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
}

TEST(Writer, ends_a_cname_of_any_length_on_a_word) {
  for (std::size_t n = 1; n < 256; ++n) {
    std::array<std::byte, 300> out;
    ByteWriter w(out);
    ASSERT_TRUE(write_cname(w, Ssrc(1), std::string(n, 'x')));
    ASSERT_EQ(w.size() % 4, 0u);
    std::size_t read = 0;
    only<SourceDescriptionView>(copy(w.written())).for_each_cname([&](Ssrc, std::string_view c) {
      read = c.size();
    });
    ASSERT_EQ(read, n);
  }
}

TEST(Writer, packs_a_nack_as_tightly_as_the_mask_allows) {
  std::array<std::byte, 64> out;
  ByteWriter w(out);
  const std::vector<ExtSeq> lost{ExtSeq(0x1fffe), ExtSeq(0x1ffff), ExtSeq(0x20001), ExtSeq(0x2000e),
                                 ExtSeq(0x20010)};

  EXPECT_EQ(write_nack(w, Ssrc(1), Ssrc(2), lost), 5u);
  EXPECT_EQ(copy(w.written()), hex("81cd0004 00000001 00000002 fffe8005 00100000"));
}

TEST(Writer, writes_as_much_of_a_nack_as_fits_and_nothing_by_halves) {
  std::array<std::byte, 20> out;
  ByteWriter w(out);
  const std::vector<ExtSeq> lost{ExtSeq(100), ExtSeq(200), ExtSeq(300)};
  EXPECT_EQ(write_nack(w, Ssrc(1), Ssrc(2), lost), 2u);
  EXPECT_EQ(w.size(), 20u);
  EXPECT_FALSE(write_pli(w, Ssrc(1), Ssrc(2)));
  EXPECT_EQ(w.size(), 20u);

  only<NackView>(copy(w.written()));
}

TEST(Report, gives_the_round_trip_of_a_block_that_answers_us) {
  // The example of RFC 3550 figure 2: A = 0xb710:8000, DLSR = 5.25 s, LSR = 0xb705:2000.
  ReportBlock block;
  block.lsr = 0xb7052000;
  block.dlsr = 0x00054000;
  EXPECT_EQ(round_trip(block, NtpTime{0x0000b71080000000}), Duration(6'125'000));
  block.dlsr = 0x00100000;

  EXPECT_FALSE(round_trip(block, NtpTime{0x0000b71080000000}));
  EXPECT_FALSE(round_trip(ReportBlock{}, NtpTime{1}));
}

TEST(Compound, is_told_from_rtp_by_its_second_byte) {
  EXPECT_TRUE(is_rtcp(hex("80c8")));
  EXPECT_TRUE(is_rtcp(hex("81ce")));
  EXPECT_FALSE(is_rtcp(hex("80e0")));
  EXPECT_FALSE(is_rtcp(hex("8060")));
  EXPECT_FALSE(is_rtcp(hex("80")));
}

}  // namespace
}  // namespace plenum::rtcp
