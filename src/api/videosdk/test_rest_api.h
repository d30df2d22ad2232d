#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <functional>
#include <string>
#include <utility>

#include "api/http/jwt.h"
#include "api/videosdk/rest_api.h"
#include "control/test_room.h"
#include "store/test_database.h"

/// For tests only: REST v2 on a store of its own and a Control in virtual time, without a socket.
namespace plenum::videosdk_api::testing {

inline constexpr std::int64_t kNowMs = 1'700'000'000'000;
inline const std::string kSecret = "a secret of at least thirty-two bytes";

class RestApiTest : public ::testing::Test {
 protected:
  struct Answered {
    int status = 0;
    boost::json::object body;
    std::string code() const {
      return body.contains("code") ? body.at("code").as_string().c_str() : "";
    }
  };

  ~RestApiTest() override { store.stop(); }

  static std::string token(boost::json::object claims = {}) {
    if (!claims.contains("apikey")) claims["apikey"] = "key";
    claims["version"] = 2;
    return http::sign_jwt(claims, kSecret);
  }
  static http::Request request(http::Method method, const std::string& target,
                               const boost::json::object& body = {}) {
    http::Request r;
    r.method = method;
    const auto mark = target.find('?');
    r.path = target.substr(0, mark);
    if (mark != target.npos)
      r.query = http::Query::parse(std::string_view(target).substr(mark + 1));
    if (!body.empty()) r.body = boost::json::serialize(body);
    return r;
  }
  static http::Request with_token(http::Request r, const std::string& text) {
    r.headers.set("Authorization", text);
    return r;
  }

  template <class T>
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> task, std::optional<T>& out) {
    out.emplace(co_await std::move(task));
  }
  template <class T>
  T wait(boost::asio::awaitable<T> task) {
    std::optional<T> out;
    boost::asio::co_spawn(io, keep(std::move(task), out), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    io.restart();
    io.run();
    return std::move(out.value());
  }
  Answered ask(http::Request r) {
    const http::Response got = wait(api.serve(r));
    return {got.status, boost::json::parse(got.body).as_object()};
  }
  Answered post(const std::string& path, const boost::json::object& body,
                boost::json::object claims = {}) {
    return ask(with_token(request(http::Method::post, path, body), token(std::move(claims))));
  }
  Answered get(const std::string& target, boost::json::object claims = {}) {
    return ask(with_token(request(http::Method::get, target), token(std::move(claims))));
  }
  /// The roomId of a new room.
  std::string make_room(const boost::json::object& body = {}) {
    return post("/v2/rooms", body).body.at("roomId").as_string().c_str();
  }
  /// The id of a session that runs in it.
  std::string start_session(const std::string& room_id) {
    store::Session session;
    store.run([&](store::Database& db) {
      session = store::some_session(*store::find_room(db, "key", room_id));
      session = store::start_session(db, session).session;
    });
    return session.id;
  }
  /// On the wire.
  control::testing::Client& enter(const std::string& room_id, const std::string& identity,
                                  const std::string& api_key = "key") {
    control::JoinRequest r = control::testing::TestRoom::request(identity);
    r.api_key = api_key;
    r.room = room_id;
    return room.active(r);
  }
  bool is_live(const std::string& room_id, const std::string& api_key = "key") {
    return !room.control.moderation().list_rooms(api_key, {room_id}).empty();
  }

  boost::asio::io_context io;
  store::TestDatabase database{store::Dialect::sqlite};
  store::Store store{[this] { return database.connect(); }, store::Store::Options{}};
  control::testing::TestRoom room;
  http::KeyStore keys{http::KeyStore::Keys{{"key", {kSecret}}, {"other", {kSecret}}}};
  /// Why no webhook may go anywhere; empty = it may.
  std::string hook_fault;
  /// Composition: why it refuses, and what was asked of it.
  std::optional<control::EgressRefusal> egress_fault;
  std::vector<control::EgressJobs::Wish> wishes;
  std::vector<std::string> stops, removed;
  std::vector<control::EgressLayout> layouts;
  std::vector<control::EgressJob> active;
  RestApi::Egress egress{
      .start = [this](control::EgressJobs::Wish wish)
          -> Result<control::EgressJob, control::EgressRefusal> {
        if (egress_fault) return Err{*egress_fault};
        wishes.push_back(wish);
        wish.job.id = "65a0b0c0d0e0f00000000003";
        wish.job.session = "65a0b0c0d0e0f00000000001";
        wish.job.created_ms = kNowMs;
        return wish.job;
      },
      .stop = [this](const std::string& key, const std::string& in, control::EgressKind kind,
                     const std::string& id) -> Status<control::EgressRefusal> {
        if (egress_fault) return Err{*egress_fault};
        stops.push_back(key + " " + in + " " + std::string(egress_kind_name(kind)) + " " + id);
        return Ok{};
      },
      .active = [this](const std::string&, const std::string&) { return active; },
      .change_layout = [this](const std::string&, const std::string& id, const auto& change)
          -> Result<control::EgressJob, control::EgressRefusal> {
        if (egress_fault) return Err{*egress_fault};
        control::EgressJob job;
        job.id = id;
        job.layout.theme = "LIGHT";
        change(job.layout);
        layouts.push_back(job.layout);
        return job;
      },
      .remove = [this](const std::string& path) { removed.push_back(path); }};
  RestApi api{store,
              room.control,
              {.now = [this] { return room.now; },
               .unix_ms = [] { return kNowMs; },
               .keys = keys,
               .changed = [] {},
               .hook_fault =
                   [this](const std::string&) {
                     return hook_fault.empty() ? std::optional<std::string>() : hook_fault;
                   },
               .public_url = "http://plenum.example",
               .egress = egress,
               .media = {.base = {}, .secret = std::string(32, 's')}}};
};

}  // namespace plenum::videosdk_api::testing
