#include "egress/packet_bus.h"

#include <signal.h>

#include <algorithm>
#include <exception>

#include "io/clock.h"

namespace plenum::egress {
namespace {

/// A peer or pipe that goes away is an error code of the write, not the end of the process.
void block_broken_pipe_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

struct PacketBus::Entry {
  Entry(SinkId i, std::unique_ptr<Sink> s, Duration limit)
      : id(i), sink(std::move(s)), queue(sink->start(), limit) {}

  const SinkId id;
  const std::unique_ptr<Sink> sink;
  PacketQueue queue;
  SinkStatus status;
  bool thread_done = false;
  std::jthread thread;  // last: joined before what it uses goes
};

PacketBus::PacketBus(Streams streams, Options options)
    : streams_(std::move(streams)), options_(std::move(options)) {}

PacketBus::~PacketBus() {
  end_all();
  std::vector<std::unique_ptr<Entry>> entries;
  {
    const std::lock_guard lock(mutex_);
    entries.swap(entries_);
  }
  entries.clear();  // joins the threads, which still report and so need the lock
}

SinkId PacketBus::add(std::unique_ptr<Sink> sink) {
  const std::lock_guard lock(mutex_);
  const SinkId id(next_id_++);
  auto entry = std::make_unique<Entry>(id, std::move(sink), options_.queue_limit);
  Entry& e = *entry;
  entries_.push_back(std::move(entry));
  try {
    e.thread = std::jthread([this, &e] { run(e); });
  } catch (...) {
    entries_.pop_back();
    throw;
  }
  return id;
}

void PacketBus::end(SinkId id) {
  const std::lock_guard lock(mutex_);
  if (Entry* entry = find(id)) entry->queue.end();
}

void PacketBus::end_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) entry->queue.end();
}

void PacketBus::publish(std::span<const Packet> packets) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (entry->thread_done) continue;
    for (const Packet& packet : packets) entry->queue.push(*packet);
  }
}

bool PacketBus::take_key_frame_request() {
  const std::lock_guard lock(mutex_);
  bool wanted = false;
  for (const auto& entry : entries_)
    if (!entry->thread_done && entry->queue.take_key_frame_request()) wanted = true;
  return wanted;
}

void PacketBus::wait_for_sinks() {
  std::vector<Entry*> entries;  // which stay for as long as the bus does
  {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : entries_) entries.push_back(entry.get());
  }
  for (Entry* entry : entries) entry->queue.wait_for_space(options_.queue_limit / 2);
}

std::optional<SinkStatus> PacketBus::status(SinkId id) const {
  const std::lock_guard lock(mutex_);
  const Entry* entry = find(id);
  return entry ? std::optional(entry->status) : std::nullopt;
}

bool PacketBus::wait(SinkId id, TimePoint deadline) const {
  std::unique_lock lock(mutex_);
  const auto done = [&] {
    const Entry* entry = find(id);
    return !entry || entry->thread_done;
  };
  if (deadline == kNever) {
    sink_ended_.wait(lock, done);
    return true;
  }
  return sink_ended_.wait_for(lock, deadline - io::now(), done);
}

void PacketBus::run(Entry& entry) {
  block_broken_pipe_signal();
  SinkStatus last;
  try {
    entry.sink->run(entry.queue, streams_, [&](const SinkStatus& s) {
      last = s;
      report(entry, s);
    });
  } catch (const std::exception& e) {  // no memory, most likely
    last.state = SinkState::failed;
    last.error = e.what();
    report(entry, last);
  }
  entry.queue.pause();  // frees what waits
  const std::lock_guard lock(mutex_);
  entry.thread_done = true;
  sink_ended_.notify_all();
}

void PacketBus::report(Entry& entry, const SinkStatus& status) {
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    SinkStatus& known = entry.status;
    changed = known.state != status.state || known.is_playable != status.is_playable ||
              known.retries != status.retries;
    known = status;
  }
  if (changed && options_.on_change) options_.on_change(entry.id, status);
}

PacketBus::Entry* PacketBus::find(SinkId id) const {
  const auto at = std::ranges::find_if(entries_, [&](const auto& e) { return e->id == id; });
  return at == entries_.end() ? nullptr : at->get();
}

}  // namespace plenum::egress
