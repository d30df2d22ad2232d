#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/time.h"
#include "media/rtcp/report.h"

namespace plenum::rtcp {

/// Each function appends one RTCP packet. When it does not fit, the writer is left as it was
/// but for ok(), so the packets written before can still be sent.

struct SenderReport {
  Ssrc ssrc;
  NtpTime ntp;
  RtpTime rtp;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};

/// RFC 3550 section 6.4; at most 31 blocks, more are left out.
bool write_sender_report(ByteWriter& w, const SenderReport& report,
                         std::span<const ReportBlock> blocks = {});
bool write_receiver_report(ByteWriter& w, Ssrc sender, std::span<const ReportBlock> blocks);
/// RFC 3550 section 6.5.1: a source description with a CNAME, at most 255 bytes of it.
bool write_cname(ByteWriter& w, Ssrc ssrc, std::string_view cname);
/// RFC 3550 section 6.6; at most 31 sources.
bool write_bye(ByteWriter& w, std::span<const Ssrc> ssrcs);
/// RFC 4585 section 6.2.1. `missing` in ascending order; as many as fit are written, and the number
/// of them is returned.
std::size_t write_nack(ByteWriter& w, Ssrc sender, Ssrc media, std::span<const ExtSeq> missing);
/// RFC 4585 section 6.3.1.
bool write_pli(ByteWriter& w, Ssrc sender, Ssrc media);
/// RFC 5104 section 4.3.1. `sequence` moves on with each new request, not with its repetitions.
bool write_fir(ByteWriter& w, Ssrc sender, Ssrc media, std::uint8_t sequence);
/// draft-alvestrand-rmcat-remb-03 section 2.2; at most 255 sources.
bool write_remb(ByteWriter& w, Ssrc sender, Bitrate bitrate, std::span<const Ssrc> ssrcs);

}  // namespace plenum::rtcp
