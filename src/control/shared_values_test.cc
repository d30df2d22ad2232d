#include "control/shared_values.h"

#include "control/test_room.h"

namespace plenum::control {
namespace {

using testing::Client;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::TestRoom;

class SharedValuesTest : public ::testing::Test {
 protected:
  Participant& at(const Client& c) { return *t.control.caller(c.id()); }
  SharedValues& values() { return t.control.shared_values(); }

  TestRoom t;
};

TEST_F(SharedValuesTest, the_last_one_to_set_a_key_wins) {
  Client& ada = t.active("ada");
  Client& ben = t.active("ben");
  ASSERT_TRUE(values().set(at(ada), "slide", "1"));
  ASSERT_TRUE(values().set(at(ben), "slide", "2"));
  const auto value = values().get(at(ada), "slide");
  ASSERT_NE(*value, nullptr);
  EXPECT_EQ((*value)->text, "2");
  EXPECT_EQ((*value)->set_by, "ben");
  ASSERT_TRUE(values().set(at(ada), "slide", std::nullopt));

  EXPECT_EQ(*values().get(at(ada), "slide"), nullptr);
  EXPECT_EQ(t.control.world().memory_bytes, 0u);
}

TEST_F(SharedValuesTest, observers_are_those_who_asked) {
  Client& ada = t.active("ada");
  t.active("ben");
  ASSERT_TRUE(values().observe(at(ada), "slide"));
  EXPECT_THAT(SharedValues::observers(*at(ada).room, "slide"), ElementsAre("ada"));
  ASSERT_TRUE(values().unobserve(at(ada), "slide"));

  EXPECT_THAT(SharedValues::observers(*at(ada).room, "slide"), IsEmpty());
}

TEST_F(SharedValuesTest, keys_values_and_their_number_are_bounded) {
  Client& ada = t.active("ada");
  EXPECT_EQ(values().set(at(ada), "", "x").error(), Refusal::invalid_request);
  EXPECT_EQ(values().set(at(ada), std::string(129, 'k'), "x").error(), Refusal::invalid_request);
  EXPECT_EQ(values().set(at(ada), "k", std::string(1025, 'v')).error(), Refusal::invalid_request);
  for (std::size_t i = 0; i < SharedValues::kMaxKeys; ++i)
    ASSERT_TRUE(values().set(at(ada), std::to_string(i), "x"));

  EXPECT_EQ(values().set(at(ada), "more", "x").error(), Refusal::limit_exceeded);
  EXPECT_TRUE(values().set(at(ada), "7", "y"));
}

TEST_F(SharedValuesTest, who_waits_gets_nothing) {
  t.active("ada");
  JoinRequest asking = TestRoom::request("eve");
  asking.waiting = true;
  Client& eve = t.active(asking);

  EXPECT_EQ(values().set(at(eve), "k", "x").error(), Refusal::not_allowed);
  EXPECT_EQ(values().get(at(eve), "k").error(), Refusal::not_allowed);
  EXPECT_EQ(values().observe(at(eve), "k").error(), Refusal::not_allowed);
}

}  // namespace
}  // namespace plenum::control
