#include "io/event_loop.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "io/clock.h"

namespace plenum::io {
namespace {

void control(int epoll, int operation, int fd, std::uint32_t events, std::uint64_t token) {
  epoll_event e{};
  e.events = events;
  e.data.u64 = token;
  checked(::epoll_ctl(epoll, operation, fd, &e), "epoll_ctl");
}

timespec to_timespec(Duration d) {
  timespec t{};
  t.tv_sec = static_cast<time_t>(d.count() / 1'000'000);
  t.tv_nsec = static_cast<long>(d.count() % 1'000'000 * 1000);
  return t;
}

/// epoll_wait takes milliseconds: rounded up, so that a timer is due when it returns.
int to_milliseconds(Duration d) {
  constexpr std::int64_t kDay = 24 * 3600 * 1000;
  return static_cast<int>(std::min<std::int64_t>((d.count() + 999) / 1000, kDay));
}

}  // namespace

EventLoop::EventLoop() : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}

void EventLoop::add(int fd, std::uint32_t events, std::uint64_t token) {
  control(epoll_.get(), EPOLL_CTL_ADD, fd, events, token);
}

void EventLoop::modify(int fd, std::uint32_t events, std::uint64_t token) {
  control(epoll_.get(), EPOLL_CTL_MOD, fd, events, token);
}

void EventLoop::remove(int fd) {
  epoll_event unused{};
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, &unused);
}

Fd EventLoop::share() const {
  return Fd(checked(::fcntl(epoll_.get(), F_DUPFD_CLOEXEC, 0), "fcntl"));
}

int EventLoop::poll(Duration timeout) {
  if (precise_) {
    const timespec t = to_timespec(timeout);
    const int n =
        ::epoll_pwait2(epoll_.get(), events_.data(), static_cast<int>(kMaxReady), &t, nullptr);
    // Before Linux 5.11, and in sandboxes that do not know the call, milliseconds have to do.
    if (n >= 0 || (errno != ENOSYS && errno != EPERM)) return n;
    precise_ = false;
  }
  return ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(kMaxReady),
                      to_milliseconds(timeout));
}

std::span<const Ready> EventLoop::wait(Duration timeout) {
  const int n = poll(std::max(timeout, Duration::zero()));
  const auto count = static_cast<std::size_t>(std::max(n, 0));  // EINTR: nothing was ready
  for (std::size_t i = 0; i < count; ++i) ready_[i] = Ready{events_[i].data.u64, events_[i].events};
  return std::span(ready_).first(count);
}

std::span<const Ready> EventLoop::wait_until(TimePoint deadline) {
  // A year is "no deadline": the kernel's own limits are far away and nothing can overflow.
  constexpr Duration kLongest = std::chrono::hours(24 * 365);
  if (deadline == kNever) return wait(kLongest);
  return wait(std::min<Duration>(deadline - now(), kLongest));
}

Wakeup::Wakeup() : fd_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")) {}

void Wakeup::notify() const {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the reader is being woken anyway.
  [[maybe_unused]] const auto n = ::write(fd_.get(), &one, sizeof one);
}

void Wakeup::drain() const {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto n = ::read(fd_.get(), &count, sizeof count);
}

}  // namespace plenum::io
