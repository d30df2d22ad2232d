#include "server/shutdown.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "base/log.h"
#include "io/clock.h"

namespace plenum::server {
namespace {

constexpr int kSecondSignalExitCode = 130;  // as shells report a process that was interrupted
/// Kept back from the deadline for the last steps.
constexpr Duration kReserve = 200ms;

}  // namespace

Shutdown::Shutdown(boost::asio::io_context& io, Duration deadline)
    : signals_(io, SIGTERM, SIGINT), timer_(io), deadline_(deadline) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is an error of that write, not of ours
}

void Shutdown::on_signal(std::function<void()> begin) {
  begin_ = std::move(begin);
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (!error) this->begin(signal);
  });
}

void Shutdown::begin(int signal) {
  log::info("stopping on {}, at the latest in {} s; again to stop at once",
            signal == SIGINT ? "SIGINT" : "SIGTERM",
            std::chrono::duration_cast<std::chrono::seconds>(deadline_).count());
  end_ = io::now() + deadline_;
  signals_.async_wait([](const boost::system::error_code& error, int) {
    if (!error) std::_Exit(kSecondSignalExitCode);
  });
  timer_.expires_after(deadline_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) give_up("the deadline has come");
  });
  begin_();
}

Duration Shutdown::left() const {
  if (end_ == kNever) return deadline_;
  return std::max(end_ - io::now() - kReserve, Duration::zero());
}

void Shutdown::finished() {
  timer_.cancel();
  signals_.cancel();
}

void Shutdown::give_up(const char* why) const {
  log::warn("not everything ended in order: {}", why);
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace plenum::server
