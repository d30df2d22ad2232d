#include "api/livekit/egress_service.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "api/livekit/token.h"
#include "control/test_room.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::EgressJob;
using control::EgressState;
using control::testing::TestRoom;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kNow = 1'000'000;

/// Only takes orders.
struct IdleWorker final : control::EgressWorker {
  void start(const EgressJob&) override {}
  void show(const control::EgressScene&) override {}
  void set_layout(const control::EgressLayout&) override {}
  void take_snapshot(const control::EgressSnapshot&) override {}
  void add_output(const control::EgressOutput&) override {}
  void end_output(const std::string& id) override { ended->push_back(id); }
  void stop() override {}
  std::vector<int> media_sockets(std::uint32_t shards) override {
    return std::vector<int>(shards, -1);
  }
  explicit IdleWorker(std::vector<std::string>& e) : ended(&e) {}
  std::vector<std::string>* ended;
};

class EgressServiceTest : public ::testing::Test {
 protected:
  EgressServiceTest() {
    room.control.egress().work_in(
        {.spawn = [this](auto) { return std::make_unique<IdleWorker>(ended); },
         .session = [](const std::string&) { return std::string("session"); },
         .new_id = [this] { return "65a0b0c0d0e0f0000000000" + std::to_string(++ids); },
         .now = [this] { return room.now; },
         .recover = {}});
  }
  static http::KeyStore keys() {
    http::KeyStore out;
    out.add("key", "secret");
    out.add("other", "secret");
    return out;
  }
  /// Status and body.
  std::pair<int, std::string> call(std::string_view method, const std::string& body,
                                   const std::string& key = "key", bool may_record = true) {
    AccessToken token;
    token.api_key = key;
    token.grants.room_record = may_record;
    token.expires_at = kNow + 600;
    http::Request request;
    request.method = http::Method::post;
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Authorization", "Bearer " + write_token(token, "secret"));
    request.body = body;
    http::Response response;
    boost::asio::co_spawn(io, service.serve(request, method),
                          [&](std::exception_ptr, http::Response r) { response = std::move(r); });
    io.restart();
    io.poll();
    return {response.status, response.body};
  }
  pb::EgressInfo ask(std::string_view method, const std::string& body) {
    const auto [status, text] = call(method, body);
    EXPECT_EQ(status, 200) << text;
    pb::EgressInfo out;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &out).ok()) << text;
    return out;
  }
  std::string id_of(const pb::EgressInfo& info) {
    return R"({"egress_id":")" + info.egress_id() + "\"}";
  }
  boost::asio::awaitable<std::optional<EgressPage>> stored_page() { co_return stored; }

  static constexpr const char* kStart =
      R"({"room_name":"room","file_outputs":[{"filepath":"x"}],
          "stream_outputs":[{"urls":["rtmp://a/app/very-secret"]}]})";

  boost::asio::io_context io;
  TestRoom room;
  int ids = 0;
  std::vector<std::string> ended;
  std::optional<EgressPage> stored = EgressPage{};
  EgressQuery asked;
  EgressService service{room.control,
                        keys(),
                        {[this] { return room.now; }, [] { return kNow * 1000; }, [] {},
                         [](const http::Request&) { return EgressLinks{}; },
                         [this](const EgressQuery& query) {
                           asked = query;
                           return stored_page();
                         },
                         [](const std::string& url) {
                           return url == "http://bad" ? std::optional<std::string>("private")
                                                      : std::nullopt;
                         }}};
};

TEST_F(EgressServiceTest, a_room_is_recorded_changed_and_stopped) {
  room.active("ada");
  const auto started = ask("StartRoomCompositeEgress", kStart);
  const auto brighter = ask(
      "UpdateLayout", R"({"layout":"speaker-light","egress_id":")" + started.egress_id() + "\"}");
  const auto added = ask("UpdateStream", R"({"add_output_urls":["rtmp://b/app/another-key"],
      "remove_output_urls":["rtmp://a/app/{****et}"],"egress_id":")" +
                                             started.egress_id() + "\"}");
  const auto stopped = ask("StopEgress", id_of(started));
  const auto again = call("StopEgress", id_of(started));

  EXPECT_EQ(started.status(), pb::EGRESS_STARTING);
  EXPECT_EQ(started.room_name(), "room");
  EXPECT_THAT(started.room_id(), HasSubstr("RM_"));
  EXPECT_EQ(started.file_results(0).filename(), "x.mp4");
  EXPECT_EQ(brighter.egress_id(), started.egress_id());
  EXPECT_EQ(added.stream_results_size(), 2);
  EXPECT_THAT(added.DebugString(), Not(HasSubstr("secret")));
  EXPECT_THAT(ended, ::testing::ElementsAre("rtmp"));
  EXPECT_EQ(stopped.status(), pb::EGRESS_ENDING);
  EXPECT_EQ(again.first, 412);
  EXPECT_THAT(again.second, HasSubstr("egress with status EGRESS_ENDING cannot be stopped"));
}

TEST_F(EgressServiceTest, needs_the_grant_a_room_and_somebody_in_it) {
  EXPECT_EQ(call("StartRoomCompositeEgress", kStart, "key", false).second,
            R"({"code":"unauthenticated","msg":"permissions denied"})");
  EXPECT_EQ(call("StartRoomCompositeEgress", kStart).second,
            R"({"code":"not_found","msg":"requested room does not exist"})");
  ASSERT_TRUE(room.control.moderation().create_room("key", "room", {}, room.now));
  EXPECT_EQ(call("StartRoomCompositeEgress", kStart).first, 412);
  room.active("ada");
  EXPECT_EQ(call("StartRoomCompositeEgress", kStart, "other").first, 404);
  EXPECT_EQ(call("StartRoomCompositeEgress", R"({"room_name":"room","file":{},
      "webhooks":[{"url":"http://bad"}]})")
                .second,
            R"({"code":"invalid_argument","msg":"webhooks: private"})");
  EXPECT_EQ(call("StartTrackEgress", R"({"room_name":"room","track_id":"TR_1"})").first, 404);
  EXPECT_EQ(call("StartWebEgress", "{}").first, 501);
  EXPECT_EQ(call("StartAnything", "{}").first, 404);
}

TEST_F(EgressServiceTest, another_keys_egress_is_not_there) {
  room.active("ada");
  const auto started = ask("StartRoomCompositeEgress", kStart);

  EXPECT_EQ(call("StopEgress", id_of(started), "other").second,
            R"({"code":"not_found","msg":"egress does not exist"})");
  EXPECT_EQ(asked.api_key, "other");
  EXPECT_EQ(call("StopEgress", R"({"egress_id":"EG_1"})").first, 404);
  stored.reset();
  EXPECT_EQ(call("StopEgress", id_of(started), "other").first, 503);
}

TEST_F(EgressServiceTest, lists_what_is_stored_as_it_is_now) {
  room.active("ada");
  const auto started = ask("StartRoomCompositeEgress", kStart);
  EgressView ended_view;
  ended_view.job.id = "65a0b0c0d0e0f00000000099";
  ended_view.job.state = EgressState::failed;
  EgressView live;
  live.job.id = job_id_of(started.egress_id());
  stored->views = {live, ended_view};
  stored->has_more = true;
  const auto [status, text] =
      call("ListEgress", R"({"room_name":"room","active":true,"page_token":{"token":"2"}})");
  pb::ListEgressResponse list;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(text, &list).ok()) << text;

  EXPECT_EQ(asked.room, "room");
  EXPECT_TRUE(asked.only_active);
  EXPECT_EQ(asked.page, 2);
  ASSERT_EQ(list.items_size(), 2);
  EXPECT_EQ(list.items(0).file_results(0).filename(), "x.mp4");
  EXPECT_EQ(list.items(1).status(), pb::EGRESS_FAILED);
  EXPECT_EQ(list.next_page_token().token(), "3");
  EXPECT_EQ(call("ListEgress", R"({"page_token":{"token":"2x"}})").first, 400);
  stored->views = {ended_view};
  EXPECT_EQ(call("StopEgress", R"({"egress_id":"EG_65a0b0c0d0e0f00000000099"})").first, 412);
}

}  // namespace
}  // namespace plenum::livekit_api
