#include "server/http_routes.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <initializer_list>
#include <optional>
#include <system_error>

#include "api/http/jwt.h"
#include "api/livekit/token.h"
#include "base/log.h"
#include "io/clock.h"
#include "server/metrics.h"

namespace plenum::server {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

constexpr std::int64_t kDevTokenSeconds = 6 * 3600;

constexpr std::string_view kNoPage =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Plenum</title>"
    "<p>Plenum is running. Its web page has not been built: run <code>./dev build</code>.";

constexpr std::string_view kConsolePath = "/console";
constexpr std::string_view kNoConsole =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Plenum console</title>"
    "<p>The console has not been built: run <code>./dev build</code>.";

/// Recordings may lie in a bucket, of whatever name; everything else comes from here.
std::string console_policy(const std::string& public_url) {
  const std::string origins = public_url.empty() ? "'self'" : "'self' " + public_url;
  return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
         "connect-src " +
         origins + "; media-src " + origins +
         " blob: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

std::filesystem::path first_with_page(const std::filesystem::path& folder,
                                      std::initializer_list<const char*> candidates) {
  for (const char* candidate : candidates) {
    std::error_code none;
    if (std::filesystem::exists(folder / candidate / "index.html", none))
      return (folder / candidate).lexically_normal();
  }
  return {};
}

/// Media servers, buckets with recordings and HLS may lie elsewhere; code may not. Other sites may
/// show the page in a frame: it acts by the token in its address, never by a cookie, so a frame
/// gives them nothing that they did not have. Component styles are written into elements.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob: https: http:; "
    "connect-src 'self' https: wss: http: ws:; worker-src 'self' blob:; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'";

Response error(int status, std::string_view text) {
  return Response::json(status, boost::json::serialize(boost::json::object{{"error", text}}));
}

/// The page that asks comes from this very server (or no page asks).
bool same_origin(const Request& request) {
  const std::string_view origin = request.header("Origin");
  if (origin.empty()) return true;
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos &&
         http::equal_ignoring_case(origin.substr(scheme + 3), request.header("Host"));
}

Response dev_token(const Request& request, const std::string& key, const std::string& secret) {
  if (!same_origin(request)) return error(403, "only for pages of this server");
  const auto room = request.query.find("room"), identity = request.query.find("identity");
  if (!room || room->empty() || !identity || identity->empty())
    return error(400, "room and identity are required");
  const std::string_view name = request.query.find("name").value_or(*identity);
  constexpr std::size_t kMax = livekit_api::kMaxNameBytes;
  if (room->size() > kMax || identity->size() > kMax || name.size() > kMax)
    return error(400, "room, identity and name may have 256 bytes each");

  livekit_api::AccessToken token;
  token.api_key = key;
  token.identity = *identity;
  token.name = name;
  token.grants.room_join = true;
  token.grants.room = *room;
  token.grants.can_update_own_metadata = true;
  token.issued_at = token.not_before = io::unix_ms() / 1000;
  token.expires_at = token.issued_at + kDevTokenSeconds;
  const std::string url = "ws://" + std::string(request.header("Host"));
  return Response::json(200,
                        boost::json::serialize(boost::json::object{
                            {"token", livekit_api::write_token(token, secret)}, {"url", url}}));
}

/// What is asked for, separated by commas; nullopt when it is not one that exists.
std::optional<boost::json::array> permissions_in(std::string_view list) {
  boost::json::array out;
  while (!list.empty()) {
    const std::string_view one = list.substr(0, list.find(','));
    if (one != "allow_join" && one != "ask_join" && one != "allow_mod") return std::nullopt;
    out.emplace_back(one);
    list.remove_prefix(std::min(list.size(), one.size() + 1));
  }
  return out;
}

Response dev_app_token(const Request& request, const std::string& key, const std::string& secret) {
  if (!same_origin(request)) return error(403, "only for pages of this server");
  auto permissions = permissions_in(request.query.find("permissions").value_or("allow_join"));
  if (!permissions) return error(400, "permissions are allow_join, ask_join and allow_mod");
  const std::int64_t now_s = io::unix_ms() / 1000;
  const boost::json::object claims{{"apikey", key},
                                   {"permissions", std::move(*permissions)},
                                   {"version", 2},
                                   {"iat", now_s},
                                   {"exp", now_s + kDevTokenSeconds}};
  return Response::json(
      200, boost::json::serialize(boost::json::object{{"token", http::sign_jwt(claims, secret)}}));
}

using DevAnswer = Response (*)(const Request&, const std::string& key, const std::string& secret);

void add_dev_answer(http::Router& router, const Config& config, const char* path,
                    DevAnswer answer) {
  const auto& [key, secret] = *config.keys.begin();
  router.add(http::Method::get, path,
             [key = key, secret = secret, answer](Request& request) -> awaitable<Response> {
               Response response = answer(request, key, secret);
               response.headers.set("Cache-Control", "no-store");
               co_return response;
             });
}

}  // namespace

void add_life_signs(http::Router& router, LifeSigns signs) {
  router.add(http::Method::get, "/healthz",
             [](Request&) -> awaitable<Response> { co_return Response::text(200, "ok\n"); });
  router.add(http::Method::get, "/readyz", [ready = signs.ready](Request&) -> awaitable<Response> {
    co_return ready() ? Response::text(200, "ready\n") : Response::text(503, "not ready\n");
  });
  router.add(http::Method::get, "/metrics",
             [metrics = signs.metrics](Request&) -> awaitable<Response> {
               co_return Response::with_type(200, kMetricsContentType, co_await metrics());
             });
}

void add_dev_tokens(http::Router& router, const Config& config) {
  add_dev_answer(router, config, "/dev/token", dev_token);
  add_dev_answer(router, config, "/dev/app-token", dev_app_token);
}

void add_web_page(http::Router& router, std::shared_ptr<const http::StaticFiles> files) {
  router.fallback([files = std::move(files)](Request& request) -> awaitable<Response> {
    Response response = files->serve(request);
    if (response.headers.find("Content-Type").value_or("").starts_with("text/html"))
      response.headers.set("Content-Security-Policy", std::string(kPagePolicy));
    co_return response;
  });
}

std::filesystem::path find_web_dir(const std::string& configured,
                                   const std::filesystem::path& program) {
  if (!configured.empty()) return configured;
  return first_with_page(program.parent_path(),
                         {"web", "../share/plenum/web", "../../web/app/dist"});
}

std::filesystem::path find_console_dir(const std::filesystem::path& program) {
  return first_with_page(program.parent_path(),
                         {"console", "../share/plenum/console", "../../web/console/dist"});
}

http::StaticFiles load_console() {
  std::error_code none;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
  http::StaticFiles files(http::StaticFiles::Config{.root = find_console_dir(program)});
  files.embed("/index.html", std::string(kNoConsole));
  return files;
}

void add_console(http::Router& router, std::shared_ptr<const http::StaticFiles> files,
                 const std::string& public_url) {
  router.add(http::Method::get, kConsolePath, [](Request&) -> awaitable<Response> {
    Response response = Response::empty(308);
    response.headers.set("Location", std::string(kConsolePath) + "/");
    co_return response;
  });
  router.add(http::Method::get, std::string(kConsolePath) + "/{path...}",
             [files = std::move(files),
              policy = console_policy(public_url)](Request& request) -> awaitable<Response> {
               request.path.erase(0, kConsolePath.size());
               Response response = files->serve(request);
               response.headers.set("Content-Security-Policy", policy);
               response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
               response.headers.set("Referrer-Policy", "no-referrer");
               response.headers.set("X-Frame-Options", "DENY");
               co_return response;
             });
}

http::StaticFiles load_web_page(const Config& config) {
  std::error_code none;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
  const std::filesystem::path root = find_web_dir(config.web_dir, program);
  if (root.empty()) log::warn("no web page found: set web-dir, or build it with ./dev build");
  http::StaticFiles files(http::StaticFiles::Config{.root = root});
  files.embed("/index.html", std::string(kNoPage));
  return files;
}

}  // namespace plenum::server
