#pragma once
#include <vector>

#include "base/bytes.h"
#include "media/sctp/usrsctp_stack.h"

namespace plenum::sctp {

/// Translates a notification of usrsctp's (RFC 6458 section 6, fields in host order) into events.
/// Those that mean nothing to data channels yield none.
std::vector<SocketEvent> parse_notification(Bytes notification);

}  // namespace plenum::sctp
