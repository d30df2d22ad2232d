#pragma once
#include <string>
#include <vector>

#include "base/ids.h"
#include "media/codec/codec.h"
#include "media/rtp/extension_map.h"
#include "media/sdp/description.h"

/// The descriptions that a client writes: an offer for what it publishes, answers to the server's
/// offers (RFC 8829 as far as a server needs it).
namespace plenum::load {

/// Ours, for every section alike.
struct LocalTransport {
  std::string ice_ufrag, ice_pwd;
  /// "sha-256 AB:CD:…".
  std::string fingerprint;
};

struct OfferedTrack {
  std::string mid, stream_id, cid;
  codec::Codec codec = codec::Codec::vp8;  // opus, vp8 or h264
  /// Low to high; empty = one encoding, known by its SSRCs.
  std::vector<std::string> rids;
  Ssrc ssrc{}, rtx_ssrc{};
};

/// `data_mid`: of the section for data channels; empty = none.
std::string write_offer(const std::vector<OfferedTrack>& tracks, const std::string& data_mid,
                        const LocalTransport& local);
/// Takes everything that the server sends, in codecs that browsers know, without RED.
sdp::Description answer_to(const sdp::Description& offer, const LocalTransport& local);

/// The payload types of our offers.
std::uint8_t offered_payload_type(codec::Codec codec);
std::uint8_t offered_rtx_payload_type(codec::Codec codec);

}  // namespace plenum::load
