#include "media/peer/negotiation_codecs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <utility>

namespace plenum::peer {

namespace {

using codec::Codec;
using sdp::Format;
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> kAudioFeedback{"nack", "transport-cc"};
/// Nothing is sent again without RTX (see sfu::Subscription::retransmit), which audio has not.
constexpr std::array<std::string_view, 1> kAudioDownlinkFeedback{"transport-cc"};
constexpr std::array<std::string_view, 4> kVideoFeedback{"transport-cc", "ccm fir", "nack",
                                                         "nack pli"};

/// RFC 6184 section 8.1, table 5. The order of the enumerators is the order of ability, but for
/// baseline: browsers that say it mean constrained baseline.
enum class H264Profile : std::uint8_t {
  constrained_baseline,
  baseline,
  main,
  constrained_high,
  high
};
struct H264Configuration {
  H264Profile profile = H264Profile::constrained_baseline;
  int packetization_mode = 0;
  friend bool operator==(const H264Configuration&, const H264Configuration&) = default;
};

std::optional<H264Profile> h264_profile(std::string_view profile_level_id) {
  unsigned value = 0;
  const char* end = profile_level_id.data() + profile_level_id.size();
  const auto [stopped, error] = std::from_chars(profile_level_id.data(), end, value, 16);
  if (error != std::errc() || stopped != end || profile_level_id.size() != 6) return std::nullopt;
  const unsigned idc = value >> 16;
  const unsigned constraints = value >> 8 & 0xff;
  switch (idc) {
    case 0x42:
      return constraints & 0x40 ? H264Profile::constrained_baseline : H264Profile::baseline;
    case 0x4d:
      return constraints & 0x80 ? H264Profile::constrained_baseline : H264Profile::main;
    case 0x64:
      return constraints == 0x0c ? H264Profile::constrained_high : H264Profile::high;
    default:
      return std::nullopt;
  }
}

/// nullopt for a profile or mode that we do not forward.
std::optional<H264Configuration> h264(const Format& f) {
  // RFC 6184 section 8.1: without profile-level-id it is baseline, without the mode it is 0.
  const auto profile = h264_profile(f.parameter("profile-level-id").value_or("42000a"));
  const std::string_view mode = f.parameter("packetization-mode").value_or("0");
  if (!profile || (mode != "0" && mode != "1")) return std::nullopt;
  return H264Configuration{*profile, mode == "1" ? 1 : 0};
}

int ability(H264Profile p) { return p <= H264Profile::baseline ? 0 : static_cast<int>(p); }

enum class Match : std::uint8_t { none, usable, exact };

/// May a stream made for `sent` be given to somebody who offered `offered`?
Match match(Codec c, const Format& sent, const Format& offered) {
  const auto same = [&](std::string_view key) {
    return sent.parameter(key).value_or("0") == offered.parameter(key).value_or("0");
  };
  if (c == Codec::vp9) return same("profile-id") ? Match::exact : Match::none;
  if (c == Codec::av1) return same("profile") ? Match::exact : Match::none;
  if (c != Codec::h264) return Match::exact;
  const auto theirs = h264(offered);
  const auto ours =
      sent.fmtp.empty() ? H264Configuration{H264Profile::constrained_baseline, 1} : h264(sent);
  if (!theirs || !ours) return Match::none;
  if (*theirs == *ours) return Match::exact;
  // A receiver of mode 1 takes single NAL units too (RFC 6184 section 5.4); not the reverse.
  const bool fits = theirs->packetization_mode >= ours->packetization_mode &&
                    ability(theirs->profile) >= ability(ours->profile);
  return fits ? Match::usable : Match::none;
}

Format with_feedback_limited_to(const Format& offered, Names allowed, bool allow_remb) {
  Format f = offered;
  std::erase_if(f.feedback, [&](const std::string& value) {
    if (value == "goog-remb") return !allow_remb;
    return std::ranges::find(allowed, value) == allowed.end();
  });
  return f;
}

Names feedback_names(MediaKind kind) {
  return kind == MediaKind::audio ? Names(kAudioFeedback) : Names(kVideoFeedback);
}

Names downlink_feedback_names(MediaKind kind) {
  return kind == MediaKind::audio ? Names(kAudioDownlinkFeedback) : Names(kVideoFeedback);
}

MediaKind kind_of(const sdp::MediaSection& s) {
  return s.kind == sdp::SectionKind::audio ? MediaKind::audio : MediaKind::video;
}

/// RFC 2198: the fmtp of red lists payload types, "111/111".
const Format* red_around(const sdp::MediaSection& s, std::uint8_t payload_type) {
  const std::string inner = std::to_string(payload_type);
  for (const Format& f : s.formats) {
    if (!f.is("red")) continue;
    const std::string_view first = std::string_view(f.fmtp).substr(0, f.fmtp.find('/'));
    if (first == inner) return &f;
  }
  return nullptr;
}

/// The track's wishes, written as what we are ready to receive (RFC 7587 section 7).
std::string opus_fmtp(const std::string& offered, const PendingTrack* track) {
  if (!track) return offered;
  std::string fmtp = track->dtx_disabled ? sdp::without_parameter(offered, "usedtx")
                                         : sdp::with_parameter(offered, "usedtx", "1");
  if (track->stereo) {
    fmtp = sdp::with_parameter(fmtp, "stereo", "1");
    fmtp = sdp::with_parameter(fmtp, "maxaveragebitrate", "510000");  // RFC 7587: the maximum
  }
  return fmtp;
}

/// Small = early. The wanted codec comes first; of H264 the form that most clients decode.
std::pair<std::size_t, int> rank(MediaKind kind, const Format& f, const PendingTrack* track) {
  const auto c = codec_of(kind, f);
  if (!track || !c) return {0, 0};
  const auto it = std::ranges::find(track->preferred, *c);
  const auto position = static_cast<std::size_t>(it - track->preferred.begin());
  if (*c != Codec::h264 || it == track->preferred.end()) return {position, 0};
  const auto configuration = h264(f);
  if (!configuration || configuration->profile != H264Profile::constrained_baseline)
    return {position, 2};
  return {position, configuration->packetization_mode == 1 ? 0 : 1};
}

bool wants_red(const PendingTrack* track) {
  if (!track) return true;
  if (track->red_disabled) return false;
  return track->preferred.empty() || track->preferred.front() == Codec::opus;
}

}  // namespace

std::optional<Codec> codec_of(MediaKind kind, const Format& format) {
  const auto c = codec::codec_by_name(kind, format.encoding);
  if (!c || codec::kind(*c) != kind || format.clock_rate != codec::clock_rate(*c)) {
    return std::nullopt;
  }
  if (*c == Codec::g722) return std::nullopt;  // no client of ours prefers it to opus
  if (*c == Codec::opus && format.channels != 2) return std::nullopt;  // RFC 7587 section 7
  if (*c == Codec::h264 && !h264(format)) return std::nullopt;
  return c;
}

std::vector<Format> uplink_formats(const sdp::MediaSection& offered, const PendingTrack* track,
                                   bool allow_remb) {
  const MediaKind kind = kind_of(offered);
  std::vector<const Format*> media;
  for (const Format& f : offered.formats) {
    if (codec_of(kind, f)) media.push_back(&f);
  }
  std::ranges::stable_sort(media, {}, [&](const Format* f) { return rank(kind, *f, track); });

  std::vector<Format> out;
  const Names allowed = feedback_names(kind);
  for (const Format* f : media) {
    Format answered = with_feedback_limited_to(*f, allowed, allow_remb);
    if (f->is("opus")) answered.fmtp = opus_fmtp(f->fmtp, track);
    out.push_back(std::move(answered));
    if (const Format* rtx = offered.rtx_of(f->payload_type); rtx && kind == MediaKind::video) {
      out.push_back(with_feedback_limited_to(*rtx, {}, false));
    }
    const Format* red = f->is("opus") ? red_around(offered, f->payload_type) : nullptr;
    if (red && !(track && track->red_disabled)) {
      out.insert(wants_red(track) ? out.begin() : out.end(),
                 with_feedback_limited_to(*red, allowed, false));
    }
  }
  return out;
}

std::vector<Format> downlink_formats(const sdp::MediaSection& offered, const SendTrack& track) {
  Format sent;
  sent.fmtp = track.fmtp;
  const Format* best = nullptr;
  Match best_match = Match::none;
  for (const Format& f : offered.formats) {
    if (codec_of(track.kind, f) != track.codec) continue;
    const Match m = match(track.codec, sent, f);
    if (m > best_match) {
      best = &f;
      best_match = m;
    }
  }
  if (!best) return {};

  std::vector<Format> out{
      with_feedback_limited_to(*best, downlink_feedback_names(track.kind), true)};
  if (track.kind == MediaKind::video) {
    if (const Format* rtx = offered.rtx_of(best->payload_type)) {
      out.push_back(with_feedback_limited_to(*rtx, {}, false));
    }
    return out;
  }
  if (track.codec == Codec::opus && track.stereo) {
    out.front().fmtp = sdp::with_parameter(best->fmtp, "sprop-stereo", "1");
  }
  const Format* red = track.red ? red_around(offered, best->payload_type) : nullptr;
  if (red) out.insert(out.begin(), with_feedback_limited_to(*red, kAudioDownlinkFeedback, false));
  return out;
}

Feedback feedback_of(const Format& f) {
  return Feedback{.nack = f.has_feedback("nack"),
                  .nack_pli = f.has_feedback("nack pli"),
                  .ccm_fir = f.has_feedback("ccm fir"),
                  .transport_cc = f.has_feedback("transport-cc"),
                  .goog_remb = f.has_feedback("goog-remb")};
}

namespace {

/// Payload types of our offers: any dynamic numbers are legal (RFC 3551 section 3, with rtcp-mux
/// RFC 5761 section 4), these are the ones clients see from other servers of this protocol.
struct OwnFormat {
  Codec codec;
  std::uint8_t payload_type;
  std::uint8_t rtx_payload_type;  // 0 = none
  std::string_view fmtp;
};
constexpr OwnFormat kOwnFormats[] = {
    {Codec::opus, 111, 0, "minptime=10;useinbandfec=1"},
    {Codec::pcmu, 0, 0, ""},
    {Codec::pcma, 8, 0, ""},
    {Codec::vp8, 96, 97, ""},
    {Codec::vp9, 98, 99, "profile-id=0"},
    {Codec::vp9, 100, 101, "profile-id=1"},
    {Codec::vp9, 37, 38, "profile-id=2"},
    {Codec::h264, 108, 109,
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    {Codec::h264, 125, 126,
     "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"},
    {Codec::h264, 102, 103,
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f"},
    {Codec::h264, 104, 105,
     "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f"},
    {Codec::h264, 106, 107,
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"},
    {Codec::h264, 39, 40, "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=4d001f"},
    {Codec::h264, 114, 115,
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640c1f"},
    {Codec::h264, 123, 124,
     "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640032"},
    {Codec::h264, 112, 113,
     "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=640032"},
    {Codec::av1, 35, 36, ""},
    {Codec::av1, 41, 42, "profile=1"},
    {Codec::h265, 116, 117, ""},
};
constexpr std::uint8_t kRedPayloadType = 63;

std::string_view encoding_name(Codec c) {
  const std::string_view mime = codec::mime(c);
  return mime.substr(mime.find('/') + 1);
}

Format format_from(const OwnFormat& own) {
  Format f;
  f.payload_type = own.payload_type;
  f.encoding = encoding_name(own.codec);
  f.clock_rate = codec::clock_rate(own.codec);
  f.channels = own.codec == Codec::opus ? 2 : 1;
  f.fmtp = own.fmtp;
  for (const std::string_view name : downlink_feedback_names(codec::kind(own.codec))) {
    f.feedback.emplace_back(name);
  }
  return f;
}

}  // namespace

std::vector<Format> offered_formats(const SendTrack& track) {
  Format sent;
  sent.fmtp = track.fmtp;
  std::optional<Format> best;
  std::uint8_t rtx_payload_type = 0;
  Match best_match = Match::none;
  for (const OwnFormat& own : kOwnFormats) {
    if (own.codec != track.codec) continue;
    Format f = format_from(own);
    const Match m = match(track.codec, sent, f);
    if (m <= best_match) continue;
    best = std::move(f);
    rtx_payload_type = own.rtx_payload_type;
    best_match = m;
  }
  if (!best) return {};

  std::vector<Format> out{std::move(*best)};
  if (rtx_payload_type != 0) {
    Format rtx;
    rtx.payload_type = rtx_payload_type;
    rtx.encoding = "rtx";
    rtx.clock_rate = out.front().clock_rate;
    rtx.fmtp = "apt=" + std::to_string(out.front().payload_type);
    out.push_back(std::move(rtx));
  }
  if (track.codec != Codec::opus) return out;
  if (track.stereo) out.front().fmtp += ";sprop-stereo=1";
  if (track.red) {
    Format red;
    red.payload_type = kRedPayloadType;
    red.encoding = "red";
    red.clock_rate = 48'000;
    red.channels = 2;
    red.fmtp = "111/111";
    out.insert(out.begin(), std::move(red));
  }
  return out;
}

}  // namespace plenum::peer
