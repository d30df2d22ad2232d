#include "egress/compose_command.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "egress/sandbox.h"
#include "io/clock.h"

namespace plenum::egress {
namespace {

constexpr const char* kUsage =
    "usage: plenum compose MANIFEST... OUTPUT.mp4|.m4a|.webm [OPTIONS]; see plenum help compose";
constexpr Duration kProgressInterval = 500ms;
/// What hostile files may make FFmpeg ask for ends here, with an error.
constexpr std::uint64_t kMostMemory = std::uint64_t{4} << 30;
/// Each manifest has a folder, besides what is recorded at a time.
constexpr std::uint64_t kMostOpenFiles = 2048;

template <class T>
bool put(std::optional<T> from, T& to) {
  if (from) to = *from;
  return from.has_value();
}

bool put_grid_size(std::string_view text, int& to) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
  return error == std::errc() && end == text.data() + text.size() && to >= 1 && to <= kMaxTiles;
}

/// nullopt: no such option. false: no such value.
std::optional<bool> apply(std::string_view option, std::string_view value, LayoutConfig& layout) {
  if (option == "--layout") return put(layout_type_from(value), layout.type);
  if (option == "--quality") return put(quality_from(value), layout.quality);
  if (option == "--orientation") return put(orientation_from(value), layout.orientation);
  if (option == "--theme") return put(theme_from(value), layout.theme);
  if (option == "--grid-size") return put_grid_size(value, layout.grid_size);
  return std::nullopt;
}

std::optional<std::string> take_output(OfflinePlan& plan) {
  if (plan.manifests.size() < 2) return kUsage;
  plan.output = std::move(plan.manifests.back());
  plan.manifests.pop_back();
  if (plan.output.ends_with(".webm"))
    plan.container = Container::webm;
  else if (plan.output.ends_with(".m4a"))
    plan.audio_only = true;
  else if (!plan.output.ends_with(".mp4"))
    return "the output has to end in .mp4, .m4a (sound alone) or .webm";
  return std::nullopt;
}

double seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

std::string folder_of(const std::string& path) {
  return std::filesystem::absolute(path).parent_path().string();
}

/// One line that is written over again and again.
class Progress {
 public:
  void tell(Duration done, Duration all) {
    const TimePoint now = io::now();
    if (now < next_) return;
    next_ = now + kProgressInterval;
    const double speed = seconds(done) / std::max(seconds(now - begin_), 0.001);
    const double percent = all > 0ms ? std::min(100 * seconds(done) / seconds(all), 100.0) : 100;
    std::fprintf(stderr, "\r%3.0f %%  %.0f of %.0f s, %.1f times real time  ", percent,
                 seconds(done), seconds(all), speed);
  }
  void clear() const { std::fputs("\r\033[K", stderr); }

 private:
  const TimePoint begin_ = io::now();
  TimePoint next_ = begin_ + kProgressInterval;
};

}  // namespace

Result<OfflinePlan, std::string> parse_compose_arguments(std::span<const std::string> arguments) {
  OfflinePlan plan;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      plan.manifests.insert(plan.manifests.end(), arguments.begin() + std::ptrdiff_t(i) + 1,
                            arguments.end());
      break;
    }
    if (!argument.starts_with("--")) {
      plan.manifests.push_back(argument);
      continue;
    }
    if (argument == "--audio-only") {
      plan.audio_only = true;
      continue;
    }
    const std::size_t equals = argument.find('=');
    const std::string option = argument.substr(0, equals);
    const bool is_joined = equals != std::string::npos;
    if (!is_joined && i + 1 == arguments.size()) return Err{option + " needs a value"};
    const std::string value = is_joined ? argument.substr(equals + 1) : arguments[++i];
    const auto applied = apply(option, value, plan.layout);
    if (!applied) return Err{"there is no option " + option};
    if (!*applied) return Err{option + " cannot be \"" + value + "\""};
  }
  if (auto error = take_output(plan)) return Err{std::move(*error)};
  return plan;
}

std::string printable(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return out;
}

int compose_command(std::span<const std::string> arguments) {
  const auto plan = parse_compose_arguments(arguments);
  if (!plan) {
    std::fprintf(stderr, "plenum: %s\n", printable(plan.error()).c_str());
    return 2;
  }
  // What it reads are a stranger's bytes.
  SandboxOptions sandbox{.folders = {folder_of(plan->output)},
                         .memory_bytes = kMostMemory,
                         .open_files = kMostOpenFiles};
  for (const std::string& manifest : plan->manifests)
    sandbox.readable.push_back(folder_of(manifest));
  enter_sandbox(sandbox);
  const bool is_terminal = ::isatty(STDERR_FILENO) == 1;
  Progress progress;
  const auto result = compose_offline(*plan, [&](Duration done, Duration all) {
    if (is_terminal) progress.tell(done, all);
  });
  if (is_terminal) progress.clear();
  if (!result) {
    std::fprintf(stderr, "plenum: %s\n", printable(result.error()).c_str());
    return 1;
  }
  std::printf("%s  %.1f s  %llu bytes\n", printable(plan->output).c_str(),
              seconds(result->duration), static_cast<unsigned long long>(result->bytes));
  return 0;
}

}  // namespace plenum::egress
