#pragma once
#include <charconv>
#include <optional>
#include <string_view>

/// Cutting text into pieces without copying. Inside media/sdp only.
namespace plenum::sdp {

/// The text before the first `separator`, which is removed from `rest` with it. All of `rest` when
/// there is none.
constexpr std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view token = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return token;
}

constexpr std::string_view trimmed(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

/// The next word; runs of spaces count as one. Empty at the end.
constexpr std::string_view take_word(std::string_view& rest) {
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
  return take_until(rest, ' ');
}

/// Decimal digits and nothing else, within the range of T.
template <class T>
std::optional<T> number(std::string_view digits) {
  T value{};
  const char* end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stopped != end || digits.empty()) return std::nullopt;
  return value;
}

}  // namespace plenum::sdp
