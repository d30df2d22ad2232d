#include "media/sctp/notifications.h"

#include <usrsctp.h>

#include <cstring>

namespace plenum::sctp {
namespace {

using Kind = SocketEvent::Kind;

/// Copied out rather than cast. Some of these structs end in a flexible array, hence no optional.
template <class T>
bool read(Bytes bytes, T& value) {
  if (bytes.size() < sizeof(T)) return false;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return true;
}

void add_association_change(Bytes bytes, std::vector<SocketEvent>& out) {
  sctp_assoc_change change{};
  if (!read(bytes, change)) return;
  const bool is_up = change.sac_state == SCTP_COMM_UP;
  out.push_back({.kind = is_up ? Kind::connected : Kind::gone});
}

void add_resets(Bytes bytes, std::vector<SocketEvent>& out) {
  sctp_stream_reset_event reset{};
  if (!read(bytes, reset)) return;
  const bool is_ours = (reset.strreset_flags & SCTP_STREAM_RESET_OUTGOING_SSN) != 0;
  Kind kind = is_ours ? Kind::outgoing_reset : Kind::incoming_reset;
  if (reset.strreset_flags & (SCTP_STREAM_RESET_DENIED | SCTP_STREAM_RESET_FAILED)) {
    if (!is_ours) return;  // the other kind is never requested
    kind = Kind::reset_failed;
  }
  for (std::size_t at = sizeof reset; at + 2 <= bytes.size(); at += 2) {
    std::uint16_t stream_id = 0;
    std::memcpy(&stream_id, bytes.data() + at, sizeof stream_id);
    out.push_back({.kind = kind, .stream_id = stream_id});
  }
}

void add_partial_delivery(Bytes bytes, std::vector<SocketEvent>& out) {
  sctp_pdapi_event event{};
  if (!read(bytes, event)) return;
  out.push_back({.kind = Kind::delivery_aborted,
                 .stream_id = static_cast<std::uint16_t>(event.pdapi_stream)});
}

}  // namespace

std::vector<SocketEvent> parse_notification(Bytes bytes) {
  std::vector<SocketEvent> out;
  decltype(sctp_notification::sn_header) header{};
  if (!read(bytes, header)) return out;
  switch (header.sn_type) {
    case SCTP_ASSOC_CHANGE:
      add_association_change(bytes, out);
      break;
    case SCTP_SHUTDOWN_EVENT:
      out.push_back({.kind = Kind::gone});
      break;
    case SCTP_STREAM_RESET_EVENT:
      add_resets(bytes, out);
      break;
    case SCTP_PARTIAL_DELIVERY_EVENT:
      add_partial_delivery(bytes, out);
      break;
    default:
      break;
  }
  return out;
}

}  // namespace plenum::sctp
