#include "load/loop.h"

#include <algorithm>

#include "io/clock.h"

namespace plenum::load {

Loop::Loop(OnReady on_ready)
    : on_ready_(std::move(on_ready)),
      shared_(sockets_.share()),
      sockets_ready_(io_, shared_.get()),
      timer_(io_) {}

Loop::~Loop() { sockets_ready_.release(); }

void Loop::run() {
  await_sockets();
  await_timer();
  io_.run();
}

void Loop::await_sockets() {
  sockets_ready_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                            [this](boost::system::error_code ec) {
                              if (ec) return;
                              turn();
                              await_sockets();
                            });
}

void Loop::arm(std::uint64_t key, TimePoint at) {
  timers_.arm(key, at);
  if (at < timer_at_) await_timer();
}

void Loop::await_timer() {
  timer_at_ = timers_.next();
  if (timer_at_ == kNever) return;
  timer_.expires_after(std::max<Duration>(timer_at_ - io::now(), 0us));
  timer_.async_wait([this](boost::system::error_code ec) {
    if (!ec) turn();
  });
}

void Loop::turn() {
  timer_at_ = TimePoint::min();  // one setting of the timer at the end will do
  for (const io::Ready& r : sockets_.wait(0us)) on_ready_(r.token, true);
  timers_.expire(io::now(), [this](std::uint64_t key) { on_ready_(key, false); });
  await_timer();
}

}  // namespace plenum::load
