#include "harness/impair/tcp_route.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "io/sockaddr.h"

namespace plenum::impair {
namespace {

/// The kernel's own queue at each end, which delays more than the model's: small.
constexpr int kKernelBuffer = 64 * 1024;
/// Until a sender is asked again for whom the link had no room.
constexpr Duration kRetry = 2ms;

void shrink(int fd) {
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kKernelBuffer, sizeof kKernelBuffer);
}

/// A connection that is being made. nullopt when it cannot be.
std::optional<io::TcpConnection> connect_to(const Address& target) {
  const int family = target.family == Address::Family::v4 ? AF_INET : AF_INET6;
  io::Fd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return std::nullopt;
  shrink(fd.get());
  const io::SockAddr where(target);
  if (::connect(fd.get(), where.get(), where.size) != 0 && errno != EINPROGRESS)
    return std::nullopt;
  return io::TcpConnection(std::move(fd), target);
}

/// Closing it will send a reset.
void reset_on_close(const io::TcpConnection& socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

TcpRoute::Connection::Connection(io::TcpConnection n, io::TcpConnection f, Links& links,
                                 std::uint64_t token)
    : near{std::move(n), token},
      far{std::move(f), token + 1},
      up(near.socket, far.socket, links.up),
      down(far.socket, near.socket, links.down) {}

TcpRoute::TcpRoute(io::EventLoop& loop, Links& links, const Route& route, const Options& options,
                   std::uint64_t first_token)
    : loop_(loop),
      links_(links),
      listener_(route.listen),
      target_(route.target.value()),
      max_connections_(options.max_clients),
      first_token_(first_token) {
  shrink(listener_.fd());  // what is accepted inherits it
  loop_.add(listener_.fd(), io::kReadable, first_token_);
}

void TcpRoute::on_ready(std::uint64_t token, std::uint32_t events, TimePoint now) {
  if (token == first_token_) return accept();
  const std::uint64_t id = (token - first_token_) / 2;
  const bool is_near = (token - first_token_) % 2 == 0;
  pump(id, is_near ? events : 0, is_near ? 0 : events, now);
}

void TcpRoute::accept() {
  while (auto near = listener_.accept()) {
    std::optional<io::TcpConnection> far;
    if (connections_.size() < max_connections_) far = connect_to(target_);
    if (!far) {
      reset_on_close(*near);
      ++refused_;
      continue;
    }
    const std::uint64_t id = ++last_id_;
    auto connection = std::make_unique<Connection>(std::move(*near), std::move(*far), links_,
                                                   first_token_ + 2 * id);
    for (End* end : {&connection->near, &connection->far}) {
      end->events = io::kReadable;
      loop_.add(end->socket.fd(), end->events, end->token);
    }
    connections_.emplace(id, std::move(connection));
  }
}

bool TcpRoute::move(Connection& c, std::uint32_t near_events, std::uint32_t far_events,
                    TimePoint now) {
  constexpr std::uint32_t kInput = io::kReadable | io::kHungUp;
  if ((near_events & io::kWritable) && !c.near.socket.on_writable()) return false;
  if ((far_events & io::kWritable) && !c.far.socket.on_writable()) return false;
  if ((near_events & kInput) && c.up.has_room(now)) c.up.read(now);
  if ((far_events & kInput) && c.down.has_room(now)) c.down.read(now);
  return c.up.deliver(now) && c.down.deliver(now) && !(c.up.is_over() && c.down.is_over());
}

void TcpRoute::pump(std::uint64_t id, std::uint32_t near_events, std::uint32_t far_events,
                    TimePoint now) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& c = *found->second;
  if (!move(c, near_events, far_events, now)) return close(id);
  watch(c.near, c.up, now);
  watch(c.far, c.down, now);
  wake(id, c, now);
}

void TcpRoute::watch(End& end, TcpPipe& in, TimePoint now) {
  std::uint32_t events = in.has_room(now) ? io::kReadable : 0;
  if (end.socket.want_write()) events |= io::kWritable;
  if (events == end.events) return;
  // An end of which nothing is wanted is left out: the loop would report a hang-up on and on.
  if (events == 0)
    loop_.remove(end.socket.fd());
  else if (end.events == 0)
    loop_.add(end.socket.fd(), events, end.token);
  else
    loop_.modify(end.socket.fd(), events, end.token);
  end.events = events;
}

void TcpRoute::wake(std::uint64_t id, Connection& c, TimePoint now) {
  TimePoint next = kNever;
  for (const TcpPipe* pipe : {&c.up, &c.down}) {
    // What has arrived and still waits does so for a receiver, who will become writable.
    if (pipe->next_arrival() > now) next = std::min(next, pipe->next_arrival());
  }
  const bool waits_near = !c.up.is_reading_over() && !(c.near.events & io::kReadable);
  const bool waits_far = !c.down.is_reading_over() && !(c.far.events & io::kReadable);
  if (waits_near || waits_far) next = std::min(next, now + kRetry);
  if (next >= c.wakeup) return;
  c.wakeup = next;
  wakeups_.push(next, id);
}

void TcpRoute::handle_timeout(TimePoint now) {
  while (const auto id = wakeups_.pop(now)) {
    const auto found = connections_.find(*id);
    if (found == connections_.end()) continue;
    if (found->second->wakeup <= now) found->second->wakeup = kNever;
    pump(*id, 0, 0, now);
  }
}

void TcpRoute::close(std::uint64_t id) {
  const auto found = connections_.find(id);
  for (const End* end : {&found->second->near, &found->second->far}) loop_.remove(end->socket.fd());
  connections_.erase(found);
}

void TcpRoute::cut() {
  for (const auto& [id, c] : connections_)
    for (const End* end : {&c->near, &c->far}) {
      reset_on_close(end->socket);
      loop_.remove(end->socket.fd());
    }
  connections_.clear();
}

}  // namespace plenum::impair
