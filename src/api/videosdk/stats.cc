// What was measured of a session's transports (videosdk-api 3.2).
#include <algorithm>
#include <array>
#include <utility>

#include "api/videosdk/resources.h"
#include "api/videosdk/rest_api.h"
#include "api/videosdk/store_call.h"
#include "store/stats.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using store::Access;

constexpr std::array kSides{"180", "360", "720", "1080", "1440", "2160"};

json::value mos_or_null(const store::MediaStats& media) {
  return media.quality ? json::value(media.quality->mos) : json::value();
}

json::object sample_json(const store::StatsSample& sample) {
  const store::MediaStats& audio = sample.audio;
  const store::MediaStats& video = sample.video;
  const store::MediaStats::Quality none, a = audio.quality.value_or(none),
                                         v = video.quality.value_or(none);
  return {
      {"time", time_text(sample.at_ms)},
      {"recvAudioPacketLost", audio.receive_lost},
      {"recvVideoPacketLost", video.receive_lost},
      {"sendAudioPacketLost", audio.send_lost},
      {"sendVideoPacketLost", video.send_lost},
      {"averageAudioRtt", a.rtt_ms},
      {"averageVideoRtt", v.rtt_ms},
      {"averageAudioJitter", a.jitter_ms},
      {"averageVideoJitter", v.jitter_ms},
      {"averageSendAudioBitrate", audio.send_bps},
      {"averageSendVideoBitrate", video.send_bps},
      {"averageRecvAudioBitrate", audio.receive_bps},
      {"averageRecvVideoBitrate", video.receive_bps},
      {"qualityScore", json::object{{"audio", mos_or_null(audio)}, {"video", mos_or_null(video)}}}};
}

json::object resolutions_json(const store::StatsSample& sample) {
  json::object out{{"time", time_text(sample.at_ms)}};
  for (std::size_t i = 0; i < kSides.size(); ++i) out[kSides[i]] = sample.watched_s[i];
  return out;
}

json::object stats_json(const store::Session& session,
                        const std::vector<store::StatsSample>& samples) {
  json::array stats;
  for (const store::StatsSample& sample : samples) stats.push_back(sample_json(sample));
  return {{"sessionId", session.id}, {"meetingId", session.room_id}, {"stats", std::move(stats)}};
}

/// The text at a path of the stored device; null where there is none.
json::value text_at(const json::value& device, const char* pointer) {
  json::error_code ec;
  const json::value* found = device.is_object() ? device.find_pointer(pointer, ec) : nullptr;
  const bool said = found && found->is_string() && !found->get_string().empty();
  return said ? *found : json::value();
}

void add_software(json::object& out, const store::Participant& who) {
  const json::value device = who.device ? stored_json(*who.device) : json::value();
  json::value name = text_at(device, "/deviceModel");
  json::value version = text_at(device, "/browserUserAgent/os/version");
  if (name.is_null()) {
    name = text_at(device, "/browserUserAgent/browser/name");
    version = text_at(device, "/browserUserAgent/browser/version");
  }
  out["deviceInfo"] = json::object{{"deviceName", name}, {"deviceVersion", version}};
  out["sdkInfo"] = json::object{{"sdkName", text_at(device, "/sdkType")},
                                {"sdkVersion", text_at(device, "/sdkVersion")}};
}

}  // namespace

auto RestApi::session_stats(const Call& call) -> Task {
  const auto session = co_await session_of(call, call.text("id"));
  if (!session) co_return Err{session.error()};
  const store::Session row = *session;
  auto samples_step = on_store(store_, Access::read, [row](store::Database& db) {
    return store::session_stats(db, row.api_key, row.id);
  });
  const auto samples = co_await std::move(samples_step);
  co_return stats_json(row, samples);
}

auto RestApi::participant_stats(const Call& call) -> Task {
  const auto session = co_await session_of(call, call.text("id"));
  if (!session) co_return Err{session.error()};
  const store::ParticipantKey who{session->api_key, session->id, call.text("participantId")};
  using Found = std::pair<std::optional<store::Participant>, std::vector<store::StatsSample>>;
  auto found_step = on_store(store_, Access::read, [who](store::Database& db) {
    return Found(store::find_participant(db, who), store::participant_stats(db, who));
  });
  const auto found = co_await std::move(found_step);
  if (!found.first) co_return Err{problems::participant_not_found()};

  json::object out = stats_json(*session, found.second);
  out["participantId"] = found.first->participant_id;
  out["participantName"] = found.first->name;
  add_software(out, *found.first);
  // Where somebody is, nobody asks here.
  out["location"] = nullptr;
  out["network"] = json::object{{"asn", nullptr}, {"org", nullptr}};
  json::array usage;
  for (const store::StatsSample& sample : found.second) usage.push_back(resolutions_json(sample));
  out["resolutionUsage"] = std::move(usage);
  co_return out;
}

}  // namespace plenum::videosdk_api
