#include "api/http/response.h"

#include <ostream>  // Boost 1.81's status.hpp needs it and does not say so

#include <boost/beast/http/status.hpp>

namespace plenum::http {

Response Response::empty(int status) {
  Response r;
  r.status = status;
  return r;
}

Response Response::with_type(int status, std::string_view content_type, std::string body) {
  Response r;
  r.status = status;
  r.headers.set("Content-Type", std::string(content_type));
  r.body = std::move(body);
  return r;
}

Response Response::sharing(std::string_view content_type, std::shared_ptr<const std::string> body) {
  Response r = with_type(200, content_type, {});
  r.shared_body = std::move(body);
  return r;
}

Response Response::text(int status, std::string body) {
  return with_type(status, "text/plain; charset=utf-8", std::move(body));
}

Response Response::json(int status, std::string body) {
  return with_type(status, "application/json", std::move(body));
}

std::string_view reason_phrase(int status) {
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  if (known == boost::beast::http::status::unknown) return {};
  const auto phrase = boost::beast::http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

}  // namespace plenum::http
