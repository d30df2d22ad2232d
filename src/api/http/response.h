// What a handler answers. The connection adds framing (Content-Length, Connection), Date and the
// CORS fields; a handler sets only what it means.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/request.h"

namespace plenum::http {

/// A body too large to hold.
struct BodyInPieces {
  std::uint64_t bytes = 0;
  /// What follows the first `sent` bytes, as much as shall be held at once, one call after the
  /// other. Empty = it cannot be read on; the connection is then cut.
  std::function<boost::asio::awaitable<std::string>(std::uint64_t sent)> next;
};

struct Response {
  Response() = default;  // no aggregate, for the reason told at Request

  int status = 200;
  Headers headers;
  std::string body;
  /// Instead of a body of its own: what many answers at once consist of, e.g. a file of the web
  /// page. Shared with its owner, who may go while it is being sent.
  std::shared_ptr<const std::string> shared_body;

  /// Instead of either.
  std::shared_ptr<const BodyInPieces> pieces;

  std::uint64_t content_bytes() const { return pieces ? pieces->bytes : content().size(); }
  std::string_view content() const { return shared_body ? *shared_body : body; }

  static Response empty(int status);
  static Response text(int status, std::string body);
  /// `body` is already JSON. The content type has no charset: one public SDK compares it exactly.
  static Response json(int status, std::string body);
  static Response with_type(int status, std::string_view content_type, std::string body);
  static Response sharing(std::string_view content_type, std::shared_ptr<const std::string> body);
};

/// RFC 9110 section 15, e.g. "Not Found"; "" for an unknown status.
std::string_view reason_phrase(int status);

}  // namespace plenum::http
