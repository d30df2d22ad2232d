#include "api/livekit/service.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/crypto.h"
#include "control/test_room.h"

namespace plenum::livekit_api {
namespace {

namespace asio = boost::asio;
using control::testing::TestRoom;

constexpr std::int64_t kNow = 1'000'000;

/// An upgrade that can only be refused; being accepted ends it as a client that has gone would.
class FakeUpgrade : public http::UpgradeRequest {
 public:
  explicit FakeUpgrade(http::Request request) : request_(std::move(request)) {}
  const http::Request& request() const override { return request_; }
  asio::awaitable<void> refuse(http::Response response) override {
    refused = std::move(response);
    co_return;
  }
  asio::awaitable<http::Websocket> accept() override {
    accepted = true;
    throw boost::system::system_error(asio::error::eof);
    co_return http::Websocket(nullptr);
  }

  std::optional<http::Response> refused;
  bool accepted = false;

 private:
  http::Request request_;
};

class SignalServiceTest : public ::testing::Test {
 protected:
  explicit SignalServiceTest(control::Config config = {}) : room(std::move(config)) {
    service.add_routes(router);
  }

  static http::KeyStore keys() {
    http::KeyStore out;
    out.add("key", "secret");
    return out;
  }
  static AccessToken token() {
    AccessToken t;
    t.api_key = "key";
    t.identity = "alice";
    t.grants.room_join = true;
    t.grants.room = "room";
    t.expires_at = kNow + 600;
    return t;
  }
  static std::string signed_by(const AccessToken& t, const std::string& secret = "secret") {
    return write_token(t, secret);
  }
  static http::Request request(const std::string& path, const std::string& token_text,
                               const std::string& more = "") {
    http::Request r;
    r.path = path;
    const std::string query = "access_token=" + token_text + more;
    r.target = path + "?" + query;
    r.query = http::Query::parse(query);
    return r;
  }

  /// Status and body of `<path>/validate`.
  std::pair<int, std::string> validate(const std::string& path, const std::string& token_text,
                                       const std::string& more = "") {
    http::Request r = request(path + "/validate", token_text, more);
    const auto match = router.match(http::Method::get, r.path);
    if (!match.route) return {404, ""};
    http::Response response;
    asio::co_spawn(io, match.route->handler(r), [&](std::exception_ptr error, http::Response got) {
      EXPECT_FALSE(error);
      response = std::move(got);
    });
    run();
    return {response.status, response.body};
  }
  /// Status and body of a refused upgrade; 101 when it was accepted.
  std::pair<int, std::string> upgrade(const std::string& path, const std::string& token_text,
                                      const std::string& more = "") {
    const http::Response r = upgrade_from("192.0.2.1", request(path, token_text, more));
    return {r.status, r.body};
  }
  http::Response upgrade_from(const std::string& address, http::Request request) {
    const std::string path = request.path;
    request.client = *Address::parse(address, 1234);
    FakeUpgrade u(std::move(request));
    const auto match = router.match_upgrade(path);
    if (!match.route) return http::Response::text(404, "");
    asio::co_spawn(io, match.route->upgrade(u), [](std::exception_ptr) {});
    run();
    if (u.accepted) return http::Response::text(101, "");
    return u.refused ? *u.refused : http::Response::text(0, "");
  }
  void run() {
    io.restart();
    io.poll();
  }
  /// Both ways of asking give the same answer.
  std::pair<int, std::string> refusal(const std::string& token_text, const std::string& more = "") {
    const auto validated = validate("/rtc", token_text, more);
    EXPECT_EQ(upgrade("/rtc", token_text, more), validated);
    return validated;
  }

  asio::io_context io;
  TestRoom room;
  SignalService::Surroundings around{[this] { return room.now; }, [] { return kNow * 1000; }};
  SignalService service{io, room.control, keys(), {}, around};
  http::Router router;
};

class WithoutAutoCreate : public SignalServiceTest {
 protected:
  static control::Config config() {
    control::Config c;
    c.auto_create_rooms = false;
    return c;
  }
  WithoutAutoCreate() : SignalServiceTest(config()) {}
};

TEST_F(SignalServiceTest, a_good_token_is_let_in) {
  EXPECT_EQ(validate("/rtc", signed_by(token())), std::pair(200, std::string("success")));
  EXPECT_EQ(upgrade("/rtc", signed_by(token())).first, 101);
}

TEST_F(SignalServiceTest, names_that_no_database_takes_are_refused) {
  for (std::string AccessToken::*field : {&AccessToken::identity, &AccessToken::name}) {
    AccessToken with_nul = token();
    with_nul.*field = std::string("a\0", 2);
    EXPECT_EQ(refusal(signed_by(with_nul)).first, 400);
  }
  AccessToken with_nul = token();
  with_nul.grants.room = std::string("a\0", 2);
  EXPECT_EQ(refusal(signed_by(with_nul)).first, 400);
  EXPECT_EQ(refusal(signed_by(token()), "&publish=a%00").first, 400);
}

TEST_F(SignalServiceTest, a_token_of_another_family_is_exchanged_for_one_of_ours) {
  const auto exchange = [](std::string text) -> asio::awaitable<Result<std::string, TokenError>> {
    if (text == "theirs") co_return signed_by(token());
    if (text == "closed") co_return Err{TokenError{403, "The room is disabled"}};
    co_return text;
  };
  around.exchange = exchange;
  SignalService exchanging(io, room.control, keys(), {}, around);
  router = {};
  exchanging.add_routes(router);

  EXPECT_EQ(validate("/rtc", "theirs").first, 200);
  EXPECT_EQ(validate("/rtc", signed_by(token())).first, 200);
  EXPECT_EQ(upgrade("/rtc", "theirs").first, 101);
  EXPECT_EQ(refusal("closed"), std::pair(403, std::string("The room is disabled")));
}

TEST_F(SignalServiceTest, a_client_that_leaves_during_the_handshake_leaves_nothing_behind) {
  EXPECT_EQ(upgrade("/rtc", signed_by(token())).first, 101);

  EXPECT_EQ(service.sessions(), 0u);
  room.advance(6s);
  EXPECT_TRUE(room.control.world().participants.empty());
}

TEST_F(SignalServiceTest, bad_tokens_are_refused_with_401_on_both_ways) {
  AccessToken unknown_key = token(), expired = token(), no_join = token();
  unknown_key.api_key = "other";
  expired.expires_at = kNow - 600;
  no_join.grants.room_join = false;

  EXPECT_EQ(refusal("").first, 401);
  EXPECT_EQ(refusal("no.token.atall").first, 401);
  EXPECT_EQ(refusal(signed_by(token(), "wrong")).first, 401);
  EXPECT_EQ(refusal(signed_by(unknown_key)).first, 401);
  EXPECT_EQ(refusal(signed_by(expired)).first, 401);
  EXPECT_EQ(refusal(signed_by(no_join)).first, 401);
}

TEST_F(SignalServiceTest, tokens_without_room_or_identity_or_with_long_ones_are_refused_with_400) {
  AccessToken no_room = token(), nobody = token(), long_room = token(), long_name = token();
  no_room.grants.room.clear();
  nobody.identity.clear();
  long_room.grants.room = std::string(257, 'x');
  long_name.name = std::string(257, 'x');

  EXPECT_EQ(refusal(signed_by(no_room)).first, 400);
  EXPECT_EQ(refusal(signed_by(nobody)).first, 400);
  EXPECT_EQ(refusal(signed_by(long_room)).first, 400);
  EXPECT_EQ(refusal(signed_by(long_name)).first, 400);
}

TEST_F(SignalServiceTest, attributes_need_the_grant) {
  const std::string attributes = "&attributes=" + crypto::base64url(as_bytes(R"({"a":"b"})"));
  EXPECT_EQ(refusal(signed_by(token()), attributes).first, 401);
  AccessToken allowed = token();
  allowed.grants.can_update_own_metadata = true;

  EXPECT_EQ(validate("/rtc", signed_by(allowed), attributes).first, 200);
}

TEST_F(SignalServiceTest, the_newer_path_needs_a_join_request) {
  EXPECT_EQ(validate("/rtc/v1", signed_by(token())).first, 400);
  EXPECT_EQ(upgrade("/rtc/v1", signed_by(token())).first, 400);
}

TEST_F(SignalServiceTest, the_newer_path_may_be_switched_off) {
  SignalConfig config;
  config.offer_v1 = false;
  SignalService old(io, room.control, http::KeyStore(), config,
                    {[this] { return room.now; }, [] { return kNow * 1000; }});
  http::Router routes;
  old.add_routes(routes);

  EXPECT_EQ(routes.match(http::Method::get, "/rtc/v1/validate").route, nullptr);
  EXPECT_EQ(routes.match_upgrade("/rtc/v1").route, nullptr);
  EXPECT_NE(routes.match_upgrade("/rtc").route, nullptr);
}

TEST_F(SignalServiceTest, two_hundred_joins_at_once_from_one_address_pass_and_then_the_rate) {
  AccessToken t = token();
  const auto join = [&](int number, const std::string& address) {
    t.identity = "client-" + std::to_string(number);
    return upgrade_from(address, request("/rtc", signed_by(t)));
  };
  for (int i = 0; i < 200; ++i) ASSERT_EQ(join(i, "2001:db8::1").status, 101);
  const std::size_t participants = room.control.world().participants.size();

  const http::Response refused = join(200, "2001:db8::2");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.find("Retry-After"), "1");
  EXPECT_EQ(room.control.world().participants.size(), participants);
  EXPECT_EQ(service.counters().joins_limited, 1u);

  EXPECT_EQ(join(201, "192.0.2.1").status, 101);
  room.now += 20ms;
  EXPECT_EQ(join(202, "2001:db8::2").status, 101);
  EXPECT_EQ(join(203, "2001:db8::2").status, 429);
}

TEST_F(SignalServiceTest, tokens_are_not_even_read_above_the_join_rate) {
  for (int i = 0; i < 200; ++i) ASSERT_EQ(upgrade("/rtc", "junk").first, 401);
  EXPECT_EQ(upgrade("/rtc", "junk").first, 429);
}

TEST_F(SignalServiceTest, the_join_rate_may_be_switched_off) {
  SignalConfig config;
  config.join_rate_per_address = 0;
  SignalService open(io, room.control, keys(), config,
                     {[this] { return room.now; }, [] { return kNow * 1000; }});
  http::Router routes;
  open.add_routes(routes);
  std::swap(router, routes);
  for (int i = 0; i < 300; ++i) EXPECT_EQ(upgrade("/rtc", "junk").first, 401);
  std::swap(router, routes);
}

TEST_F(WithoutAutoCreate, an_unknown_room_is_refused_with_404_and_only_after_the_token) {
  EXPECT_EQ(refusal(signed_by(token())),
            std::pair(404, std::string("requested room does not exist")));
  EXPECT_EQ(refusal(signed_by(token(), "wrong")).first, 401);
}

TEST_F(SignalServiceTest, a_full_room_is_refused_without_inviting_retries) {
  control::RoomSettings settings;
  settings.max_participants = 1;
  ASSERT_TRUE(room.control.moderation().create_room("key", "room", settings, room.now).ok());
  room.join("bob");

  EXPECT_EQ(refusal(signed_by(token())).first, 403);
}

}  // namespace
}  // namespace plenum::livekit_api
