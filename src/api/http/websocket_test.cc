#include "api/http/websocket.h"

#include <gmock/gmock.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <functional>
#include <random>
#include <vector>

#include "api/http/loopback.h"

namespace plenum::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using boost::system::error_code;

constexpr std::string_view kUpgrade =
    "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

class WebsocketTest : public Loopback {
 public:
  using Client = beast::websocket::stream<Socket>;
  using Session = std::function<Task<>(Websocket)>;

  /// Serves /ws with that session.
  void serve(Session session, WebsocketOptions options = {}) {
    router_.websocket(
        "/ws",
        [session = std::move(session)](UpgradeRequest& upgrade) -> Task<> {
          co_await session(co_await upgrade.accept());
        },
        options);
    start();
  }
  void serve_echo(WebsocketOptions options = {}) {
    serve(
        [](Websocket ws) -> Task<> {
          while (auto message = co_await ws.read()) {
            if (message->text)
              ws.send_text(std::move(message->data));
            else
              ws.send_binary(std::move(message->data));
          }
        },
        options);
  }
  Task<Client> open(bool deflate = false) {
    Client client(co_await connect());
    beast::websocket::permessage_deflate option;
    option.client_enable = deflate;
    client.set_option(option);
    client.read_message_max(16 << 20);
    client.auto_fragment(false);
    co_await client.async_handshake("h", "/ws", asio::use_awaitable);
    co_return client;
  }
  Task<> send(Client& client, std::string_view data) {
    error_code ignored;
    co_await client.async_write(asio::buffer(data),
                                asio::redirect_error(asio::use_awaitable, ignored));
  }
  /// The next message, or "closed <code>" when the connection ends.
  Task<std::string> receive(Client& client) {
    std::string data;
    auto buffer = asio::dynamic_buffer(data);
    error_code ec;
    co_await client.async_read(buffer, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return "closed " + std::to_string(client.reason().code);
    co_return data;
  }
};

TEST_F(WebsocketTest, echoes_text_and_binary_with_and_without_deflate) {
  serve_echo();
  for (const bool deflate : {false, true}) {
    run([](WebsocketTest* self, bool with_deflate) -> Task<> {
      Client client = co_await self->open(with_deflate);
      client.text(true);
      const std::string text(30000, 'x');
      co_await self->send(client, text);
      EXPECT_EQ(co_await self->receive(client), text);
      EXPECT_TRUE(client.got_text());
      client.binary(true);
      co_await self->send(client, std::string_view("\0\1", 2));
      EXPECT_EQ(co_await self->receive(client), std::string("\0\1", 2));
      EXPECT_TRUE(client.got_binary());
      co_await client.async_close(beast::websocket::close_code::normal, asio::use_awaitable);
    }(this, deflate));
  }
}

TEST_F(WebsocketTest, may_be_refused_with_an_ordinary_response) {
  router_.websocket("/ws", [](UpgradeRequest& upgrade) -> Task<> {
    EXPECT_EQ(upgrade.request().query.find("access_token"), "bad");
    co_await upgrade.refuse(Response::text(401, "permissions denied"));
  });
  start();
  const std::string response = exchange(
      "GET //ws?access_token=bad HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");

  EXPECT_THAT(response, StartsWith("HTTP/1.1 401 Unauthorized\r\n"));
  EXPECT_THAT(response, HasSubstr("Access-Control-Allow-Origin: *\r\n"));
  EXPECT_TRUE(response.ends_with("permissions denied"));
}

TEST_F(WebsocketTest, answers_500_when_the_handler_decides_nothing) {
  router_.websocket("/ws", [](UpgradeRequest&) -> Task<> { throw std::runtime_error("no"); });
  start();
  EXPECT_THAT(exchange(kUpgrade), StartsWith("HTTP/1.1 500 "));
}

TEST_F(WebsocketTest, is_refused_when_the_server_stops_before_its_header_is_whole) {
  bool asked = false;
  router_.websocket("/ws", [&](UpgradeRequest& upgrade) -> Task<> {
    asked = true;
    co_await upgrade.accept();
  });
  start();
  run([](WebsocketTest* self) -> Task<> {
    Socket socket = co_await self->connect();
    co_await self->write(socket, kUpgrade.substr(0, 40));
    co_await self->pass(20ms);
    asio::co_spawn(self->io_, self->server_->stop(5s), asio::detached);
    co_await self->pass(20ms);
    co_await self->write(socket, kUpgrade.substr(40));
    EXPECT_THAT(co_await self->read_to_end(socket), StartsWith("HTTP/1.1 503 "));
  }(this));
  EXPECT_FALSE(asked);
}

TEST_F(WebsocketTest, is_refused_when_the_server_stops_while_its_handler_thinks) {
  asio::steady_timer thinks(io_, std::chrono::steady_clock::time_point::max());
  router_.websocket("/ws", [&](UpgradeRequest& upgrade) -> Task<> {
    error_code ignored;
    co_await thinks.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_await upgrade.accept();
    ADD_FAILURE() << "accepted";
  });
  start();
  run([](WebsocketTest* self, asio::steady_timer& timer) -> Task<> {
    Socket socket = co_await self->connect();
    co_await self->write(socket, kUpgrade);
    co_await self->pass(20ms);
    asio::co_spawn(self->io_, self->server_->stop(5s), asio::detached);
    co_await self->pass(20ms);
    timer.cancel();
    EXPECT_THAT(co_await self->read_to_end(socket), StartsWith("HTTP/1.1 503 "));
  }(this, thinks));
}

TEST_F(WebsocketTest, answers_a_plain_get_with_an_empty_404) {
  serve_echo();
  const std::string response = exchange("GET /ws HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(response, HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(WebsocketTest, closes_with_1009_on_a_message_over_the_limit) {
  serve_echo();
  run([](WebsocketTest* self) -> Task<> {
    Client client = co_await self->open();
    client.binary(true);
    const std::string most(2 << 20, 'x');
    co_await self->send(client, most);
    EXPECT_EQ((co_await self->receive(client)).size(), most.size());
    co_await self->send(client, most + "x");
    EXPECT_EQ(co_await self->receive(client), "closed 1009");
  }(this));
}

TEST_F(WebsocketTest, closes_with_1009_on_a_message_that_inflates_over_the_limit) {
  serve_echo({.max_message_bytes = 100000});
  run([](WebsocketTest* self) -> Task<> {
    Client client = co_await self->open(true);
    co_await self->send(client, std::string(8 << 20, '\0'));  // some 8 KB on the wire
    EXPECT_EQ(co_await self->receive(client), "closed 1009");
  }(this));
}

TEST_F(WebsocketTest, sends_what_is_queued_and_then_the_close_code) {
  serve([](Websocket ws) -> Task<> {
    EXPECT_TRUE(ws.send_text("one"));
    EXPECT_TRUE(ws.send_binary("two"));
    ws.close(CloseCode::policy_violation);
    EXPECT_FALSE(ws.send_text("three"));
    while (co_await ws.read()) {
    }
    EXPECT_FALSE(ws.is_open());
  });
  run([](WebsocketTest* self) -> Task<> {
    Client client = co_await self->open();
    EXPECT_EQ(co_await self->receive(client), "one");
    EXPECT_EQ(co_await self->receive(client), "two");
    EXPECT_EQ(co_await self->receive(client), "closed 1008");
  }(this));
}

TEST_F(WebsocketTest, cuts_a_reader_whose_queue_is_full) {
  std::size_t sent = 0;
  serve(
      [&](Websocket ws) -> Task<> {
        // The peer reads nothing, so the kernel's buffers fill, then the queue.
        while (ws.send_binary(std::string(10000, 'x'))) {
          sent += 10000;
          if (sent > (std::size_t{64} << 20)) break;
        }
        EXPECT_FALSE(ws.is_open());
        EXPECT_FALSE((co_await ws.read()).has_value());
      },
      {.max_queued_bytes = 100000, .max_opening_bytes = 100000});
  run([](WebsocketTest* self) -> Task<> {
    Client client = co_await self->open();
    while (co_await self->receive(client) != "closed 0") {
    }
  }(this));
  EXPECT_LT(sent, std::size_t{64} << 20);
}

TEST_F(WebsocketTest, begins_with_more_than_it_may_queue_later) {
  serve(
      [&](Websocket ws) -> Task<> {
        for (int i = 0; i < 30; ++i) ws.send_binary(std::string(100'000, 'x'));
        co_await ws.read();
      },
      {.max_queued_bytes = 100000});
  run([](WebsocketTest* self) -> Task<> {
    Client client = co_await self->open();
    for (int i = 0; i < 30; ++i) EXPECT_EQ((co_await self->receive(client)).size(), 100'000u);
  }(this));
}

TEST_F(WebsocketTest, cuts_a_reader_that_stalls) {
  bool ended = false;
  serve(
      [&](Websocket ws) -> Task<> {
        for (int i = 0; i < 500; ++i)  // more than loopback buffers
          ws.send_binary(std::string(std::size_t{60} << 10, 'x'));
        while (co_await ws.read()) {
        }
        ended = true;
      },
      {.stall_timeout = 50ms});
  run([](WebsocketTest* self, bool& done) -> Task<> {
    Client client = co_await self->open();
    for (int i = 0; i < 200 && !done; ++i) co_await self->pass(10ms);
  }(this, ended));
  EXPECT_TRUE(ended);
}

TEST_F(WebsocketTest, pings_and_cuts_a_silent_client) {
  bool ended = false;
  serve(
      [&](Websocket ws) -> Task<> {
        while (co_await ws.read()) {
        }
        ended = true;
      },
      {.ping_interval = 20ms});
  std::string received;
  run([](WebsocketTest* self, bool& done, std::string& out) -> Task<> {
    Client client = co_await self->open();
    while (!done) co_await self->pass(5ms);  // neither reads nor answers
    out = co_await self->read_to_end(client.next_layer());
  }(this, ended, received));

  const std::string ping("\x89\x00", 2);  // RFC 6455 5.5.2, without a payload
  // Three, or fewer where a busy machine lets the silence grow between two of them.
  EXPECT_THAT(received, ::testing::AnyOf(ping + ping + ping, ping + ping, ping));
}

/// The client's last word and what follows it in the same segment, while the server closes too.
TEST_F(WebsocketTest, ends_whatever_comes_while_it_closes) {
  int ended = 0;
  serve(
      [&](Websocket ws) -> Task<> {
        co_await ws.read();
        ws.close();
        while (co_await ws.read()) {
        }
        ++ended;
      },
      {.close_timeout = 50ms});
  // RFC 6455 5.2, each with a mask of zeros.
  const std::string bye("\x81\x83\0\0\0\0bye", 9), close("\x88\x80\0\0\0\0", 6),
      ping("\x89\x80\0\0\0\0", 6), fragment("\x01\x81\0\0\0\0x", 7), half("\x81\x83\0", 3);
  const std::string followers[] = {
      close,         ping + close,    ping, ping + ping + close, bye + close, fragment + close,
      close + close, fragment + half, half, "garbage",           ""};
  for (const std::string& follower : followers) {
    run([](WebsocketTest* self, const std::string& bytes) -> Task<> {
      Client client = co_await self->open();
      EXPECT_TRUE(co_await self->write(client.next_layer(), bytes));
      for (int i = 0; i < 100 && self->server_->connections() > 0; ++i) co_await self->pass(10ms);
      EXPECT_EQ(self->server_->connections(), 0u) << ::testing::PrintToString(bytes);
    }(this, bye + follower));
  }
  EXPECT_EQ(ended, std::ssize(followers));
}

/// Frames of every kind in segments of every size, while the server pings and closes when it likes.
TEST_F(WebsocketTest, survives_frames_in_any_order_and_segments) {
  std::mt19937 random(20261126);
  const auto below = [&random](unsigned n) { return static_cast<unsigned>(random() % n); };
  serve(
      [&](Websocket first) -> Task<> {
        const auto ws = std::make_shared<Websocket>(std::move(first));
        asio::steady_timer later(io_, std::chrono::microseconds(below(4000)));
        later.async_wait([ws](error_code ec) {
          if (!ec) ws->close();
        });
        while (auto message = co_await ws->read()) {
          if (below(4) == 0) ws->send_binary(std::move(message->data));
          if (below(8) == 0) ws->close();
        }
      },
      {.ping_interval = 2ms, .close_timeout = 20ms});
  const auto frame = [&] {
    // FIN, RSV and opcode (RFC 6455 5.2): the first nine are legal somewhere, the others need
    // deflate or are errors.
    static constexpr std::uint8_t kFirst[] = {0x81, 0x82, 0x01, 0x02, 0x80, 0x00, 0x88, 0x89,
                                              0x8a, 0xc1, 0xc2, 0x41, 0x83, 0x08, 0x91};
    const std::size_t size = below(10) == 0 ? 200 : below(20);
    std::string bytes = {static_cast<char>(kFirst[below(below(3) > 0 ? 9 : 15)])};
    if (size > 125) bytes += {'\xfe', '\0', static_cast<char>(size)};
    if (size <= 125) bytes += static_cast<char>(0x80 | size);
    bytes.append(4, '\0');  // the mask
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(below(128));
    return bytes;
  };
  for (int client = 0; client < 300 && !HasFailure(); ++client) {
    std::vector<std::string> segments(1);
    for (unsigned frames = 1 + below(8); frames > 0; --frames) {
      segments.back() += frame();
      if (below(3) == 0) segments.back().resize(segments.back().size() - below(4));
      if (below(3) == 0) segments.emplace_back();
    }
    run([](WebsocketTest* self, std::vector<std::string> all, bool deflate) -> Task<> {
      Client ws = co_await self->open(deflate);
      for (const std::string& segment : all) {
        if (!co_await self->write(ws.next_layer(), segment)) break;
        co_await self->pass(1ms);
      }
      error_code ignored;
      ws.next_layer().shutdown(Socket::shutdown_send, ignored);
      for (int i = 0; i < 1000 && self->server_->connections() > 0; ++i) co_await self->pass(1ms);
      EXPECT_EQ(self->server_->connections(), 0u) << ::testing::PrintToString(all);
    }(this, std::move(segments), below(2) == 0));
  }
}

TEST_F(WebsocketTest, may_be_destroyed_while_it_reads_and_writes) {
  serve([this](Websocket first) -> Task<> {
    auto ws = std::make_shared<Websocket>(std::move(first));
    asio::steady_timer later(io_, 20ms);
    ws->send_binary(std::string(std::size_t{32} << 20, 'x'));
    later.async_wait([ws](error_code) mutable { *ws = Websocket(nullptr); });
    auto reading = ws->read();
    ws.reset();
    EXPECT_FALSE((co_await std::move(reading)).has_value());
  });
  run([](WebsocketTest* self) -> Task<> {
    Client client = co_await self->open();
    co_await self->pass(100ms);
    EXPECT_THAT(co_await self->receive(client), StartsWith("closed"));
  }(this));
}

TEST_F(WebsocketTest, outlives_its_handler_and_counts_as_a_connection) {
  std::optional<Websocket> kept;
  serve([&](Websocket ws) -> Task<> {
    kept.emplace(std::move(ws));
    co_return;
  });
  run([](WebsocketTest* self, std::optional<Websocket>& ws) -> Task<> {
    Client client = co_await self->open();
    co_await self->pass(10ms);
    EXPECT_EQ(self->server_->connections(), 1u);
    EXPECT_TRUE(ws && ws->send_text("still here"));
    EXPECT_EQ(co_await self->receive(client), "still here");
    ws.reset();
    EXPECT_EQ(co_await self->receive(client), "closed 0");
    co_await self->pass(10ms);
    EXPECT_EQ(self->server_->connections(), 0u);
  }(this, kept));
}

}  // namespace
}  // namespace plenum::http
