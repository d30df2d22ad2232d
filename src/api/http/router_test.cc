#include "api/http/router.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace plenum::http {
namespace {

Handler handler() {
  return [](Request&) -> boost::asio::awaitable<Response> { co_return Response{}; };
}

TEST(Router, prefers_literals_to_names_and_names_to_the_rest) {
  Router router;
  router.add(Method::get, "/v2/{rest...}", handler(), {.max_body_bytes = 3});
  router.add(Method::get, "/v2/{id}", handler(), {.max_body_bytes = 2});
  router.add(Method::get, "/v2/rooms", handler(), {.max_body_bytes = 1});
  const auto which = [&](std::string_view path) {
    const auto match = router.match(Method::get, path);
    return match.route ? match.route->max_body_bytes : 0;
  };

  EXPECT_EQ(which("/v2/rooms"), 1u);
  EXPECT_EQ(which("/v2/other"), 2u);
  EXPECT_EQ(which("/v2/a/b"), 3u);
  EXPECT_EQ(which("/v2/"), 3u);
  EXPECT_EQ(which("/v2"), 0u);
  EXPECT_EQ(which("/v3/rooms"), 0u);
}

TEST(Router, takes_bodies_only_where_a_method_has_any) {
  Router router;
  router.add(Method::get, "/a", handler());
  router.add(Method::post, "/a", handler());
  router.fallback(handler());

  EXPECT_EQ(router.match(Method::get, "/a").route->max_body_bytes, 0u);
  EXPECT_EQ(router.match(Method::head, "/a").route->max_body_bytes, 0u);
  EXPECT_EQ(router.match(Method::post, "/a").route->max_body_bytes, 1u << 20);
  EXPECT_EQ(router.match(Method::get, "/other").route->max_body_bytes, 0u);
}

TEST(Router, decodes_a_name_without_splitting_it) {
  Router router;
  router.add(Method::get, "/v2/rooms/{id}/end", handler());

  const auto match = router.match(Method::get, "/v2/rooms/a%2Fb%20c/end");
  ASSERT_NE(match.route, nullptr);
  ASSERT_EQ(match.parameters.size(), 1u);
  EXPECT_EQ(match.parameters[0].first, "id");
  EXPECT_EQ(match.parameters[0].second, "a/b c");
  EXPECT_EQ(router.match(Method::get, "/v2/rooms//end").route, nullptr);
  EXPECT_EQ(router.match(Method::get, "/v2/rooms/a%00/end").route, nullptr);
  EXPECT_EQ(router.match(Method::get, "/v2/rooms/a/end/").route, nullptr);
}

TEST(Router, tells_a_wrong_method_from_an_unknown_path) {
  Router router;
  router.add(Method::get, "/a", handler());
  router.add(Method::post, "/a", handler());

  EXPECT_EQ(router.match(Method::del, "/a").allowed.size(), 2u);
  EXPECT_TRUE(router.match(Method::get, "/b").allowed.empty());
  EXPECT_NE(router.match(Method::head, "/a").route, nullptr);
}

TEST(Router, keeps_websocket_routes_and_the_fallback_apart) {
  Router router;
  router.websocket("/rtc", [](UpgradeRequest&) -> boost::asio::awaitable<void> { co_return; },
                   {.max_message_bytes = 7});
  router.fallback(handler());

  EXPECT_EQ(router.match_upgrade("/rtc").websocket.max_message_bytes, 7u);
  EXPECT_EQ(router.match_upgrade("/other").route, nullptr);
  EXPECT_EQ(router.match(Method::get, "/rtc").route, nullptr);
  EXPECT_NE(router.match(Method::get, "/other").route, nullptr);
  EXPECT_EQ(router.match(Method::post, "/other").route, nullptr);
}

TEST(Router, refuses_malformed_and_repeated_patterns) {
  Router router;
  router.add(Method::get, "/a", handler());
  EXPECT_THROW(router.add(Method::get, "/a", handler()), std::invalid_argument);
  EXPECT_THROW(router.add(Method::get, "a", handler()), std::invalid_argument);
  EXPECT_THROW(router.add(Method::get, "/{}", handler()), std::invalid_argument);
  EXPECT_THROW(router.add(Method::get, "/{a", handler()), std::invalid_argument);
  EXPECT_THROW(router.add(Method::get, "/{a...}/b", handler()), std::invalid_argument);
}

TEST(Router, tells_a_path_that_cannot_be_decoded_from_an_unknown_one) {
  Router router;
  const auto none = [](Request&) -> boost::asio::awaitable<Response> { co_return Response(); };
  router.add(Method::get, "/api/{path...}", none);
  router.fallback(none);

  for (const char* path : {"/api/%zz", "/api/%2", "/%00", "/elsewhere/%"}) {
    EXPECT_TRUE(router.match(Method::get, path).malformed) << path;
    EXPECT_EQ(router.match(Method::get, path).route, nullptr) << path;
  }
  EXPECT_FALSE(router.match(Method::get, "/api/%2F").malformed);
}

TEST(Router, refuses_in_the_form_of_the_api_that_lives_there) {
  Router router;
  router.refusals("/api/", [](const Request& request, int status) {
    return Response::json(status, '"' + request.path + '"');
  });
  Request request;
  request.path = "/api/x";
  EXPECT_EQ(router.refusal(request, 413).body, "\"/api/x\"");
  EXPECT_EQ(router.refusal(request, 413).status, 413);
  request.path = "/apix";

  EXPECT_EQ(router.refusal(request, 404).body, "Not Found");
}

TEST(AddCors, echoes_the_wished_for_headers_of_a_preflight) {
  Request request;
  request.method = Method::options;
  request.headers.set("Access-Control-Request-Headers", "authorization, x-y");
  Response response;
  add_cors(request, response);

  EXPECT_EQ(response.headers.find("access-control-allow-origin"), "*");
  EXPECT_EQ(response.headers.find("access-control-allow-headers"), "authorization, x-y");
  EXPECT_EQ(response.headers.find("access-control-max-age"), "86400");
}

}  // namespace
}  // namespace plenum::http
