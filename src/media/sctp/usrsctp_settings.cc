#include "media/sctp/usrsctp_settings.h"

#include <usrsctp.h>

#include <stdexcept>
#include <string>

namespace plenum::sctp {
namespace {

constexpr int kReceiveBuffer = 512 * 1024;

template <class T>
void set_option(struct socket* s, int level, int name, const T& value) {
  if (usrsctp_setsockopt(s, level, name, &value, sizeof value) != 0)
    throw std::runtime_error("usrsctp refused socket option " + std::to_string(name));
}

void subscribe(struct socket* s) {
  for (const int type : {SCTP_ASSOC_CHANGE, SCTP_SHUTDOWN_EVENT, SCTP_STREAM_RESET_EVENT,
                         SCTP_PARTIAL_DELIVERY_EVENT}) {
    sctp_event event{};
    event.se_assoc_id = SCTP_ALL_ASSOC;
    event.se_on = 1;
    event.se_type = static_cast<std::uint16_t>(type);
    set_option(s, IPPROTO_SCTP, SCTP_EVENT, event);
  }
}

}  // namespace

void apply_socket_settings(struct socket* s, const SocketConfig& config) {
  usrsctp_set_non_blocking(s, 1);
  set_option(s, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});  // close = ABORT
  set_option(s, SOL_SOCKET, SO_SNDBUF, static_cast<int>(config.send_buffer_bytes));
  set_option(s, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  set_option(s, IPPROTO_SCTP, SCTP_NODELAY, std::uint32_t{1});
  set_option(
      s, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET,
      sctp_assoc_value{.assoc_id = SCTP_ALL_ASSOC, .assoc_value = SCTP_ENABLE_RESET_STREAM_REQ});
  set_option(s, IPPROTO_SCTP, SCTP_INITMSG,
             sctp_initmsg{.sinit_num_ostreams = Socket::kStreams,
                          .sinit_max_instreams = Socket::kStreams,
                          .sinit_max_attempts = 0,
                          .sinit_max_init_timeo = 0});
  // ICE keeps the path alive and knows its MTU, so neither heartbeats nor probes.
  sctp_paddrparams path{};
  path.spp_flags = SPP_PMTUD_DISABLE | SPP_HB_DISABLE;
  path.spp_pathmtu = static_cast<std::uint32_t>(config.mtu_bytes - sizeof(sctp_common_header));
  set_option(s, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);
  subscribe(s);
}

void apply_process_settings() {
  usrsctp_sysctl_set_sctp_blackhole(2);  // no ABORT for packets of nobody
  // Features that no WebRTC peer uses are attack surface only. RFC 8831 needs PR-SCTP and
  // RE-CONFIG.
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auto_asconf(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  usrsctp_sysctl_set_sctp_pktdrop_enable(0);
  usrsctp_sysctl_set_sctp_pr_enable(1);
  usrsctp_sysctl_set_sctp_reconfig_enable(1);
  // Retransmission: the minimum stays above the peer's delayed acknowledgement (200 ms); backing
  // off stops early, for it is ICE that says when the path is gone (consent, 30 s), not SCTP.
  usrsctp_sysctl_set_sctp_rto_initial_default(500);
  usrsctp_sysctl_set_sctp_rto_min_default(400);
  usrsctp_sysctl_set_sctp_rto_max_default(3'000);
  usrsctp_sysctl_set_sctp_init_rto_max_default(3'000);
  usrsctp_sysctl_set_sctp_init_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_assoc_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_path_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default(20);
  usrsctp_sysctl_set_sctp_initial_cwnd(10);  // MTUs, as RFC 6928 for TCP
  usrsctp_sysctl_set_sctp_max_burst_default(10);
  usrsctp_sysctl_set_sctp_max_chunks_on_queue(10'240);  // 4 MiB in packets, and room for small ones
  usrsctp_sysctl_set_sctp_nr_outgoing_streams_default(Socket::kStreams);
  usrsctp_sysctl_set_sctp_nr_incoming_streams_default(Socket::kStreams);
}

}  // namespace plenum::sctp
