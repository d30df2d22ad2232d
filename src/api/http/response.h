// What a handler answers. The connection adds framing (Content-Length, Connection), Date and the
// CORS fields; a handler sets only what it means.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "api/http/request.h"

namespace plenum::http {

struct Response {
  Response() = default;  // no aggregate, for the reason told at Request

  int status = 200;
  Headers headers;
  std::string body;
  /// Instead of a body of its own: what many answers at once consist of, e.g. a file of the web
  /// page. Shared with its owner, who may go while it is being sent.
  std::shared_ptr<const std::string> shared_body;

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
