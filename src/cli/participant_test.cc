#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command.h"
#include "cli/json_fields.h"
#include "cli/participant_command.h"

namespace plenum::cli {
namespace {

TEST(ParticipantList, is_a_table_in_which_names_cannot_write_to_the_terminal) {
  const auto answer = parse_object(R"({"participants": [
    {"identity": "ada", "name": "Ada\u001b[2J", "state": "ACTIVE", "tracks": [{}, {}],
     "joined_at": "1800000000"},
    {"identity": "bob", "name": "", "state": "JOINED", "tracks": [], "joined_at": "1800000001"}]})");

  EXPECT_EQ(participants_table(objects_of(*answer, "participants")),
            "IDENTITY  NAME     STATE   TRACKS  JOINED\n"
            "ada       Ada?[2J  active  2       2027-01-15T08:00:00.000Z\n"
            "bob       -        joined  0       2027-01-15T08:00:01.000Z\n");
}

TEST(ParticipantCommand, used_wrongly_it_asks_nobody) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {}, {"list", "--dev"}, {"remove", "r", "--dev"}, {"remove", "r", "", "--dev"}})
    EXPECT_THROW(participant({arguments, {}}), server::ConfigError);
}

}  // namespace
}  // namespace plenum::cli
