#include "server/http_routes.h"

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

void add_dev_token(http::Router& router, const Config& config) {
  const auto& [key, secret] = *config.keys.begin();
  router.add(http::Method::get, "/dev/token",
             [key = key, secret = secret](Request& request) -> awaitable<Response> {
               Response response = dev_token(request, key, secret);
               response.headers.set("Cache-Control", "no-store");
               co_return response;
             });
}

void add_web_page(http::Router& router, std::shared_ptr<const http::StaticFiles> files) {
  router.fallback([files = std::move(files)](Request& request) -> awaitable<Response> {
    co_return files->serve(request);
  });
}

std::filesystem::path find_web_dir(const std::string& configured,
                                   const std::filesystem::path& program) {
  if (!configured.empty()) return configured;
  return first_with_page(program.parent_path(),
                         {"web", "../share/plenum/web", "../../web/call/dist"});
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
