#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace plenum::log {

/// error: a user noticed. warn: recovered. info: one line per life-cycle step. debug: the rest.
enum class Level { debug, info, warn, error, off };
enum class Format { text, json };

void configure(Level level, Format format);
bool enabled(Level level);
/// One line to standard error, with the wall-clock time. Control characters are escaped.
void write(Level level, std::string_view message);

template <class... Args>
void debug(fmt::format_string<Args...> f, Args&&... args) {
  if (enabled(Level::debug)) write(Level::debug, fmt::format(f, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> f, Args&&... args) {
  if (enabled(Level::info)) write(Level::info, fmt::format(f, std::forward<Args>(args)...));
}
template <class... Args>
void warn(fmt::format_string<Args...> f, Args&&... args) {
  if (enabled(Level::warn)) write(Level::warn, fmt::format(f, std::forward<Args>(args)...));
}
template <class... Args>
void error(fmt::format_string<Args...> f, Args&&... args) {
  if (enabled(Level::error)) write(Level::error, fmt::format(f, std::forward<Args>(args)...));
}

}  // namespace plenum::log
