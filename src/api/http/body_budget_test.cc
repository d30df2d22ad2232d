#include "api/http/body_budget.h"

#include <gtest/gtest.h>

#include <optional>

namespace plenum::http {
namespace {

const Address kAda = *Address::parse("192.0.2.1", 0), kBen = *Address::parse("192.0.2.2", 0);

TEST(BodyBudget, is_shared_by_all_and_comes_back) {
  BodyBudget budget(100, 80);
  std::optional<BodyBudget::Share> ada(std::in_place, budget, kAda);
  BodyBudget::Share ben(budget, kBen);
  EXPECT_TRUE(ada->resize(60));
  EXPECT_TRUE(ben.resize(40));
  EXPECT_FALSE(ben.resize(41));
  EXPECT_EQ(budget.used_bytes(), 100u);
  ada.reset();

  EXPECT_TRUE(ben.resize(41));
  EXPECT_TRUE(ben.resize(0));
  EXPECT_EQ(budget.used_bytes(), 0u);
}

TEST(BodyBudget, is_not_for_one_client_alone) {
  BodyBudget budget(100, 50);
  BodyBudget::Share one(budget, kAda), two(budget, kAda), ben(budget, kBen);
  EXPECT_TRUE(one.resize(30));
  EXPECT_FALSE(two.resize(30));
  EXPECT_TRUE(two.resize(20));

  EXPECT_TRUE(ben.resize(50));
  EXPECT_EQ(budget.used_bytes(), 100u);
}

}  // namespace
}  // namespace plenum::http
