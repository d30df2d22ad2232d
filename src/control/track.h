#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "control/dynacast.h"
#include "control/timers.h"
#include "control/types.h"
#include "shard/messages.h"

namespace plenum::control {

struct Participant;

/// A track from the moment its publisher announced it. Others see it once `published`.
struct Track {
  /// Parallel to description.codecs. A declared backup codec has no id until it is announced.
  struct Encoding {
    std::optional<TrackId> id;
    bool bound = false;
    /// As the shard found them in the publisher's SDP.
    std::string fmtp;
    bool simulcast = false;
    /// The shard's newest figures; none until its first report.
    std::optional<shard::Quality::Uplink> reported;
  };

  Participant* owner = nullptr;
  TrackDescription description;
  std::vector<Encoding> encodings;
  bool published = false;
  std::set<ParticipantId> subscribers;
  /// Of composition workers that show it: the quality each wants.
  std::map<TapId, VideoQuality> taps;
  /// The publisher knows that somebody listens.
  bool told_subscribed = false;
  /// A moderator muted it while the publisher's signal connection was down.
  bool mute_untold = false;
  /// Muted by a moderator or the publisher: as in description; speaking state as last reported.
  float level = 0;
  bool speaking = false;
  std::optional<Dynacast> dynacast;
  Timers::Handle dynacast_timer;

  const std::string& sid() const { return description.sid; }
  bool is_video() const { return description.kind == MediaKind::video; }
  /// Index of the encoding with this id.
  std::optional<std::size_t> encoding_of(TrackId id) const;
};

/// The codec of that name ("vp8", "video/VP8", "red") if this server forwards it.
std::optional<codec::Codec> enabled_codec(MediaKind kind, std::string_view name);
/// "video/VP8", "audio/red".
std::string mime_type(const TrackCodec& codec);

/// How layers are carried: as asked, else as the codec's encoders do by themselves.
LayerMode layer_mode(codec::Codec codec, LayerMode asked);

/// What clients are told about a track with this announcement (livekit-wire 3.6).
TrackDescription describe(const AddTrack& request, std::string sid);

/// What the shard must know of one encoding.
shard::TrackInfo shard_track_info(const Track& track, std::size_t encoding);

}  // namespace plenum::control
