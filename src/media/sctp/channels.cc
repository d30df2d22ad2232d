#include "media/sctp/channels.h"

#include <algorithm>
#include <array>
#include <utility>

namespace plenum::sctp {
namespace {

// Payload protocol identifiers, RFC 8831 section 8. 52 and 54 (deprecated parts) are not accepted.
constexpr std::uint32_t kDcep = 50;
constexpr std::uint32_t kString = 51;
constexpr std::uint32_t kBinary = 53;
constexpr std::uint32_t kEmptyString = 56;
constexpr std::uint32_t kEmptyBinary = 57;

/// SCTP cannot carry an empty message: one byte stands for it, RFC 8831 section 6.6.
constexpr std::array<std::byte, 1> kEmpty{};

/// Without interleaving (RFC 8260) one message arrives at a time; more would be a waste of memory.
constexpr std::size_t kMaxPartials = 4;

std::uint32_t ppid_of(bool binary, bool is_empty) {
  if (is_empty) return binary ? kEmptyBinary : kEmptyString;
  return binary ? kBinary : kString;
}

}  // namespace

void Channels::handle(SocketEvent event, TimePoint now) {
  using Kind = SocketEvent::Kind;
  switch (event.kind) {
    case Kind::connected:
      is_connected_ = true;
      break;
    case Kind::data:
      handle_data(std::move(event), now);
      break;
    case Kind::delivery_aborted:
      partials_.erase(event.stream_id);
      break;
    case Kind::incoming_reset:
      handle_reset(event.stream_id, false, now);
      break;
    case Kind::outgoing_reset:
    case Kind::reset_failed:
      handle_reset(event.stream_id, true, now);
      break;
    case Kind::gone:
      break;  // ends the association, not a channel
  }
}

std::optional<Output> Channels::poll() { return outputs_.pop(); }

bool Channels::has_work() const {
  return !waiting_.empty() || !resets_.empty() ||
         std::ranges::any_of(channels_, [](const auto& entry) {
           return entry.second.is_closing && !entry.second.is_outgoing_reset;
         });
}

// --- receiving ----------------------------------------------------------------------------------

void Channels::handle_data(SocketEvent event, TimePoint now) {
  const auto at = partials_.find(event.stream_id);
  if (at == partials_.end() && event.last && event.bytes.size() <= config_.max_message_size) {
    handle_message(event.stream_id, event.ppid, std::move(event.bytes), now);
    return;
  }
  Partial& partial = at == partials_.end() ? partials_[event.stream_id] : at->second;
  if (!partial.is_refused && partial.bytes.size() + event.bytes.size() > config_.max_message_size) {
    partial = {.is_refused = true};
    close(event.stream_id, now);
  }
  if (!partial.is_refused)
    partial.bytes.insert(partial.bytes.end(), event.bytes.begin(), event.bytes.end());
  if (!event.last) return;

  const Partial whole = std::move(partial);
  partials_.erase(event.stream_id);
  if (!whole.is_refused) handle_message(event.stream_id, event.ppid, whole.bytes, now);
}

void Channels::handle_message(std::uint16_t stream_id, std::uint32_t ppid,
                              std::vector<std::byte> bytes, TimePoint now) {
  if (ppid == kDcep) return handle_dcep(stream_id, bytes, now);
  const bool is_empty = ppid == kEmptyString || ppid == kEmptyBinary;
  const bool binary = ppid == kBinary || ppid == kEmptyBinary;
  if (!is_empty && !binary && ppid != kString) return;
  const auto at = channels_.find(stream_id);
  if (at == channels_.end() || at->second.is_closing) return;
  confirm(stream_id, at->second);  // an unordered message may overtake the ACK
  if (is_empty) bytes.clear();
  report(Message{stream_id, binary, std::move(bytes)});
}

void Channels::handle_dcep(std::uint16_t stream_id, Bytes message, TimePoint now) {
  auto parsed = dcep::parse(message);
  if (!parsed) {
    if (!channels_.contains(stream_id)) request_reset(stream_id, now);
    return;
  }
  if (auto* open = std::get_if<dcep::Open>(&*parsed))
    return handle_open(stream_id, std::move(*open), now);
  const auto at = channels_.find(stream_id);
  if (at != channels_.end()) confirm(stream_id, at->second);
}

void Channels::handle_open(std::uint16_t stream_id, dcep::Open open, TimePoint now) {
  if (channels_.contains(stream_id)) return;
  const bool is_peers_id = (stream_id % 2 == 1) == config_.is_dtls_client;
  // Beyond our own streams there is no way back, and so no channel.
  if (!is_peers_id || stream_id >= Socket::kStreams) return request_reset(stream_id, now);
  Channel& channel = channels_[stream_id];
  channel = {.description = std::move(open), .by_peer = true};
  post({.stream_id = stream_id, .ppid = kDcep, .bytes = dcep::write(dcep::Ack{})}, now);
  confirm(stream_id, channel);
}

void Channels::confirm(std::uint16_t stream_id, Channel& channel) {
  if (channel.is_open || channel.is_closing) return;
  channel.is_open = true;
  const dcep::Open& d = channel.description;
  report(ChannelOpened{stream_id, channel.by_peer, d.label, d.protocol, d.ordered,
                       d.max_retransmits, d.max_lifetime_ms});
}

// --- closing ------------------------------------------------------------------------------------

void Channels::handle_reset(std::uint16_t stream_id, bool is_ours, TimePoint now) {
  const auto at = channels_.find(stream_id);
  if (at == channels_.end()) return;
  if (is_ours) {
    at->second.is_outgoing_reset = true;
  } else {
    partials_.erase(stream_id);
    at->second.is_incoming_reset = true;
    close(stream_id, now);  // RFC 8831 section 6.7: answer in kind
  }
  finish_if_reset(stream_id);
}

void Channels::finish_if_reset(std::uint16_t stream_id) {
  const auto at = channels_.find(stream_id);
  if (at == channels_.end()) return;
  if (!at->second.is_incoming_reset || !at->second.is_outgoing_reset) return;
  channels_.erase(at);
  report(ChannelClosed{stream_id});
}

void Channels::close(std::uint16_t stream_id, TimePoint now) {
  const auto at = channels_.find(stream_id);
  if (at == channels_.end() || at->second.is_closing) return;
  at->second.is_closing = true;
  if (is_connected_) return request_reset(stream_id, now);
  // The peer never heard of it.
  std::erase_if(waiting_, [&](const Waiting& w) {
    if (w.stream_id != stream_id) return false;
    waiting_bytes_ -= w.bytes.size();
    return true;
  });
  channels_.erase(at);
  report(ChannelClosed{stream_id});
}

void Channels::request_reset(std::uint16_t stream_id, TimePoint now) {
  if (stream_id >= Socket::kStreams) return;
  resets_.insert(stream_id);
  flush(now);
}

// --- sending ------------------------------------------------------------------------------------

Result<std::uint16_t, OpenError> Channels::open(const ChannelConfig& config, TimePoint now) {
  if (config.label.size() > dcep::kMaxNameSize || config.protocol.size() > dcep::kMaxNameSize)
    return Err{OpenError::name_too_long};
  std::uint16_t id = config_.is_dtls_client ? 0 : 1;
  while (channels_.contains(id)) id = static_cast<std::uint16_t>(id + 2);
  if (id >= Socket::kStreams) return Err{OpenError::too_many_channels};

  Channel& channel = channels_[id];
  channel.description = {.ordered = config.ordered,
                         .max_retransmits = config.max_retransmits,
                         .max_lifetime_ms = config.max_lifetime_ms,
                         .label = config.label,
                         .protocol = config.protocol};
  post({.stream_id = id, .ppid = kDcep, .bytes = dcep::write(channel.description)}, now);
  return id;
}

Delivery Channels::delivery_of(const Channel& channel) const {
  const dcep::Open& d = channel.description;
  return {.ordered = d.ordered || !channel.is_open,
          .max_retransmits = d.max_retransmits,
          .max_lifetime_ms = d.max_lifetime_ms};
}

Status<SendError> Channels::send(std::uint16_t stream_id, Bytes message, bool binary,
                                 TimePoint now) {
  const auto at = channels_.find(stream_id);
  if (at == channels_.end() || at->second.is_closing) return Err{SendError::closed};
  if (message.size() > config_.max_send_message_size) return Err{SendError::too_large};
  const std::uint32_t ppid = ppid_of(binary, message.empty());
  const Bytes bytes = message.empty() ? Bytes(kEmpty) : message;
  const Delivery delivery = delivery_of(at->second);

  if (is_connected_ && waiting_.empty()) {
    switch (socket_.send(stream_id, ppid, bytes, delivery, now)) {
      case SocketSend::sent:
        return Ok{};
      case SocketSend::would_block:
        return Err{SendError::would_block};
      case SocketSend::failed:
        return Err{SendError::closed};
    }
  }
  if (socket_.buffered_amount() + waiting_bytes_ + bytes.size() > config_.max_buffered_bytes)
    return Err{SendError::would_block};
  waiting_bytes_ += bytes.size();
  waiting_.push_back({stream_id, ppid, delivery, {bytes.begin(), bytes.end()}});
  return Ok{};
}

void Channels::post(Waiting message, TimePoint now) {
  waiting_bytes_ += message.bytes.size();
  waiting_.push_back(std::move(message));
  flush(now);
}

void Channels::flush(TimePoint now) {
  if (!is_connected_) return;
  while (!waiting_.empty()) {
    const Waiting& next = waiting_.front();
    const auto result = socket_.send(next.stream_id, next.ppid, next.bytes, next.delivery, now);
    if (result == SocketSend::would_block) return;
    waiting_bytes_ -= next.bytes.size();
    waiting_.pop_front();
  }
  // After the messages: a reset takes effect behind what was sent before it.
  for (const std::uint16_t id : std::exchange(resets_, {})) {
    if (socket_.reset_stream(id, now)) continue;
    // The peer knows no RE-CONFIG: the channel just ends, as far as we can tell.
    if (channels_.erase(id) != 0) report(ChannelClosed{id});
  }
}

}  // namespace plenum::sctp
