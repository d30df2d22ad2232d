#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "harness/impair/options.h"
#include "harness/impair/proxy.h"
#include "io/clock.h"
#include "io/event_loop.h"

/// `plenum_impair`: a bad link in user space; README.md has its options and commands.
namespace plenum::impair {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::uint64_t kInput = Proxy::kFirstFreeToken;

/// In one call, so that the line is whole or not there. False when nobody listens any more.
bool say(std::string line) {
  line += '\n';
  return ::write(STDOUT_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

/// Reads what standard input has. False at its end.
bool read_input(std::string& lines) {
  std::array<char, 4096> memory;
  const ssize_t n = ::read(STDIN_FILENO, memory.data(), memory.size());
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  lines.append(memory.data(), static_cast<std::size_t>(n));
  return n > 0;
}

/// Answers the whole lines. False when there is nobody to answer, or no end to a line.
bool answer(Proxy& proxy, std::string& lines, TimePoint now) {
  for (auto end = lines.find('\n'); end != std::string::npos; end = lines.find('\n')) {
    const auto answer = proxy.command(std::string_view(lines).substr(0, end), now);
    if (!say(answer ? *answer : "error " + answer.error())) return false;
    lines.erase(0, end + 1);
  }
  return lines.size() <= kLongestLine;
}

/// A terminal or a pipe; of /dev/null or a file there are no commands to wait for.
void listen_for_commands(io::EventLoop& loop) {
  try {
    loop.add(STDIN_FILENO, io::kReadable, kInput);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::operation_not_permitted) throw;
  }
}

void run(const Options& options) {
  io::EventLoop loop;
  Proxy proxy(loop, options, io::now());
  listen_for_commands(loop);
  std::string lines;
  if (!say("ready " + proxy.addresses())) return;
  for (;;) {
    const auto ready = loop.wait_until(proxy.next_timeout());
    const TimePoint now = io::now();
    for (const io::Ready& r : ready) {
      if (r.token != kInput)
        proxy.on_ready(r, now);
      else if (!read_input(lines) || !answer(proxy, lines, now))
        return;
    }
    proxy.handle_timeout(now);
  }
}

constexpr const char* kUsage =
    "plenum_impair --udp HOST:PORT[=TARGET:PORT] --tcp HOST:PORT=TARGET:PORT [--up MODEL] [--down "
    "MODEL]\n"
    "              [--rebind-every TIME] [--idle TIME] [--max-clients NUMBER]\n"
    "Its standard input takes commands, and ends it. tests/harness/impair/README.md says "
    "more.\n";

int start(int count, char** arguments) {
  const std::vector<const char*> given(arguments + 1, arguments + count);
  const auto options = parse_options(given);
  if (!options) {
    std::fprintf(stderr, "plenum_impair: %s\n%s", options.error().c_str(), kUsage);
    return 2;
  }
  try {
    run(*options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "plenum_impair: %s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace plenum::impair

int main(int count, char** arguments) { return plenum::impair::start(count, arguments); }
