#include "api/http/server.h"

#include <gmock/gmock.h>

#include <boost/asio/detached.hpp>

#include "api/http/loopback.h"

namespace plenum::http {
namespace {

namespace asio = boost::asio;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::string_view kClose = "Host: h\r\nConnection: close\r\n\r\n";

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\n" + std::string(kClose);
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++n;
  return n;
}

class ServerTest : public Loopback {
 public:
  void SetUp() override {
    router_.add(Method::get, "/hello", [](Request&) -> asio::awaitable<Response> {
      co_return Response::text(200, "hello");
    });
    router_.add(
        Method::post, "/echo",
        [](Request& r) -> asio::awaitable<Response> { co_return Response::text(200, r.body); },
        {.max_body_bytes = 100});
    router_.add(Method::get, "/who/{name}", [](Request& r) -> asio::awaitable<Response> {
      co_return Response::text(200, std::string(r.parameter("name")) + "@" + r.client.ip_text());
    });
    router_.add(Method::get, "/throws", [](Request&) -> asio::awaitable<Response> {
      throw std::runtime_error("on purpose");
      co_return Response{};
    });
  }
};

TEST_F(ServerTest, answers_with_cors_and_framing) {
  start();
  const std::string response = exchange(get("/hello"));

  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
  EXPECT_THAT(response, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_TRUE(response.ends_with("\r\n\r\nhello"));
}

TEST_F(ServerTest, answers_head_without_the_body_but_with_its_length) {
  start();
  const std::string response = exchange("HEAD //hello HTTP/1.1\r\n" + std::string(kClose));
  EXPECT_THAT(response, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_TRUE(response.ends_with("\r\n\r\n"));
}

TEST_F(ServerTest, answers_errors_with_cors_too) {
  start();
  EXPECT_THAT(exchange(get("/none")), HasSubstr("404 Not Found"));
  EXPECT_THAT(exchange(get("/none")), HasSubstr("Access-Control-Allow-Origin: *"));
  const std::string wrong = exchange("DELETE /hello HTTP/1.1\r\n" + std::string(kClose));
  EXPECT_THAT(wrong, HasSubstr("405 Method Not Allowed"));
  EXPECT_THAT(wrong, HasSubstr("Allow: OPTIONS, GET"));
  EXPECT_THAT(exchange("junk\r\n\r\n"), HasSubstr("Access-Control-Allow-Origin: *"));
}

TEST_F(ServerTest, answers_any_preflight) {
  start();
  for (const std::string path : {"/hello", "/none", "*"}) {
    const std::string response = exchange(
        "OPTIONS " + path + " HTTP/1.1\r\nAccess-Control-Request-Headers: authorization\r\n" +
        std::string(kClose));
    EXPECT_THAT(response, StartsWith("HTTP/1.1 204 "));
    EXPECT_THAT(response, HasSubstr("Access-Control-Allow-Headers: authorization\r\n"));
    EXPECT_THAT(response, HasSubstr("Access-Control-Allow-Methods: OPTIONS, HEAD, GET, POST"));
  }
}

TEST_F(ServerTest, turns_an_exception_into_500_and_goes_on) {
  start();
  EXPECT_THAT(exchange(get("/throws")), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(exchange(get("/hello")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, gives_parameters_and_the_client_address) {
  start();
  EXPECT_TRUE(exchange(get("/who/a%20b")).ends_with("a b@127.0.0.1"));
}

TEST_F(ServerTest, serves_pipelined_requests_in_order_on_one_connection) {
  start();
  const std::string first = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\none";
  const std::string second =
      "\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n";
  const std::string response = exchange(first + second + get("/hello"));

  EXPECT_EQ(count(response, "HTTP/1.1 200 OK"), 3u);
  EXPECT_LT(response.find("\r\n\r\none"), response.find("\r\n\r\ntwo"));
  EXPECT_LT(response.find("\r\n\r\ntwo"), response.find("\r\n\r\nhello"));
  EXPECT_EQ(server_->counters().accepted, 1u);
  EXPECT_EQ(server_->counters().requests, 3u);
}

TEST_F(ServerTest, reads_a_request_that_comes_byte_by_byte) {
  start();
  std::string response;
  run([](ServerTest* self, std::string& out) -> Task<> {
    Socket socket = co_await self->connect();
    socket.set_option(asio::ip::tcp::no_delay(true));
    const std::string request =
        "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        "Content-Length: 2\r\n\r\nok";
    for (const char& c : request) co_await self->write(socket, std::string_view(&c, 1));
    out = co_await self->read_to_end(socket);
  }(this, response));
  EXPECT_TRUE(response.ends_with("\r\n\r\nok"));
}

TEST_F(ServerTest, refuses_smuggling_and_closes) {
  start();
  const std::string smuggled = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  for (const std::string& fields :
       {std::string("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        std::string("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
        std::string("Content-Length: 0\r\nContent-Length: 40\r\n"),
        std::string("Transfer-Encoding:\r\n chunked\r\n"), std::string("X: a\r\n b\r\n"),
        std::string("Transfer-Encoding : chunked\r\n"),
        std::string("Transfer-Encoding: chunked, gzip\r\n")}) {
    const std::string response =
        exchange("POST /echo HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n0\r\n\r\n" + smuggled);
    EXPECT_EQ(count(response, "HTTP/1.1 "), 1u) << fields << response;
    EXPECT_THAT(response, Not(HasSubstr("200 OK"))) << fields;
  }
}

TEST_F(ServerTest, refuses_bodies_over_the_limit_of_the_route) {
  start();
  EXPECT_THAT(exchange("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n" +
                       std::string(101, 'a')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(
      exchange("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
               std::string(101, 'a') + "\r\n0\r\n\r\n"),
      StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTest, answers_a_field_that_alone_is_too_large) {
  start();
  for (const std::size_t size : {50'000, 66'000, 90'000})
    EXPECT_THAT(exchange("GET /hello HTTP/1.1\r\nX: " + std::string(size, 'a') + "\r\n" +
                         std::string(kClose)),
                StartsWith("HTTP/1.1 431 "))
        << size;
}

TEST_F(ServerTest, refuses_in_the_form_of_the_api_that_lives_there) {
  router_.add(Method::put, "/api/{path...}", [](Request&) -> asio::awaitable<Response> {
    throw std::runtime_error("on purpose");
  });
  router_.refusals("/api/", [](const Request&, int status) {
    return Response::json(status, "{\"status\":" + std::to_string(status) + "}");
  });
  start();
  const std::string put = "PUT /api/x HTTP/1.1\r\n";
  const std::string chunked = "Host: h\r\nTransfer-Encoding: chunked\r\n\r\n";

  EXPECT_THAT(exchange(put + "Host: h\r\nContent-Length: 9999999\r\n\r\n"),
              HasSubstr("{\"status\":413}"));
  EXPECT_THAT(exchange(put + chunked + "fffffff\r\n"), HasSubstr("{\"status\":413}"));
  EXPECT_THAT(exchange(put + chunked + "x\r\n"), HasSubstr("{\"status\":400}"));
  EXPECT_THAT(exchange("PUT /api/%zz HTTP/1.1\r\n" + std::string(kClose)),
              HasSubstr("{\"status\":400}"));
  EXPECT_THAT(exchange(get("/api/x")), HasSubstr("{\"status\":405}"));
  EXPECT_THAT(exchange(get("/api/x")), HasSubstr("Allow: OPTIONS, PUT\r\n"));
  EXPECT_THAT(exchange(put + std::string(kClose)), HasSubstr("{\"status\":500}"));
  EXPECT_THAT(exchange(get("/%zz")), HasSubstr("\r\n\r\nBad Request"));
}

TEST_F(ServerTest, answers_at_once_where_no_body_is_wanted) {
  start();
  // None of them is ever sent whole: who waited for it would wait until the timeout.
  const std::string length = "Host: h\r\nContent-Length: 99999999999\r\n\r\n";
  const std::string chunked = "Host: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n";
  for (const std::string& body : {length, chunked}) {
    EXPECT_THAT(exchange("POST /none HTTP/1.1\r\n" + body), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(exchange("POST /hello HTTP/1.1\r\n" + body), StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(exchange("GET /hello HTTP/1.1\r\n" + body), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(exchange("OPTIONS /hello HTTP/1.1\r\n" + body), StartsWith("HTTP/1.1 204 "));
  }
}

TEST_F(ServerTest, does_not_take_an_unwanted_body_for_a_request) {
  start();
  const std::string inner = get("/hello");
  const std::string response =
      exchange("POST /none HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(inner.size()) +
               "\r\n\r\n" + inner);

  EXPECT_EQ(count(response, "HTTP/1.1 "), 1u);
  EXPECT_THAT(response, HasSubstr("Connection: close"));
}

TEST_F(ServerTest, invites_a_waiting_client_to_send_its_body) {
  start();
  const std::string response = exchange(
      "POST /echo HTTP/1.1\r\nConnection: close\r\nHost: h\r\nExpect: 100-continue\r\n"
      "Content-Length: 2\r\n\r\nok");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"));
}

TEST_F(ServerTest, accepts_a_request_line_of_nearly_64_KiB) {
  start();
  EXPECT_THAT(exchange(get("/hello?join_request=" + std::string(65000, 'a'))),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(exchange(get("/hello?join_request=" + std::string(66000, 'a'))),
              StartsWith("HTTP/1.1 414 "));
  EXPECT_THAT(exchange("GET /hello HTTP/1.1\r\nX: " + std::string(100000, 'a') + "\r\n" +
                       std::string(kClose)),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(ServerTest, cuts_a_client_that_never_finishes_its_header) {
  limits_.header_timeout = 100ms;
  start();
  const auto begin = std::chrono::steady_clock::now();
  std::string response = "unset";
  run([](ServerTest* self, std::string& out) -> Task<> {
    Socket socket = co_await self->connect();
    co_await self->write(socket, "GET /hello HTTP/1.1\r\n");
    // Each byte is new life, but the header as a whole is late.
    while (co_await self->write(socket, "X")) co_await self->pass(30ms);
    out = co_await self->read_to_end(socket);
  }(this, response));

  EXPECT_EQ(response, "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(server_->counters().timed_out, 1u);
  EXPECT_EQ(server_->connections(), 0u);
}

TEST_F(ServerTest, cuts_idle_connections) {
  limits_.idle_timeout = 50ms;
  start();
  EXPECT_EQ(exchange(""), "");
}

TEST_F(ServerTest, refuses_connections_over_the_limit) {
  limits_.max_connections = 1;
  start();
  run([](ServerTest* self) -> Task<> {
    Socket first = co_await self->connect();
    co_await self->write(first, "GET ");
    Socket second = co_await self->connect();
    EXPECT_EQ(co_await self->read_to_end(second), "");
    co_await self->write(first, "/hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(co_await self->read_to_end(first), HasSubstr("hello"));
  }(this));
  EXPECT_EQ(server_->counters().refused_full, 1u);
}

TEST_F(ServerTest, refuses_connections_over_the_limit_of_one_client) {
  limits_.max_connections_per_address = 1;
  start();
  run([](ServerTest* self) -> Task<> {
    {
      Socket first = co_await self->connect();
      co_await self->write(first, "GET ");
      Socket second = co_await self->connect();
      EXPECT_EQ(co_await self->read_to_end(second), "");
    }
    co_await self->pass(20ms);
    Socket third = co_await self->connect();
    co_await self->write(third, get("/hello"));
    EXPECT_THAT(co_await self->read_to_end(third), HasSubstr("hello"));
  }(this));
  EXPECT_EQ(server_->counters().refused_full, 1u);
}

TEST_F(ServerTest, refuses_bodies_when_it_holds_enough_of_them) {
  limits_.max_buffered_body_bytes = 100;
  start();
  run([](ServerTest* self) -> Task<> {
    const std::string post =
        "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ";
    {
      Socket first = co_await self->connect();
      co_await self->write(first, post + "90\r\n\r\n" + std::string(80, 'x'));
      co_await self->pass(20ms);
      Socket second = co_await self->connect();
      co_await self->write(second, post + "60\r\n\r\n" + std::string(60, 'y'));
      const std::string refused = co_await self->read_to_end(second);
      EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
      EXPECT_THAT(refused, HasSubstr("Retry-After: 1\r\n"));
      Socket without = co_await self->connect();
      co_await self->write(without, get("/hello"));
      EXPECT_THAT(co_await self->read_to_end(without), HasSubstr("hello"));
    }
    co_await self->pass(20ms);
    Socket third = co_await self->connect();
    co_await self->write(third, post + "60\r\n\r\n" + std::string(60, 'z'));
    EXPECT_THAT(co_await self->read_to_end(third), HasSubstr("zzz"));
  }(this));
  EXPECT_EQ(server_->counters().refused_full, 1u);
}

TEST_F(ServerTest, stops_gracefully_finishing_what_is_under_way) {
  asio::steady_timer release(io_, std::chrono::steady_clock::time_point::max());
  router_.add(Method::get, "/slow", [&](Request&) -> asio::awaitable<Response> {
    boost::system::error_code ignored;
    co_await release.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return Response::text(200, "finished");
  });
  start();
  run([](ServerTest* self, asio::steady_timer& timer) -> Task<> {
    Socket idle = co_await self->connect();
    Socket busy = co_await self->connect();
    co_await self->write(busy, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    co_await self->pass(20ms);
    EXPECT_EQ(self->server_->connections(), 2u);
    asio::co_spawn(self->io_, self->server_->stop(5s), asio::detached);
    EXPECT_EQ(co_await self->read_to_end(idle), "");
    timer.cancel();
    EXPECT_THAT(co_await self->read_to_end(busy), HasSubstr("finished"));
  }(this, release));
}

TEST_F(ServerTest, cuts_what_is_left_after_the_grace) {
  asio::steady_timer never(io_, std::chrono::steady_clock::time_point::max());
  start();
  run([](ServerTest* self) -> Task<> {
    Socket slow = co_await self->connect();
    co_await self->write(slow, "GET /hello HTTP/1.1\r\n");
    co_await self->pass(20ms);
    co_await self->server_->stop(30ms);
    EXPECT_EQ(self->server_->connections(), 0u);
  }(this));
}

TEST_F(ServerTest, may_be_destroyed_with_connections_open) {
  start();
  run([](ServerTest* self) -> Task<> {
    Socket open = co_await self->connect();
    co_await self->write(open, "GET /he");
    co_await self->pass(10ms);
    self->server_.reset();
    EXPECT_EQ(co_await self->read_to_end(open), "");
  }(this));
}

TEST_F(ServerTest, names_the_address_it_cannot_listen_on) {
  start();
  Server other(io_, Router{});
  EXPECT_THROW(other.listen(*Address::parse("192.0.2.1", 0)), std::runtime_error);
}

}  // namespace
}  // namespace plenum::http
