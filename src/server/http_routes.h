#pragma once
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "api/http/router.h"
#include "api/http/static_files.h"
#include "server/config.h"

/// What the HTTP port serves besides the public protocols: life signs, metrics, the web page, and
/// tokens for development.
namespace plenum::server {

struct LifeSigns {
  /// False while starting and from the beginning of a shutdown.
  std::function<bool()> ready;
  /// Prometheus text.
  std::function<boost::asio::awaitable<std::string>()> metrics;
};

/// GET /healthz (200 while the process answers at all), /readyz (503 unless ready), /metrics.
void add_life_signs(http::Router& router, LifeSigns signs);

/// GET /dev/token?room=&identity=&name= → {"token", "url"}, for LiveKit's clients, and
/// GET /dev/app-token?permissions=allow_join,allow_mod → {"token"}, a token of VideoSDK's family
/// for REST and the meeting app. Only for --dev: they ask nobody who they are. Refuse pages of
/// other origins.
void add_dev_tokens(http::Router& router, const Config& config);

/// Serves the page at / to every path without a route.
void add_web_page(http::Router& router, std::shared_ptr<const http::StaticFiles> files);

/// Where the built page is: as configured, or beside the program (installed or in its build tree).
/// Empty when there is none.
std::filesystem::path find_web_dir(const std::string& configured,
                                   const std::filesystem::path& program);
/// The page, or a line of text when it has not been built.
http::StaticFiles load_web_page(const Config& config);

/// The built console, as the page is found; it is no part of `web-dir`.
std::filesystem::path find_console_dir(const std::filesystem::path& program);
http::StaticFiles load_console();
/// Serves it at /console/, under a policy that lets it run and ask nothing from elsewhere.
/// `public_url` is where links to recordings point to; empty = to this server.
void add_console(http::Router& router, std::shared_ptr<const http::StaticFiles> files,
                 const std::string& public_url);

}  // namespace plenum::server
