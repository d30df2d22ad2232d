#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "cli/room_command.h"
#include "cli/test_server.h"

namespace plenum::cli {
namespace {

using testing::ElementsAre;

constexpr const char* kListRooms = "/twirp/livekit.RoomService/ListRooms";
constexpr const char* kDeleteRoom = "/twirp/livekit.RoomService/DeleteRoom";

std::string row(std::string_view id, std::string_view custom = "null", bool disabled = false) {
  return fmt::format(
      R"({{"roomId":"{}","customRoomId":{},"disabled":{},"createdAt":"2027-01-15T08:00:00.000Z"}})",
      id, custom, disabled);
}
HttpAnswer page(std::string_view rows, int last = 1) {
  return {200, fmt::format(R"({{"pageInfo":{{"lastPage":{}}},"data":[{}]}})", last, rows)};
}
HttpAnswer live(std::string_view name, int participants = 0) {
  return {200,
          fmt::format(
              R"({{"rooms":[{{"name":"{}","num_participants":{},"creation_time":"1800000000"}}]}})",
              name, participants)};
}

std::string error_of_end(TestServer& server, const std::string& room) {
  ApiClient api = server.client();
  try {
    end_room(api, room);
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

TEST(RoomList, joins_what_is_kept_and_what_is_live_page_by_page_with_the_live_ones_first) {
  TestServer server;
  server.answers["/v2/rooms?perPage=100&page=1"] = page(row("c", R"("mine")") + "," + row("b"), 2);
  server.answers["/v2/rooms?perPage=100&page=2"] = page(row("b") + "," + row("a", "null", true), 2);
  server.answers[kListRooms] = live("b", 3);
  ApiClient api = server.client();

  const std::string at = "2027-01-15T08:00:00.000Z";
  EXPECT_THAT(list_rooms(api), ElementsAre(ListedRoom{"b", "", false, true, 3, at},
                                           ListedRoom{"c", "mine", false, false, 0, at},
                                           ListedRoom{"a", "", true, false, 0, at}));
}

TEST(RoomList, is_a_table_for_people_and_an_array_for_programs) {
  const std::vector<ListedRoom> rooms{{"r1", "", false, true, 12, "2027"},
                                      {"r2", "mine", true, false, 0, "2026"},
                                      {"r3", "", false, false, 0, "2025"}};

  EXPECT_EQ(rooms_table(rooms),
            "ROOM  CUSTOM ID  STATE     PARTICIPANTS  CREATED\n"
            "r1    -          live      12            2027\n"
            "r2    mine       disabled  0             2026\n"
            "r3    -          idle      0             2025\n");
  EXPECT_EQ(boost::json::serialize(rooms_json({rooms[1]})),
            R"([{"roomId":"r2","customRoomId":"mine","disabled":true,"live":false,)"
            R"("participants":0,"createdAt":"2026"}])");
}

TEST(RoomList, shows_rooms_that_only_live_clients_know) {
  TestServer server;
  server.answers["/v2/rooms?perPage=100&page=1"] = page("", 0);
  server.answers[kListRooms] = live("demo", 1);
  ApiClient api = server.client();

  EXPECT_THAT(list_rooms(api),
              ElementsAre(ListedRoom{"demo", "", false, true, 1, "2027-01-15T08:00:00.000Z"}));
}

TEST(RoomEnd, is_done_when_rest_v2_ended_the_session) {
  TestServer server;
  server.answers["/v2/sessions/end"] = {200, "{}"};

  EXPECT_EQ(error_of_end(server, "r"), "");
  EXPECT_THAT(server.asked(), ElementsAre(R"(/v2/sessions/end {"roomId":"r"})"));
}

TEST(RoomEnd, deletes_the_live_room_that_rest_v2_does_not_know) {
  TestServer server;
  server.answers["/v2/rooms?query=a%20b%26c"] = page("", 0);
  server.answers[kListRooms] = live("a b&c");
  server.answers[kDeleteRoom] = {200, "{}"};

  EXPECT_EQ(error_of_end(server, "a b&c"), "");
  EXPECT_EQ(server.asked().back(), std::string(kDeleteRoom) + R"( {"room":"a b&c"})");
}

TEST(RoomEnd, finds_the_live_room_by_the_custom_id_of_rest_v2) {
  TestServer server;
  server.answers["/v2/rooms?query=mine"] = page(row("wire", R"("mine")"));
  server.answers[kListRooms] = live("wire");
  server.answers[kDeleteRoom] = {200, "{}"};

  EXPECT_EQ(error_of_end(server, "mine"), "");
  EXPECT_EQ(server.asked().back(), std::string(kDeleteRoom) + R"( {"room":"wire"})");
}

TEST(RoomEnd, touches_no_room_but_the_one_that_is_named) {
  TestServer server;
  server.answers["/v2/rooms?query=typo"] = page(row("other", R"("else")"));
  server.answers[kListRooms] = live("other");

  EXPECT_EQ(error_of_end(server, "typo"), "there is no live room \"typo\"");
  EXPECT_EQ(server.asked().back(), std::string(kListRooms) + R"( {"names":["typo"]})");
}

TEST(RoomEnd, stops_at_any_other_refusal) {
  TestServer server;
  server.answers["/v2/sessions/end"] = {503, R"({"message":"try again"})"};

  EXPECT_EQ(error_of_end(server, "r"), "the server refused: try again (HTTP status 503)");
  EXPECT_EQ(server.calls.size(), 1U);
}

TEST(RoomCommand, used_wrongly_it_asks_nobody) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {}, {"end", "--dev"}, {"end", "", "--dev"}, {"list", "x", "--dev"}, {"end", "r"}})
    EXPECT_THROW(room({arguments, {}}), server::ConfigError);
}

}  // namespace
}  // namespace plenum::cli
