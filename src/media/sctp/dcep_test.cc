#include "media/sctp/dcep.h"

#include <gtest/gtest.h>

#include <random>

namespace plenum::sctp::dcep {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int v : values) out.push_back(static_cast<std::byte>(v));
  return out;
}

TEST(Dcep, writes_an_open_as_rfc_8832_5_1_draws_it) {
  const Open open{.ordered = false, .max_retransmits = 3, .label = "ab", .protocol = "c"};

  EXPECT_EQ(write(open), bytes({3, 0x81, 1, 0, 0, 0, 0, 3, 0, 2, 0, 1, 'a', 'b', 'c'}));
  EXPECT_EQ(write(Ack{}), bytes({2}));
}

TEST(Dcep, reads_back_what_it_writes) {
  for (const bool ordered : {true, false}) {
    for (const Open& open :
         {Open{.ordered = ordered}, Open{.ordered = ordered, .max_retransmits = 0},
          Open{.ordered = ordered, .max_lifetime_ms = 4'000'000'000, .label = "x"},
          Open{.ordered = ordered,
          .label = std::string(kMaxNameSize, 'l'),
          .protocol = std::string(kMaxNameSize, 'p')}}) {
      const auto message = parse(write(open));
      ASSERT_TRUE(message.ok());
      EXPECT_EQ(std::get<Open>(*message), open);
    }
  }
  EXPECT_EQ(*parse(write(Ack{})), Message(Ack{}));
}

TEST(Dcep, refuses_an_open_cut_short_anywhere) {
  const auto whole = write(Open{.label = "label", .protocol = "protocol"});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(parse(Bytes(whole).first(size)).error(), ParseError::too_short) << size;
}

TEST(Dcep, refuses_unknown_messages_and_channel_types_and_long_names) {
  EXPECT_EQ(parse(bytes({1})).error(), ParseError::unknown_message);
  auto open = write(Open{.label = "x"});
  open[1] = std::byte{0x03};
  EXPECT_EQ(parse(open).error(), ParseError::unknown_channel_type);
  open[1] = std::byte{0x00};
  open[8] = std::byte{0xff};
  EXPECT_EQ(parse(open).error(), ParseError::too_long);
}

TEST(Dcep, survives_random_bytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<std::byte> b(random() % 40);
    for (std::byte& x : b) x = static_cast<std::byte>(random());
    if (!b.empty()) b[0] = std::byte{3};
    if (const auto message = parse(b); message.ok()) {
      EXPECT_LE(std::get<Open>(*message).label.size(), b.size());
    }
  }
}

}  // namespace
}  // namespace plenum::sctp::dcep
