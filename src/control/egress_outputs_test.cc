#include "control/egress_outputs.h"

#include <gtest/gtest.h>

namespace plenum::control {
namespace {

TEST(EgressOutputs, found_in_the_folder_of_a_job_are_its_parts_and_copies) {
  EgressJob composed;
  composed.id = "job1";
  composed.outputs.emplace_back().name = "rec.v1/named.mp4";
  place_outputs(composed);
  EgressJob copied;
  copied.id = "job2";
  copied.copy.emplace().name = "a/film";
  const EgressOutput* known = add_found(composed, "job1.mp4");
  EXPECT_EQ(known->id, "file");
  const EgressOutput* part = add_found(composed, "job1-2.mp4");
  const EgressOutput* copy = add_found(copied, "job2-camera.webm");

  ASSERT_TRUE(part && copy);
  EXPECT_EQ(part->id, "file-2");
  EXPECT_EQ(part->path, "recordings/job1/job1-2.mp4");
  EXPECT_EQ(part->name, "rec.v1/named-2.mp4") << "or it would replace the first in a bucket";
  EXPECT_EQ(copy->path, "recordings/job2/job2-camera.webm");
  EXPECT_EQ(copy->name, "a/film-camera.webm");
  EXPECT_EQ(composed.outputs.size(), 2u);
  EXPECT_FALSE(add_found(composed, "other.mp4"));
  EXPECT_FALSE(add_found(composed, "job1-2.webm")) << "a part has one file";
}

}  // namespace
}  // namespace plenum::control
