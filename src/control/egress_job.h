#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenum::control {

/// The first three have one output, or several streams, and the rules of REST v2; `composite` has
/// any outputs and shows whom it is told to. The last two copy what a participant sends.
enum class EgressKind : std::uint8_t { recording, livestream, hls, composite, participant, track };
/// `starting` → `started` → (hls: `playable`) → `stopping` → `stopped`; `failed` from any but the
/// last. A job whose worker died, and goes on with another, is `starting` once more.
enum class EgressState : std::uint8_t { starting, started, playable, stopping, stopped, failed };

constexpr std::string_view egress_kind_name(EgressKind kind) {
  constexpr std::string_view kNames[] = {"recording", "livestream",  "hls",
                                         "composite", "participant", "track"};
  return kNames[static_cast<std::size_t>(kind)];
}
constexpr std::string_view egress_state_name(EgressState state) {
  constexpr std::string_view kNames[] = {"starting", "started", "playable",
                                         "stopping", "stopped", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

/// What is to be seen besides the room. Empty = as the theme has it, or nothing.
struct EgressScenery {
  /// Of the background: "#RRGGBB".
  std::string colour{};
  /// Ids of images of the job's API key: behind the tiles, and over them.
  std::string image{}, logo{};
  /// "top-left", "top-right", "bottom-left" or "bottom-right".
  std::string logo_position{};
  friend bool operator==(const EgressScenery&, const EgressScenery&) = default;
};

/// How the room is to be shown. Words of the API (videosdk-api 6), checked; empty = default. Type,
/// priority and theme in upper case, orientation and quality in lower.
struct EgressLayout {
  std::string type{}, priority{}, orientation{}, theme{}, quality{};
  /// 0 = as many as fit, else 1 … 25.
  std::uint32_t grid_size = 0;
  EgressScenery scenery{};
  friend bool operator==(const EgressLayout&, const EgressLayout&) = default;
};

/// Where a stream goes: to `url`, a slash, and `secret`, the stream key, which is not shown.
struct EgressTarget {
  std::string url, secret;
  friend bool operator==(const EgressTarget&, const EgressTarget&) = default;
};

/// One destination of a job, and how far it is.
struct EgressOutput {
  enum class Type : std::uint8_t { file, segments, stream };
  enum class State : std::uint8_t { connecting, live, reconnecting, ended, failed };

  /// Within the job.
  std::string id;
  Type type = Type::file;
  State state = State::connecting;
  /// Of a stream.
  EgressTarget target{};
  /// Below the data directory: the file, or the folder of the segments.
  std::string path;
  /// What the caller calls it: a path, checked; "" = nothing.
  std::string name;
  /// Its key in the bucket, once it is there.
  std::string object;
  /// Why it will not be uploaded, though it should; for people, without secrets.
  std::string upload_error;
  /// Milliseconds since 1970; 0 = not yet.
  std::int64_t started_ms = 0, ended_ms = 0;
  std::uint64_t bytes = 0;
  std::uint64_t duration_ms = 0;
  /// Connections lost.
  std::uint32_t retries = 0;
  /// Why it failed, for people; without secrets.
  std::string error;

  bool is_over() const { return state == State::ended || state == State::failed; }
  friend bool operator==(const EgressOutput&, const EgressOutput&) = default;
};

/// Whom a composite shows: of one participant ("" = each) all, or the tracks that are named.
struct EgressSubject {
  std::string identity;
  /// Sids, or sources by source_name(); empty = all.
  std::vector<std::string> tracks;
  friend bool operator==(const EgressSubject&, const EgressSubject&) = default;
};

/// What the job's one subject sends is written as it is, instead of composing: those of its tracks
/// that are named, by their source.
struct EgressCopy {
  /// Each track into files of its own, another one each time it starts again.
  bool per_track = false;
  /// "webm", "mp4" or "ogg"; empty: as the codecs have it.
  std::string container{};
  /// Only the track with this sid, and the job ends with it; empty = whatever the sources have.
  std::string track{};
  /// What the caller calls the file, without an ending; empty = nothing.
  std::string name{};
  friend bool operator==(const EgressCopy&, const EgressCopy&) = default;
};

/// A recording, livestream or HLS stream of a room, and how far it is.
struct EgressJob {
  /// 24 hex digits.
  std::string id;
  EgressKind kind = EgressKind::recording;
  EgressState state = EgressState::starting;
  std::string api_key;
  /// The room's name, which is its roomId, and the session it was started in.
  std::string room, session;
  EgressLayout layout{};
  bool audio_only = false;
  /// Files are WebM, of VP8 and Opus; nothing else is written then.
  bool webm = false;
  /// Empty = everybody. Otherwise the job ends when none of them is there any more.
  std::vector<EgressSubject> subjects{};
  /// Its outputs are the files that its workers write.
  std::optional<EgressCopy> copy{};
  /// In the order in which they came. Files of one job are its parts: the next begins where a
  /// worker died.
  std::vector<EgressOutput> outputs{};
  /// JSON of the caller's `config`, to be shown again.
  std::string config = "{}";
  /// Told of this job's changes besides those who are told of all; empty = nobody.
  std::string webhook_url;
  /// Signed by the caller: the file is to be put there. Secret; forgotten when the job has ended.
  std::string upload_url;
  /// Milliseconds since 1970; 0 = not yet.
  std::int64_t created_ms = 0, started_ms = 0, ended_ms = 0;
  std::uint32_t width = 0, height = 0;
  /// How often a worker died and another went on.
  std::uint32_t restarts = 0;
  /// How far it composes less than it should, for want of CPU: 0 = not at all.
  std::uint32_t degradation = 0;
  /// Why it failed, or why it was interrupted, for people; without secrets.
  std::string error;
  friend bool operator==(const EgressJob&, const EgressJob&) = default;

  bool is_over() const { return state == EgressState::stopped || state == EgressState::failed; }
  bool lacks_upload() const {
    return std::ranges::any_of(outputs, [](const auto& o) { return !o.upload_error.empty(); });
  }
  /// Below the data directory: where its files are, and nobody else's. Segments have one of their
  /// own.
  std::string folder() const { return "recordings/" + id; }
  /// What the names begin with that its worker gives to files: the id, or with "-2", "-3" … after
  /// restarts.
  std::string part_name(std::uint32_t restart) const {
    return restart == 0 ? id : id + "-" + std::to_string(restart + 1);
  }
  /// The first of that type; nullptr: none.
  const EgressOutput* output(EgressOutput::Type type) const {
    const auto it = std::ranges::find(outputs, type, &EgressOutput::type);
    return it == outputs.end() ? nullptr : &*it;
  }
  /// Of all files, or of what else there is.
  std::uint64_t bytes() const { return total(&EgressOutput::bytes); }
  std::uint64_t duration_ms() const { return total(&EgressOutput::duration_ms); }

 private:
  std::uint64_t total(std::uint64_t EgressOutput::*member) const {
    std::uint64_t files = 0, longest = 0;
    for (const EgressOutput& o : outputs) {
      files += o.type == EgressOutput::Type::file ? o.*member : 0;
      longest = std::max(longest, o.*member);
    }
    return files ? files : longest;
  }
};

}  // namespace plenum::control
