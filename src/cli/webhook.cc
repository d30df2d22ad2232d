#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "api/http/key_store.h"
#include "api/http/server.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/json_fields.h"
#include "cli/webhook_receiver.h"
#include "io/clock.h"
#include "server/setting_values.h"
#include "webhooks/fetch.h"

namespace plenum::cli {
namespace {

using server::ConfigError;
namespace asio = boost::asio;

constexpr std::size_t kMaxBody = std::size_t{1} << 20;

struct TailOptions {
  std::string listen = "127.0.0.1:7999";
  std::string server = "http://127.0.0.1:7880";
  std::string public_key_file;
  /// The server's own options, which say where the keys are.
  std::vector<std::string> others;
};

TailOptions read_options(const std::vector<std::string>& arguments) {
  TailOptions options;
  options.others = read_arguments(arguments, {text_option("--listen", options.listen),
                                              text_option("--server", options.server),
                                              text_option("--public-key", options.public_key_file)})
                       .settings;
  return options;
}

Address listen_address(const std::string& text) {
  try {
    return server::value::ip_or_endpoint(text);
  } catch (const std::invalid_argument& e) {
    throw ConfigError(fmt::format("--listen: \"{}\" is not {}", text, e.what()));
  }
}

std::optional<std::string> fetch_public_key(const std::string& server) {
  const auto body = webhooks::fetch(server + "/v2/public/rsa-public-key", 5s);
  std::string key =
      text_of(parse_object(body.value_or("")).value_or(boost::json::object()), "publicKey");
  if (key.empty()) return std::nullopt;
  return key;
}

/// From the file at once; else from the server when it is first needed, and kept.
std::function<std::optional<std::string>()> public_key_source(const TailOptions& options) {
  auto key = std::make_shared<std::optional<std::string>>();  // the state of the function below
  if (!options.public_key_file.empty()) {
    std::ifstream file(options.public_key_file);
    if (!file) throw ConfigError("cannot read " + options.public_key_file);
    key->emplace(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return [key, server = options.server] {
    if (!*key) *key = fetch_public_key(server);
    return *key;
  };
}

int tail(const Context& context) {
  const TailOptions options = read_options(context.arguments);
  server::Config config = server::load_config(options.others, context.environment);
  if (config.dev && config.keys.empty()) config.keys.emplace(server::kDevKey, server::kDevSecret);
  const WebhookReceiver receiver{
      .secret_of =
          [keys = http::KeyStore(config.keys)](std::string_view key) { return keys.secret(key); },
      .public_key = public_key_source(options)};

  asio::io_context io(1);
  http::Router router;
  router.add(http::Method::post, "/{path...}",
             [receiver](http::Request& request) -> asio::awaitable<http::Response> {
               const ReceivedWebhook received = receiver.receive(request, io::unix_ms() / 1000);
               std::puts(received.line.c_str());
               std::fflush(stdout);
               co_return http::Response::empty(received.verified ? 200 : 401);
             },
             {.max_body_bytes = kMaxBody});
  http::Server server(io, std::move(router));
  server.listen(listen_address(options.listen));
  std::fprintf(stderr, "Waiting for webhooks at http://%s/\n",
               server.local_endpoints().front().text().c_str());
  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
  io.run();
  return 0;
}

}  // namespace

int webhook(const Context& context) {
  static constexpr Verb kVerbs[] = {{"tail", tail}};
  return run_verb(context, "webhook", webhook_help, kVerbs);
}

}  // namespace plenum::cli
