#include "api/http/body_reader.h"

#include <algorithm>

namespace plenum::http {
namespace {

constexpr HeaderError kBadRequest = 400;
constexpr HeaderError kTooLarge = 413;
constexpr HeaderError kFieldsTooLarge = 431;

/// A size line or trailer field longer than this serves no honest client.
constexpr std::size_t kMaxLineBytes = 1024;
/// Chunks of one byte each carry six bytes of framing; more framing than that plus this is abuse.
constexpr std::size_t kMaxOverheadBytes = 64 * 1024;
constexpr std::size_t kMaxOverheadFactor = 8;
/// 0xffffffffffff: cannot overflow when summed.
constexpr std::size_t kMaxSizeDigits = 12;

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// RFC 9112 7.1: 1*HEXDIG [ ";" extension ].
Result<std::uint64_t, HeaderError> chunk_size(std::string_view line) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  while (digits < line.size() && hex(line[digits]) >= 0) {
    if (digits == kMaxSizeDigits) return Err{kBadRequest};
    size = size * 16 + static_cast<std::uint64_t>(hex(line[digits++]));
  }
  const bool ends_well = digits == line.size() || line[digits] == ';';
  if (digits == 0 || !ends_well) return Err{kBadRequest};
  return size;
}

}  // namespace

BodyReader::BodyReader(BodyFraming framing, std::size_t max_bytes)
    : state_(framing.chunked ? State::chunk_size : State::data),
      max_bytes_(max_bytes),
      left_(framing.content_length) {
  if (framing.empty()) state_ = State::done;
}

Status<HeaderError> BodyReader::take_line(std::string_view line, std::size_t body_bytes) {
  overhead_bytes_ += line.size() + 2;
  if (overhead_bytes_ > kMaxOverheadBytes + kMaxOverheadFactor * body_bytes)
    return Err{kFieldsTooLarge};
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != line.npos) return Err{kBadRequest};
  if (state_ == State::trailer) {
    if (line.empty()) state_ = State::done;
    return Ok{};
  }
  if (state_ == State::chunk_end) {
    if (!line.empty()) return Err{kBadRequest};
    state_ = State::chunk_size;
    return Ok{};
  }
  const auto size = chunk_size(line);
  if (!size) return Err{size.error()};
  if (*size > max_bytes_ - std::min(max_bytes_, body_bytes)) return Err{kTooLarge};
  left_ = *size;
  state_ = left_ == 0 ? State::trailer : State::chunk_data;
  return Ok{};
}

Result<std::size_t, HeaderError> BodyReader::put(std::string_view input, std::string& body) {
  std::size_t used = 0;
  while (state_ != State::done) {
    const std::string_view rest = input.substr(used);
    if (state_ == State::data || state_ == State::chunk_data) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
      if (n == 0) return used;
      body.append(rest.substr(0, n));
      left_ -= n;
      used += n;
      if (left_ == 0) state_ = state_ == State::data ? State::done : State::chunk_end;
      continue;
    }
    const std::size_t end = rest.substr(0, kMaxLineBytes + 2).find("\r\n");
    if (end == rest.npos) {
      if (rest.size() > kMaxLineBytes) return Err{kBadRequest};
      return used;
    }
    if (const auto taken = take_line(rest.substr(0, end), body.size()); !taken)
      return Err{taken.error()};
    used += end + 2;
  }
  return used;
}

}  // namespace plenum::http
