#include "load/client_description.h"

#include <algorithm>

#include "media/sdp/writer.h"

namespace plenum::load {
namespace {

using rtp::Extension;
using sdp::SectionKind;

struct Offered {
  Extension extension;
  std::uint16_t id;
  bool audio, video;
};
constexpr Offered kExtensions[] = {
    {Extension::audio_level, 1, true, false}, {Extension::transport_seq, 3, true, true},
    {Extension::mid, 4, true, true},          {Extension::abs_capture_time, 5, true, true},
    {Extension::rid, 10, false, true},        {Extension::repaired_rid, 11, false, true},
};
constexpr std::string_view kCname = "plenum-load";

sdp::Description session(const std::vector<std::string>& mids) {
  sdp::Description d;
  d.origin_id = "1";
  d.origin_version = 1;
  d.bundle_groups = {mids};
  d.extmap_allow_mixed = true;
  d.msid_semantic = "WMS *";
  return d;
}

void set_transport(sdp::MediaSection& s, const LocalTransport& local, sdp::Setup setup) {
  s.transport.ice_ufrag = local.ice_ufrag;
  s.transport.ice_pwd = local.ice_pwd;
  s.transport.ice_options = "trickle";
  const std::size_t space = local.fingerprint.find(' ');
  s.transport.fingerprints = {
      {local.fingerprint.substr(0, space), local.fingerprint.substr(space + 1)}};
  s.transport.setup = setup;
}

sdp::MediaSection data_section(const std::string& mid) {
  sdp::MediaSection s;
  s.kind = SectionKind::application;
  s.media = "application";
  s.protocol = "UDP/DTLS/SCTP";
  s.format_text = "webrtc-datachannel";
  s.mid = mid;
  s.sctp_port = 5000;
  s.max_message_size = 262'144;
  return s;
}

void add_formats(sdp::MediaSection& s, codec::Codec codec) {
  const bool audio = codec == codec::Codec::opus;
  sdp::Format f;
  f.payload_type = offered_payload_type(codec);
  f.clock_rate = codec::clock_rate(codec);
  f.encoding = audio ? "opus" : codec == codec::Codec::vp8 ? "VP8" : "H264";
  if (audio) {
    f.channels = 2;
    f.fmtp = "minptime=10;useinbandfec=1";
    f.feedback = {"transport-cc"};
    s.formats = {f};
    return;
  }
  if (codec == codec::Codec::h264)
    f.fmtp = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
  f.feedback = {"transport-cc", "ccm fir", "nack", "nack pli"};
  sdp::Format rtx;
  rtx.payload_type = offered_rtx_payload_type(codec);
  rtx.encoding = "rtx";
  rtx.clock_rate = f.clock_rate;
  rtx.fmtp = "apt=" + std::to_string(f.payload_type);
  s.formats = {f, rtx};
}

sdp::MediaSection section_of(const OfferedTrack& t) {
  const bool audio = t.codec == codec::Codec::opus;
  sdp::MediaSection s;
  s.kind = audio ? SectionKind::audio : SectionKind::video;
  s.media = audio ? "audio" : "video";
  s.mid = t.mid;
  s.direction = sdp::Direction::sendonly;
  s.rtcp_mux = s.rtcp_rsize = true;
  add_formats(s, t.codec);
  for (const Offered& e : kExtensions)
    if (audio ? e.audio : e.video)
      s.extmaps.push_back({e.id, std::nullopt, std::string(rtp::uri(e.extension))});
  s.msids = {{t.stream_id, t.cid}};
  if (t.rids.empty()) {
    if (!audio) s.ssrc_groups = {{"FID", {t.ssrc, t.rtx_ssrc}}};
    s.ssrcs = {{t.ssrc, std::string(kCname), std::nullopt}};
    if (!audio) s.ssrcs.push_back({t.rtx_ssrc, std::string(kCname), std::nullopt});
  }
  for (const std::string& rid : t.rids) {
    s.rids.push_back({rid, true, ""});
    s.simulcast.send.push_back({{rid, false}});
  }
  return s;
}

bool is_wanted(const sdp::MediaSection& section, const sdp::Format& f) {
  if (f.is("opus")) return true;
  if (f.is("rtx")) return f.apt() && section.format(*f.apt()) != nullptr;
  for (const std::string_view name : {"VP8", "H264", "VP9", "AV1", "H265"})
    if (f.is(name)) return true;
  return false;
}

sdp::MediaSection answered(const sdp::MediaSection& offered) {
  if (offered.kind == SectionKind::application) return data_section(offered.mid);
  sdp::MediaSection s;
  s.kind = offered.kind;
  s.media = offered.media;
  s.protocol = offered.protocol;
  s.mid = offered.mid;
  s.rtcp_mux = s.rtcp_rsize = true;
  s.direction = sdp::sends(offered.direction) ? sdp::Direction::recvonly : sdp::Direction::inactive;
  for (const sdp::Format& f : offered.formats)
    if (is_wanted(offered, f)) s.formats.push_back(f);
  if (s.formats.empty()) {  // nothing that we take
    s.formats = offered.formats;
    s.port = 0;
  }
  for (const sdp::ExtMap& e : offered.extmaps)
    if (rtp::extension_by_uri(e.uri)) s.extmaps.push_back(e);
  return s;
}

}  // namespace

std::uint8_t offered_payload_type(codec::Codec codec) {
  return codec == codec::Codec::opus ? 111 : codec == codec::Codec::vp8 ? 96 : 102;
}
std::uint8_t offered_rtx_payload_type(codec::Codec codec) {
  return static_cast<std::uint8_t>(offered_payload_type(codec) + 1);
}

std::string write_offer(const std::vector<OfferedTrack>& tracks, const std::string& data_mid,
                        const LocalTransport& local) {
  std::vector<std::string> mids;
  for (const OfferedTrack& t : tracks) mids.push_back(t.mid);
  if (!data_mid.empty()) mids.push_back(data_mid);
  sdp::Description d = session(mids);
  for (const OfferedTrack& t : tracks) d.sections.push_back(section_of(t));
  if (!data_mid.empty()) d.sections.push_back(data_section(data_mid));
  for (sdp::MediaSection& s : d.sections) set_transport(s, local, sdp::Setup::actpass);
  return sdp::write(d);
}

sdp::Description answer_to(const sdp::Description& offer, const LocalTransport& local) {
  std::vector<std::string> mids;
  for (const sdp::MediaSection& s : offer.sections)
    if (!s.rejected()) mids.push_back(s.mid);
  sdp::Description d = session(mids);
  for (const sdp::MediaSection& s : offer.sections) {
    sdp::MediaSection a = answered(s);
    if (s.rejected()) a.port = 0;
    set_transport(a, local, sdp::Setup::active);
    d.sections.push_back(std::move(a));
  }
  return d;
}

}  // namespace plenum::load
