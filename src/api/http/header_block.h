// The header of an HTTP/1.1 request (RFC 9112 2-6): from its bytes to a Request without body, with
// the checks that keep us and a proxy in front from reading two different requests in the same
// bytes. Pure; the connection feeds it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "api/http/request.h"
#include "base/result.h"

namespace plenum::http {

/// How the body that follows is framed (RFC 9112 section 6.3).
struct BodyFraming {
  bool chunked = false;
  /// 0 when there is no Content-Length.
  std::uint64_t content_length = 0;
  bool empty() const { return !chunked && content_length == 0; }
};

struct HeaderBlock {
  Request request;
  BodyFraming body;
  bool keep_alive = true;
  /// The client waits for 100 (Continue) before it sends the body.
  bool expects_continue = false;
  /// RFC 6455 4.2.1: asks for a WebSocket, and asks for it correctly.
  bool websocket_upgrade = false;
};

/// Why a header is refused, as the status to answer with.
using HeaderError = int;

struct HeaderSize {
  std::size_t max_request_line_bytes;
  std::size_t max_header_bytes;
};

/// Where the header ends: its size with the empty line, or nullopt when more bytes are needed.
/// `searched` = size of `received` at the last call for this header, so that a header trickling in
/// byte by byte costs no more than one that comes at once.
Result<std::optional<std::size_t>, HeaderError> find_header_end(std::string_view received,
                                                                std::size_t searched,
                                                                HeaderSize limits);
/// `block` is a whole header with its empty line.
Result<HeaderBlock, HeaderError> parse_header(std::string_view block, HeaderSize limits);

}  // namespace plenum::http
