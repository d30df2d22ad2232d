#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/http_client.h"

namespace plenum::cli {

/// A running server answered, but did not do what it was asked.
class ApiError : public std::runtime_error {
 public:
  ApiError(int status, const std::string& what) : std::runtime_error(what), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

/// Calls on a running server, each with a token of its own that lives for minutes. Everything that
/// does not end with the wanted answer is thrown: ApiError, or std::runtime_error without an
/// answer.
class ApiClient {
 public:
  using Exchange = std::function<HttpAnswer(const HttpCall&)>;

  /// `url` as server_url() gives it. `now`: Unix seconds.
  ApiClient(std::string url, Credentials credentials, std::function<std::int64_t()> now,
            Exchange exchange = http_call);

  /// REST v2; `path` begins with /v2.
  boost::json::object get(const std::string& path);
  boost::json::object post(const std::string& path, const boost::json::object& body);
  /// A method of livekit.RoomService. `room`: the one to administer, for methods that want that.
  boost::json::object room_service(std::string_view method, const boost::json::object& body,
                                   const std::string& room = "");

 private:
  std::string token(const std::string& room) const;
  boost::json::object call(const HttpCall& call);

  std::string url_;
  Credentials credentials_;
  std::function<std::int64_t()> now_;
  Exchange exchange_;
};

/// A command that calls a server: what it was told, and the client.
struct ServerCommand {
  std::vector<std::string> words;
  ApiClient api;
};
/// Reads the arguments with --url and --api-key besides `options`; `words` as for read_arguments().
/// Throws server::ConfigError.
ServerCommand read_server_command(const Context& context, std::vector<Option> options,
                                  std::initializer_list<std::string_view> words);

}  // namespace plenum::cli
