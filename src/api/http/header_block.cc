#include "api/http/header_block.h"

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "base/crypto.h"

namespace plenum::http {
namespace {

namespace beast = boost::beast;
using Parser = beast::http::request_parser<beast::http::empty_body>;

constexpr HeaderError kBadRequest = 400;
constexpr HeaderError kUriTooLong = 414;
constexpr HeaderError kUpgradeRequired = 426;
constexpr HeaderError kFieldsTooLarge = 431;
constexpr HeaderError kNotImplemented = 501;
constexpr HeaderError kVersionNotSupported = 505;

/// Twice what a token may have. Beast throws at a name or a value of 64 KiB.
constexpr std::size_t kMaxFieldBytes = std::size_t{32} << 10;

std::string_view view(beast::string_view s) { return {s.data(), s.size()}; }

/// Line folding, a lone CR or LF and NUL are where parsers disagree (RFC 9112 2.2, 5.2).
bool has_ambiguous_bytes(std::string_view block) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    const char c = block[i];
    const char next = i + 1 < block.size() ? block[i + 1] : '\0';
    if (c == '\0') return true;
    if (c == '\r' && next != '\n') return true;
    if (c == '\n' && (i == 0 || block[i - 1] != '\r')) return true;
    if (c == '\n' && (next == ' ' || next == '\t')) return true;
  }
  return false;
}

/// Some line after the request line, which has a limit of its own.
bool has_too_large_field(std::string_view block) {
  std::size_t begin = block.find("\r\n");
  while (begin != block.npos) {
    begin += 2;
    const std::size_t end = block.find("\r\n", begin);
    if (std::min(end, block.size()) - begin > kMaxFieldBytes) return true;
    begin = end;
  }
  return false;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

/// Exactly one way to find the body's end, or none at all (RFC 9112 6.1, 6.3).
Result<BodyFraming, HeaderError> framing_of(const Headers& headers, unsigned version) {
  const std::size_t lengths = headers.count("Content-Length");
  const std::size_t encodings = headers.count("Transfer-Encoding");
  if (lengths + encodings > 1) return Err{kBadRequest};
  BodyFraming framing;
  if (const auto length = headers.find("Content-Length")) {
    if (!is_number(*length)) return Err{kBadRequest};
    framing.content_length = number(*length);
  }
  if (const auto encoding = headers.find("Transfer-Encoding")) {
    if (version < 11) return Err{kBadRequest};
    if (!equal_ignoring_case(*encoding, "chunked")) return Err{kNotImplemented};
    framing.chunked = true;
  }
  return framing;
}

/// RFC 9112 3.2: of an absolute-form target only the part from the path on is used.
std::string_view origin_form(std::string_view target) {
  const std::size_t scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const std::size_t path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

/// RFC 6455 4.2.1, points 5 and 6.
HeaderError check_websocket(const Headers& headers) {
  if (headers.count("Sec-WebSocket-Key") != 1 || headers.count("Sec-WebSocket-Version") != 1)
    return kBadRequest;
  const std::string_view key = *headers.find("Sec-WebSocket-Key");
  const auto nonce = crypto::base64_decode_lenient(key);
  if (key.size() != 24 || !nonce || nonce->size() != 16) return kBadRequest;
  return *headers.find("Sec-WebSocket-Version") == "13" ? 0 : kUpgradeRequired;
}

HeaderError status_of(const beast::error_code& ec) {
  if (ec == beast::http::error::header_limit) return kFieldsTooLarge;
  if (ec == beast::http::error::bad_version) return kVersionNotSupported;
  return kBadRequest;
}

Request request_of(const Parser::value_type& message) {
  Request request;
  request.method = method_from(view(message.method_string()));
  request.target = origin_form(view(message.target()));
  request.path = path_of(request.target);
  if (request.path.empty()) request.path = "/";
  const std::string_view target = request.target;
  if (const std::size_t mark = target.find('?'); mark != target.npos) {
    const std::string_view query = target.substr(mark + 1);
    request.query = Query::parse(query.substr(0, query.find('#')));
  }
  for (const auto& field : message)
    request.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
  return request;
}

}  // namespace

Result<std::optional<std::size_t>, HeaderError> find_header_end(std::string_view received,
                                                                std::size_t searched,
                                                                HeaderSize limits) {
  using Found = std::optional<std::size_t>;
  const std::size_t line_limit = limits.max_request_line_bytes;
  if (received.size() > line_limit && searched <= line_limit + 1 &&
      received.substr(0, line_limit + 2).find("\r\n") == std::string_view::npos)
    return Err{kUriTooLong};
  const std::size_t from = searched < 3 ? 0 : searched - 3;
  const std::size_t end = received.find("\r\n\r\n", from);
  if (std::min(end, received.size()) > limits.max_header_bytes) return Err{kFieldsTooLarge};
  if (end != std::string_view::npos) return Found(end + 4);
  // Would never end: do not wait for the time-out.
  if (received.find("\n\n", from) != std::string_view::npos) return Err{kBadRequest};
  return Found();
}

Result<HeaderBlock, HeaderError> parse_header(std::string_view block, HeaderSize limits) {
  if (has_ambiguous_bytes(block)) return Err{kBadRequest};
  if (has_too_large_field(block)) return Err{kFieldsTooLarge};
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.max_header_bytes + 4));
  parser.body_limit(boost::none);  // checked against the route's limit by the connection
  beast::error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(block.data(), block.size()), ec);
  if (ec) return Err{status_of(ec)};
  if (!parser.is_header_done() || used != block.size()) return Err{kBadRequest};

  const auto& message = parser.get();
  HeaderBlock result;
  result.request = request_of(message);
  const Headers& headers = result.request.headers;
  const std::size_t hosts = headers.count("Host");
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) return Err{kBadRequest};
  const auto framing = framing_of(headers, message.version());
  if (!framing) return Err{framing.error()};
  result.body = *framing;
  result.keep_alive = message.keep_alive();
  result.expects_continue = message.version() >= 11 &&
                            equal_ignoring_case(result.request.header("Expect"), "100-continue");
  if (beast::websocket::is_upgrade(message)) {
    if (const HeaderError error = check_websocket(headers)) return Err{error};
    result.websocket_upgrade = true;
  }
  return result;
}

}  // namespace plenum::http
