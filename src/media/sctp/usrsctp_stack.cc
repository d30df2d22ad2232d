// Threads. usrsctp 0.9.5.0 has locks, but its timer loop calls a handler after letting go of the
// lock that protects the timer: another thread may free the association in between. So every call
// into usrsctp holds one process-wide mutex here, and timers are driven by whoever enters next.
// Data channels are a small part of the traffic; media never comes near this mutex. What usrsctp
// emits for an association goes into that association's mailbox, under the mailbox's own mutex,
// because timers of one thread's association may be run by another thread.
//
// Time. usrsctp's timers run on ticks that are handed to it, but for round-trip times, lifetimes
// and the question whether a chunk is old enough to be sent again it reads gettimeofday(): a wall
// clock set back would stop retransmissions, and virtual time would not work at all. So this file
// defines gettimeofday() for the process: inside usrsctp it is the time that was handed in, for
// everybody else what it always was.
#include "media/sctp/usrsctp_stack.h"

#include <sys/time.h>
#include <time.h>
#include <usrsctp.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "media/sctp/notifications.h"
#include "media/sctp/usrsctp_settings.h"

namespace plenum::sctp {

struct Socket::Mailbox {
  std::mutex mutex;
  std::deque<Buffer> packets;
  std::deque<SocketEvent> events;
  std::size_t buffered = 0;
  std::size_t send_buffer = 0;
};

namespace {

/// usrsctp is told the association's number in the place where it expects an address: a pointer
/// would end up in the state cookie, on the wire.
void* as_address(std::uint64_t id) { return reinterpret_cast<void*>(std::uintptr_t{id}); }
std::uint64_t as_id(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

/// A little over the timer resolution anyone needs; each tick walks all timers of the process.
constexpr Duration kTick = 10ms;

int on_packet(void* address, void* data, std::size_t size, std::uint8_t, std::uint8_t);
int on_receive(struct socket*, union sctp_sockstore, void* data, std::size_t size,
               struct sctp_rcvinfo info, int flags, void* id);
int on_sent(struct socket*, std::uint32_t free_bytes, void* id);

/// The process-wide part: usrsctp itself, its clock, and who is who. Never destroyed.
class Stack {
 public:
  static Stack& instance() {
    static Stack* const stack = new Stack();
    return *stack;
  }

  /// Held around every call into usrsctp: see Entry.
  std::mutex mutex;

  /// With `mutex` held.
  void advance(TimePoint now) {
    now_ = std::max(now_, now);
    if (!clock_) clock_ = now;
    const Duration elapsed = now - *clock_;
    if (elapsed < kTick) return;  // or another thread is ahead of us
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed);
    *clock_ += ms;
    usrsctp_handle_timers(static_cast<std::uint32_t>(ms.count()));
  }

  /// With `mutex` held. What usrsctp takes for the time of day; far from 0, where it would find
  /// itself computing with negative times.
  timeval time_of_day() const {
    const auto us = (now_.time_since_epoch() + Duration(1'000'000s)).count();
    return {.tv_sec = us / 1'000'000, .tv_usec = us % 1'000'000};
  }
  /// With `mutex` held.
  std::uint64_t next_id() { return ++last_id_; }
  /// With `mutex` held.
  void add(std::uint64_t id, std::shared_ptr<Socket::Mailbox> mailbox) {
    const std::scoped_lock lock(registry_mutex_);
    // Nobody is left who would notice: let the clock start anew, so that each test may have its
    // own.
    if (registry_.empty()) {
      clock_.reset();
      now_ = TimePoint{};
    }
    registry_.emplace(id, std::move(mailbox));
  }
  void remove(std::uint64_t id) {
    const std::scoped_lock lock(registry_mutex_);
    registry_.erase(id);
  }
  /// From usrsctp's callbacks; null once the association is gone.
  std::shared_ptr<Socket::Mailbox> find(std::uint64_t id) {
    const std::scoped_lock lock(registry_mutex_);
    const auto at = registry_.find(id);
    return at == registry_.end() ? nullptr : at->second;
  }

 private:
  Stack();

  TimePoint now_{};                 // latest time anyone handed in
  std::optional<TimePoint> clock_;  // up to where ticks were given out
  std::mutex registry_mutex_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Socket::Mailbox>> registry_;
  std::uint64_t last_id_ = 0;
};

Stack::Stack() {
  usrsctp_init_nothreads(0, on_packet, nullptr);
  apply_process_settings();
}

int on_packet(void* address, void* data, std::size_t size, std::uint8_t, std::uint8_t) {
  const auto mailbox = Stack::instance().find(as_id(address));
  if (!mailbox || size > Buffer::kCapacity) return 0;
  Buffer packet = Buffer::copy_of(Bytes(static_cast<const std::byte*>(data), size));
  const std::scoped_lock lock(mailbox->mutex);
  mailbox->packets.push_back(std::move(packet));
  return 0;
}

int on_receive(struct socket*, union sctp_sockstore, void* data, std::size_t size,
               struct sctp_rcvinfo info, int flags, void* id) {
  const std::unique_ptr<void, decltype(&std::free)> owned(data, &std::free);
  const auto mailbox = Stack::instance().find(as_id(id));
  if (!mailbox || !data) return 1;
  const Bytes bytes(static_cast<const std::byte*>(data), size);
  std::vector<SocketEvent> events;
  if (flags & MSG_NOTIFICATION) {
    events = parse_notification(bytes);
  } else {
    events.push_back({.kind = SocketEvent::Kind::data,
                      .stream_id = info.rcv_sid,
                      .ppid = ntohl(info.rcv_ppid),
                      .last = (flags & MSG_EOR) != 0,
                      .bytes = {bytes.begin(), bytes.end()}});
  }
  const std::scoped_lock lock(mailbox->mutex);
  for (SocketEvent& e : events) mailbox->events.push_back(std::move(e));
  return 1;
}

int on_sent(struct socket*, std::uint32_t free_bytes, void* id) {
  if (const auto mailbox = Stack::instance().find(as_id(id))) {
    const std::scoped_lock lock(mailbox->mutex);
    mailbox->buffered =
        mailbox->send_buffer - std::min<std::size_t>(mailbox->send_buffer, free_bytes);
  }
  return 1;
}

/// The stack whose mutex this thread holds, while it is inside usrsctp.
thread_local const Stack* entered = nullptr;

/// Stands around every call into usrsctp.
class Entry {
 public:
  Entry() : lock_(Stack::instance().mutex) { entered = &Stack::instance(); }
  explicit Entry(TimePoint now) : Entry() { Stack::instance().advance(now); }
  ~Entry() { entered = nullptr; }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

 private:
  std::scoped_lock<std::mutex> lock_;
};

sockaddr_conn address_of(std::uint64_t id, std::uint16_t port) {
  sockaddr_conn address{};
  address.sconn_family = AF_CONN;
  address.sconn_port = htons(port);
  address.sconn_addr = as_address(id);
  return address;
}

struct socket* usrsctp(void* s) {
  return static_cast<struct socket*>(s);
}

}  // namespace
}  // namespace plenum::sctp

extern "C" int gettimeofday(timeval* tv, void*) noexcept {
  if (plenum::sctp::entered) {
    *tv = plenum::sctp::entered->time_of_day();
    return 0;
  }
  timespec ts{};
  const int result = clock_gettime(CLOCK_REALTIME, &ts);
  *tv = {.tv_sec = ts.tv_sec, .tv_usec = ts.tv_nsec / 1000};
  return result;
}

namespace plenum::sctp {

Socket::Socket(const SocketConfig& config)
    : remote_port_(config.remote_port), mailbox_(std::make_shared<Mailbox>()) {
  mailbox_->send_buffer = config.send_buffer_bytes;
  Stack& stack = Stack::instance();
  const Entry entry;
  id_ = stack.next_id();
  usrsctp_register_address(as_address(id_));
  struct socket* s =
      usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, on_receive, on_sent, 0, as_address(id_));
  if (!s) throw std::runtime_error("usrsctp gave no socket");
  socket_ = s;
  apply_socket_settings(s, config);
  sockaddr_conn local = address_of(id_, config.local_port);
  if (usrsctp_bind(s, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0)
    throw std::runtime_error("usrsctp refused to bind");
  stack.add(id_, mailbox_);
}

Socket::~Socket() {
  close();
  Stack::instance().remove(id_);
}

void Socket::close() {
  if (!socket_) return;
  const Entry entry;
  usrsctp_close(usrsctp(socket_));
  usrsctp_deregister_address(as_address(id_));
  socket_ = nullptr;
}

void Socket::advance(TimePoint now) { const Entry entry(now); }

void Socket::connect(TimePoint now) {
  const Entry entry(now);
  if (!socket_) return;
  sockaddr_conn remote = address_of(id_, remote_port_);
  const int result =
      usrsctp_connect(usrsctp(socket_), reinterpret_cast<sockaddr*>(&remote), sizeof remote);
  if (result == 0 || errno == EINPROGRESS) return;
  const std::scoped_lock mailbox_lock(mailbox_->mutex);
  mailbox_->events.push_back({.kind = SocketEvent::Kind::gone});
}

void Socket::input(Bytes packet, TimePoint now) {
  const Entry entry(now);
  if (socket_) usrsctp_conninput(as_address(id_), packet.data(), packet.size(), 0);
}

SocketSend Socket::send(std::uint16_t stream_id, std::uint32_t ppid, Bytes message,
                        const Delivery& delivery, TimePoint now) {
  sctp_sendv_spa spa{};
  spa.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  spa.sendv_sndinfo.snd_sid = stream_id;
  spa.sendv_sndinfo.snd_ppid = htonl(ppid);
  spa.sendv_sndinfo.snd_flags = SCTP_EOR;
  if (!delivery.ordered) spa.sendv_sndinfo.snd_flags |= SCTP_UNORDERED;
  if (delivery.max_retransmits || delivery.max_lifetime_ms) {
    spa.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    spa.sendv_prinfo.pr_policy = delivery.max_retransmits ? SCTP_PR_SCTP_RTX : SCTP_PR_SCTP_TTL;
    spa.sendv_prinfo.pr_value =
        delivery.max_retransmits ? *delivery.max_retransmits : *delivery.max_lifetime_ms;
  }

  const Entry entry(now);
  if (!socket_) return SocketSend::failed;
  {
    // Before the call: within it an acknowledgement may already report the true amount.
    const std::scoped_lock mailbox_lock(mailbox_->mutex);
    mailbox_->buffered += message.size();
  }
  const auto sent = usrsctp_sendv(usrsctp(socket_), message.data(), message.size(), nullptr, 0,
                                  &spa, sizeof spa, SCTP_SENDV_SPA, 0);
  if (sent >= 0) return SocketSend::sent;
  const int error = errno;
  const std::scoped_lock mailbox_lock(mailbox_->mutex);
  mailbox_->buffered -= std::min(mailbox_->buffered, message.size());
  return error == EWOULDBLOCK ? SocketSend::would_block : SocketSend::failed;
}

bool Socket::reset_stream(std::uint16_t stream_id, TimePoint now) {
  // sctp_reset_streams ends in a flexible array: written into bytes that have room for one id.
  constexpr std::size_t kSize = sizeof(sctp_reset_streams) + sizeof(std::uint16_t);
  sctp_reset_streams head{};
  head.srs_assoc_id = SCTP_ALL_ASSOC;
  head.srs_flags = SCTP_STREAM_RESET_OUTGOING;
  head.srs_number_streams = 1;
  alignas(sctp_reset_streams) std::array<std::byte, kSize> request;
  std::memcpy(request.data(), &head, sizeof head);
  std::memcpy(request.data() + sizeof head, &stream_id, sizeof stream_id);

  const Entry entry(now);
  return socket_ && usrsctp_setsockopt(usrsctp(socket_), IPPROTO_SCTP, SCTP_RESET_STREAMS,
                                       request.data(), kSize) == 0;
}

std::optional<Buffer> Socket::poll_packet() {
  const std::scoped_lock lock(mailbox_->mutex);
  if (mailbox_->packets.empty()) return std::nullopt;
  std::optional<Buffer> packet(std::move(mailbox_->packets.front()));
  mailbox_->packets.pop_front();
  return packet;
}

std::optional<SocketEvent> Socket::poll_event() {
  const std::scoped_lock lock(mailbox_->mutex);
  if (mailbox_->events.empty()) return std::nullopt;
  std::optional<SocketEvent> event(std::move(mailbox_->events.front()));
  mailbox_->events.pop_front();
  return event;
}

std::size_t Socket::buffered_amount() const {
  const std::scoped_lock lock(mailbox_->mutex);
  return mailbox_->buffered;
}

bool Socket::has_outstanding() const {
  const Entry entry;
  if (!socket_) return false;
  sctp_status status{};
  socklen_t size = sizeof status;
  if (usrsctp_getsockopt(usrsctp(socket_), IPPROTO_SCTP, SCTP_STATUS, &status, &size) != 0)
    return false;
  if (status.sstat_unackdata + status.sstat_penddata > 0) return true;
  // usrsctp says nothing when it gives up the last message of a channel without retransmission.
  const std::scoped_lock mailbox_lock(mailbox_->mutex);
  mailbox_->buffered = 0;
  return false;
}

}  // namespace plenum::sctp
