#pragma once
#include <optional>
#include <string>

namespace plenum::cli {

struct HttpCall {
  /// Checked by server_url().
  std::string url;
  /// For "Authorization: Bearer".
  std::string token;
  /// JSON. With a body the call is a POST, without one a GET.
  std::optional<std::string> body;
};
struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// Blocks until the answer is there, at most half a minute. Follows no redirect; uses the proxy
/// that the environment names, except for this machine. Throws std::runtime_error when there is no
/// answer.
HttpAnswer http_call(const HttpCall& call);

/// The URL of a server without a slash at the end, ws and wss turned to http and https. Throws
/// std::invalid_argument with words that continue `"x" is not …`.
std::string server_url(const std::string& text);

}  // namespace plenum::cli
