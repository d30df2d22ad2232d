// Status line and fields of a response as bytes (RFC 9112 section 4). Pure.
#pragma once
#include <cstdint>
#include <string>

#include "api/http/response.h"

namespace plenum::http {

struct HeadOptions {
  bool keep_alive = true;
  /// Unix time in seconds, for the Date field (RFC 9110 6.6.1).
  std::int64_t now = 0;
};

/// Everything up to the body. CR, LF and NUL in field values become spaces: no value a handler
/// took from a request can add a field or end the header.
std::string response_head(const Response& response, HeadOptions options);

/// RFC 9110 5.6.7, e.g. "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::int64_t unix_seconds);

/// RFC 9110 6.4.1: these statuses never have a body, and 204 no Content-Length either.
bool forbids_body(int status);

}  // namespace plenum::http
