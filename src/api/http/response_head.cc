#include "api/http/response_head.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace plenum::http {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out.append("\r\n");
}

}  // namespace

bool forbids_body(int status) { return status < 200 || status == 204 || status == 304; }

std::string http_date(std::int64_t unix_seconds) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::sys_seconds time{std::chrono::seconds(unix_seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                     kMonths[unsigned(date.month()) - 1], int(date.year()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::string response_head(const Response& response, HeadOptions options) {
  std::string out =
      fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  append_field(out, "Date", http_date(options.now));
  if (!forbids_body(response.status))
    append_field(out, "Content-Length", std::to_string(response.content_bytes()));
  append_field(out, "Connection", options.keep_alive ? "keep-alive" : "close");
  out.append("\r\n");
  return out;
}

}  // namespace plenum::http
