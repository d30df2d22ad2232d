#include "store/stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace plenum::store {
namespace {

/// Of a sample, in the order of its members.
constexpr const char* kColumns =
    "at_ms, audio_send_lost, audio_receive_lost, audio_send_bps, audio_receive_bps, audio_rtt_ms, "
    "audio_jitter_ms, audio_mos, video_send_lost, video_receive_lost, video_send_bps, "
    "video_receive_bps, video_rtt_ms, video_jitter_ms, video_mos, watched_180_s, watched_360_s, "
    "watched_720_s, watched_1080_s, watched_1440_s, watched_2160_s";

MediaStats read_media(FieldReader& r) {
  MediaStats media;
  media.send_lost = r.integer();
  media.receive_lost = r.integer();
  media.send_bps = r.real();
  media.receive_bps = r.real();
  const auto rtt_ms = r.maybe_real(), jitter_ms = r.maybe_real(), mos = r.maybe_real();
  if (rtt_ms && jitter_ms && mos)
    media.quality = MediaStats::Quality{.rtt_ms = *rtt_ms, .jitter_ms = *jitter_ms, .mos = *mos};
  return media;
}

/// Newest first in the answer, oldest first in the result.
std::vector<StatsSample> read(const Answer& answer) {
  std::vector<StatsSample> samples;
  for (const Row& row : answer.rows) {
    FieldReader r(row);
    StatsSample& sample = samples.emplace_back();
    sample.at_ms = r.integer();
    sample.audio = read_media(r);
    sample.video = read_media(r);
    for (std::int64_t& seconds : sample.watched_s) seconds = r.integer();
  }
  std::ranges::reverse(samples);
  return samples;
}

}  // namespace

bool add_stats(Database& db, const ParticipantKey& who, const StatsSample& sample) {
  const Answer present = db.execute(
      "SELECT 1 FROM participants JOIN sessions ON sessions.id = participants.session "
      "WHERE participants.session = $1 AND participant_id = $2 AND participants.api_key = $3 "
      "AND present = 1 AND sessions.ended_ms IS NULL",
      {who.session, who.participant_id, who.api_key});
  if (present.rows.empty()) return false;
  const auto& [at_ms, a, v, w] = sample;
  using Q = MediaStats::Quality;
  const auto part = [](const MediaStats& media, double Q::*member) {
    return media.quality ? std::optional((*media.quality).*member) : std::nullopt;
  };
  static const std::string kInsert = fmt::format(
      "INSERT INTO participant_stats (session, participant_id, api_key, {}) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
      "$19, $20, $21, $22, $23, $24)",
      kColumns);
  db.execute(kInsert, {who.session,
                       who.participant_id,
                       who.api_key,
                       at_ms,
                       a.send_lost,
                       a.receive_lost,
                       a.send_bps,
                       a.receive_bps,
                       part(a, &Q::rtt_ms),
                       part(a, &Q::jitter_ms),
                       part(a, &Q::mos),
                       v.send_lost,
                       v.receive_lost,
                       v.send_bps,
                       v.receive_bps,
                       part(v, &Q::rtt_ms),
                       part(v, &Q::jitter_ms),
                       part(v, &Q::mos),
                       w[0],
                       w[1],
                       w[2],
                       w[3],
                       w[4],
                       w[5]});
  return true;
}

std::vector<StatsSample> participant_stats(Database& db, const ParticipantKey& who) {
  static const std::string kSelect = fmt::format(
      "SELECT {} FROM participant_stats WHERE session = $1 AND participant_id = $2 "
      "AND api_key = $3 ORDER BY id DESC LIMIT $4",
      kColumns);
  return read(db.execute(kSelect, {who.session, who.participant_id, who.api_key, kMaxSamples}));
}

std::vector<StatsSample> session_stats(Database& db, const std::string& api_key,
                                       const std::string& session) {
  return read(db.execute(
      "SELECT at_ms / 30000 * 30000 AS slice, "
      "CAST(SUM(audio_send_lost) AS BIGINT), CAST(SUM(audio_receive_lost) AS BIGINT), "
      "AVG(audio_send_bps), AVG(audio_receive_bps), AVG(audio_rtt_ms), AVG(audio_jitter_ms), "
      "AVG(audio_mos), "
      "CAST(SUM(video_send_lost) AS BIGINT), CAST(SUM(video_receive_lost) AS BIGINT), "
      "AVG(video_send_bps), AVG(video_receive_bps), AVG(video_rtt_ms), AVG(video_jitter_ms), "
      "AVG(video_mos), "
      "CAST(SUM(watched_180_s) AS BIGINT), CAST(SUM(watched_360_s) AS BIGINT), "
      "CAST(SUM(watched_720_s) AS BIGINT), CAST(SUM(watched_1080_s) AS BIGINT), "
      "CAST(SUM(watched_1440_s) AS BIGINT), CAST(SUM(watched_2160_s) AS BIGINT) "
      "FROM participant_stats WHERE session = $1 AND api_key = $2 "
      "GROUP BY at_ms / 30000 ORDER BY at_ms / 30000 DESC LIMIT $3",
      {session, api_key, kMaxSamples}));
}

}  // namespace plenum::store
