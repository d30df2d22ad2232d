#include "io/record_socket.h"

#include <gtest/gtest.h>

namespace plenum::io {
namespace {

TEST(RecordSocket, keeps_records_apart_and_says_when_the_other_end_is_gone) {
  RecordPair pair = make_record_pair();
  EXPECT_FALSE(receive_record(pair.ours.get(), 100));
  ASSERT_TRUE(send_record(pair.theirs.get(), as_bytes("one "), as_bytes("record")));
  ASSERT_TRUE(send_record(pair.theirs.get(), as_bytes("next")));

  EXPECT_EQ(as_text(*receive_record(pair.ours.get(), 100)), "one record");
  EXPECT_EQ(as_text(*receive_record(pair.ours.get(), 100)), "next");
  pair.theirs.reset();
  EXPECT_TRUE(receive_record(pair.ours.get(), 100)->empty());
  EXPECT_FALSE(send_record(pair.ours.get(), as_bytes("lost")));
}

TEST(RecordSocket, does_not_wait_for_a_reader) {
  const RecordPair pair = make_record_pair();
  const std::vector<std::byte> record(60'000);
  int sent = 0;
  while (sent < 10'000 && send_record(pair.ours.get(), record)) ++sent;

  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 10'000);
}

}  // namespace
}  // namespace plenum::io
