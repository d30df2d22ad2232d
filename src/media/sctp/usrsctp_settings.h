#pragma once
#include "media/sctp/usrsctp_stack.h"

struct socket;

/// What usrsctp is told to do and to leave alone, as WebRTC needs it (RFC 8831 section 5).
namespace plenum::sctp {

/// Once, after usrsctp_init_nothreads().
void apply_process_settings();
/// Before bind. Throws std::runtime_error if usrsctp refuses one of them.
void apply_socket_settings(struct socket* s, const SocketConfig& config);

}  // namespace plenum::sctp
