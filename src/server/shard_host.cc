#include "server/shard_host.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>

#include "io/fd.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Events of one shard that are handled before the others and the network get their turn.
constexpr int kEventsPerTurn = 256;

/// Waits until the timer fires or is cancelled; either is fine.
asio::awaitable<void> wait(asio::steady_timer& timer) {
  error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

}  // namespace

ShardHost::ShardHost(asio::io_context& io, std::vector<shard::ShardThread::Config> configs)
    : io_(io), certificate_(dtls::Certificate::generate()), relays_(configs.size()) {
  for (shard::ShardThread::Config& config : configs) {
    config.certificate = &certificate_;
    shards_.push_back(std::make_unique<shard::ShardThread>(std::move(config), relays_));
    // A descriptor of its own: the shard closes its one itself.
    readable_.emplace_back(io, io::checked(::dup(shards_.back()->event_fd()), "dup"));
  }
}

ShardHost::~ShardHost() {
  if (!started_) return;
  for (const auto& s : shards_) s->stop();
  for (const auto& s : shards_) s->join();
}

void ShardHost::start(OnEvent on_event, std::function<void()> after_events) {
  on_event_ = std::move(on_event);
  after_events_ = std::move(after_events);
  std::vector<shard::ShardThread*> all;
  for (const auto& s : shards_) all.push_back(s.get());
  for (const auto& s : shards_) s->start(all);
  started_ = true;
  for (std::uint32_t i = 0; i < count(); ++i) watch(i);
}

bool ShardHost::post(ShardId to, shard::Command&& command) {
  return shards_[to.value()]->post(std::move(command));
}

void ShardHost::watch(std::uint32_t index) {
  readable_[index].async_wait(asio::posix::descriptor_base::wait_read,
                              [this, index](const error_code& error) {
                                if (error) return;
                                shards_[index]->drain_event_fd();
                                read_events(index);
                                watch(index);
                              });
}

void ShardHost::read_events(std::uint32_t index) {
  int left = kEventsPerTurn;
  std::optional<shard::Event> event;
  while (left-- > 0 && (event = shards_[index]->poll_event())) {
    if (auto* snapshot = std::get_if<shard::ShardSnapshot>(&*event)) {
      const auto scrape = scrapes_.find(snapshot->request);
      if (scrape == scrapes_.end()) continue;  // it has lost patience
      scrape->second.snapshots.push_back(*snapshot);
      answered(scrape->second);
    } else if (std::holds_alternative<shard::Stopped>(*event)) {
      answered(stopping_);
    } else {
      on_event_(ShardId(index), std::move(*event));
    }
  }
  after_events_();
  if (left < 0) asio::post(io_, [this, index] { read_events(index); });
}

void ShardHost::answered(Waiting& waiting) {
  if (waiting.missing == 0 || --waiting.missing > 0 || !waiting.done) return;
  waiting.done->cancel();
}

asio::awaitable<std::vector<shard::ShardSnapshot>> ShardHost::scrape(Duration patience) {
  asio::steady_timer timer(io_, patience);
  const std::uint64_t request = ++last_scrape_;
  Waiting& waiting = scrapes_[request];
  waiting.done = &timer;
  for (const auto& s : shards_)
    if (s->post(shard::Scrape{request})) ++waiting.missing;
  if (waiting.missing > 0) co_await wait(timer);
  auto snapshots = std::move(scrapes_.extract(request).mapped().snapshots);
  std::sort(snapshots.begin(), snapshots.end(),
            [](const auto& a, const auto& b) { return a.shard < b.shard; });
  co_return snapshots;
}

asio::awaitable<bool> ShardHost::stop(Duration patience) {
  asio::steady_timer timer(io_, patience);
  stopping_.done = &timer;
  stopping_.missing = shards_.size();
  for (const auto& s : shards_) s->stop();
  co_await wait(timer);
  stopping_.done = nullptr;
  if (stopping_.missing > 0) co_return false;
  for (const auto& s : shards_) s->join();
  started_ = false;
  co_return true;
}

}  // namespace plenum::server
