#include "history/record_codec.h"

#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>

#include "media/codec/codec.h"

namespace plenum::history {
namespace {

template <class T, class U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

/// The highest number of each enum.
constexpr auto last(control::EgressKind) { return control::EgressKind::track; }
constexpr auto last(control::EgressState) { return control::EgressState::failed; }
constexpr auto last(control::EgressOutput::Type) { return control::EgressOutput::Type::stream; }
constexpr auto last(control::EgressOutput::State) { return control::EgressOutput::State::failed; }
constexpr auto last(MediaKind) { return MediaKind::video; }
constexpr auto last(codec::Codec) { return codec::Codec::h265; }
constexpr auto last(control::Mode) { return control::Mode::signalling_only; }
constexpr auto last(Record::What) { return Record::What::session_end; }
constexpr auto last(control::ParticipantState) { return control::ParticipantState::disconnected; }
constexpr auto last(control::ParticipantKind) { return control::ParticipantKind::bridge; }
constexpr auto last(control::TrackSource) { return control::TrackSource::screen_share_audio; }
constexpr auto last(control::Encryption) { return control::Encryption::custom; }
constexpr auto last(control::VideoQuality) { return control::VideoQuality::off; }
constexpr auto last(control::LayerMode) { return control::LayerMode::multiple_per_stream; }
constexpr auto last(control::DisconnectReason) {
  return control::DisconnectReason::connection_timeout;
}

// What each struct is made of, once for both directions. The bindings have to name every member, so
// that one which is added does not compile until it is here; then kCodecVersion rises too.

template <class T>
concept Empty = std::is_empty_v<T>;
void fields(auto&, Empty auto&) {}
void fields(auto& all, Is<control::RoomFinished> auto& e) {
  auto& [reason] = e;
  all(reason);
}
void fields(auto& all, Is<control::ClientInfo> auto& client) {
  auto& [protocol, client_protocol, capabilities, sdk, version, os, os_version, browser,
         browser_version, device_model] = client;
  all(protocol, client_protocol, capabilities, sdk, version, os, os_version, browser,
      browser_version, device_model);
}
void fields(auto& all, Is<control::ParticipantJoined> auto& e) {
  auto& [client] = e;
  all(client);
}
void fields(auto& all, Is<control::TransportMeasured::Media> auto& media) {
  auto& [send_lost, receive_lost, send_bps, receive_bps, jitter, mos_hundredths] = media;
  all(send_lost, receive_lost, send_bps, receive_bps, jitter, mos_hundredths);
}
void fields(auto& all, Is<control::TransportMeasured> auto& e) {
  auto& [rtt, audio, video, watched_s] = e;
  all(rtt, audio, video, watched_s);
}
void fields(auto& all, Is<control::EgressLayout> auto& layout) {
  auto& [type, priority, orientation, theme, quality, grid_size, scenery] = layout;
  all(type, priority, orientation, theme, quality, grid_size, scenery);
}
void fields(auto& all, Is<control::EgressScenery> auto& scenery) {
  auto& [colour, image, logo, logo_position] = scenery;
  all(colour, image, logo, logo_position);
}
void fields(auto& all, Is<control::EgressTarget> auto& target) {
  auto& [url, secret] = target;
  all(url, secret);
}
void fields(auto& all, Is<control::EgressOutput> auto& output) {
  auto& [id, type, state, target, path, name, object, upload_error, started_ms, ended_ms, bytes,
         duration_ms, retries, error] = output;
  all(id, type, state, target, path, name, object, upload_error, started_ms, ended_ms, bytes,
      duration_ms, retries, error);
}
void fields(auto& all, Is<control::EgressSubject> auto& subject) {
  auto& [identity, tracks] = subject;
  all(identity, tracks);
}
void fields(auto& all, Is<control::EgressCopy> auto& copy) {
  auto& [per_track, container, track, name] = copy;
  all(per_track, container, track, name);
}
void fields(auto& all, Is<control::EgressJob> auto& job) {
  auto& [id, kind, state, api_key, room, session, layout, audio_only, webm, subjects, copy, outputs,
         config, webhook_url, upload_url, created_ms, started_ms, ended_ms, width, height, restarts,
         degradation, error] = job;
  all(id, kind, state, api_key, room, session, layout, audio_only, webm, subjects, copy, outputs,
      config, webhook_url, upload_url, created_ms, started_ms, ended_ms, width, height, restarts,
      degradation, error);
}
void fields(auto& all, Is<control::EgressChanged> auto& e) {
  auto& [job, state_changed] = e;
  all(job, state_changed);
}
void fields(auto& all, Is<control::ParticipantLeft> auto& e) {
  auto& [reason, was_active, by_server_api] = e;
  all(reason, was_active, by_server_api);
}
void fields(auto& all, Is<control::ModeChanged> auto& e) {
  auto& [mode] = e;
  all(mode);
}
void fields(auto& all, Is<control::EntryAnswered> auto& e) {
  auto& [allowed, by] = e;
  all(allowed, by);
}
void fields(auto& all, Is<control::MediaRequested> auto& e) {
  auto& [source, by] = e;
  all(source, by);
}
void fields(auto& all, Is<control::FocusChanged> auto& e) {
  auto& [speaker, presenter, main] = e;
  all(speaker, presenter, main);
}
template <class T>
concept OfTrack =
    Is<T, control::TrackAdded> || Is<T, control::TrackRemoved> || Is<T, control::TrackMuteChanged>;
void fields(auto& all, OfTrack auto& e) {
  auto& [track] = e;
  all(track);
}
void fields(auto& all, Is<control::VideoLayer> auto& layer) {
  auto& [quality, width, height, bitrate, ssrc, repair_ssrc, spatial_layer, rid] = layer;
  all(quality, width, height, bitrate, ssrc, repair_ssrc, spatial_layer, rid);
}
void fields(auto& all, Is<control::TrackCodec> auto& c) {
  auto& [codec, red, mid, cid, sdp_cid, layers, mode] = c;
  all(codec, red, mid, cid, sdp_cid, layers, mode);
}
void fields(auto& all, Is<control::TrackDescription> auto& track) {
  auto& [sid, name, mid, stream, kind, source, muted, width, height, disable_dtx, stereo,
         disable_red, encryption, codecs, audio_features, backup_codec_policy] = track;
  all(sid, name, mid, stream, kind, source, muted, width, height, disable_dtx, stereo, disable_red,
      encryption, codecs, audio_features, backup_codec_policy);
}
void fields(auto& all, Is<control::Permissions> auto& p) {
  auto& [subscribe, publish, publish_data, update_metadata, metrics, hidden, recorder, agent,
         sources] = p;
  all(subscribe, publish, publish_data, update_metadata, metrics, hidden, recorder, agent, sources);
}
void fields(auto& all, Is<control::ParticipantSnapshot> auto& p) {
  auto& [sid, identity, name, metadata, state, version, joined_at_ms, permissions, is_publisher,
         kind, kind_details, attributes, disconnect_reason, client_protocol, capabilities, tracks] =
      p;
  all(sid, identity, name, metadata, state, version, joined_at_ms, permissions, is_publisher, kind,
      kind_details, attributes, disconnect_reason, client_protocol, capabilities, tracks);
}
void fields(auto& all, Is<control::RoomSnapshot> auto& room) {
  auto& [sid, name, metadata, empty_timeout, departure_timeout, max_participants, creation_time_ms,
         num_participants, num_publishers, active_recording] = room;
  all(sid, name, metadata, empty_timeout, departure_timeout, max_participants, creation_time_ms,
      num_participants, num_publishers, active_recording);
}
void fields(auto& all, Is<control::DomainEvent> auto& e) {
  auto& [api_key, room, participant, at_ms, what] = e;
  all(api_key, room, participant, at_ms, what);
}
void fields(auto& all, Is<Record::Session> auto& session) {
  auto& [id, started_ms] = session;
  all(id, started_ms);
}
void fields(auto& all, Is<Record> auto& record) {
  auto& [what, event, session, stream_started, stream_ended, in_history, id, number] = record;
  all(what, event, session, stream_started, stream_ended, in_history, id, number);
}

class Writer {
 public:
  void operator()(const auto&... each) { (put(each), ...); }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  template <std::integral T>
  void put(T v) {
    const auto raw = static_cast<std::make_unsigned_t<T>>(v);
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof v);
    put_be(bytes_, at, sizeof v, raw);
  }
  void put(bool v) { put(static_cast<std::uint8_t>(v)); }
  template <class E>
  requires std::is_enum_v<E>
  void put(E v) { put(static_cast<std::uint8_t>(v)); }
  void put(Duration v) { put(std::int64_t{v.count()}); }
  void put_count(std::size_t n) { put(static_cast<std::uint32_t>(n)); }
  void put(const std::string& text) {
    put_count(text.size());
    const Bytes raw = as_bytes(text);
    bytes_.insert(bytes_.end(), raw.begin(), raw.end());
  }
  template <class T>
  void put(const std::optional<T>& v) {
    put(v.has_value());
    if (v) put(*v);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put_count(list.size());
    for (const T& v : list) put(v);
  }
  void put(const control::Attributes& map) {
    put_count(map.size());
    for (const auto& [key, value] : map) (*this)(key, value);
  }
  void put(const control::SnapshotPtr& p) {
    put(p != nullptr);
    if (p) put(*p);
  }
  void put(const control::DomainEvent::What& what) {
    put(static_cast<std::uint8_t>(what.index()));
    std::visit([this](const auto& e) { put(e); }, what);
  }
  template <class T>
  requires std::is_class_v<T>
  void put(const T& v) { fields(*this, v); }

  std::vector<std::byte> bytes_;
};

class Reader {
 public:
  explicit Reader(Bytes bytes) : in_(bytes) {}
  void operator()(auto&... each) { (get(each), ...); }
  /// nullopt = well-formed.
  std::optional<RecordError> error() const {
    if (bad_value_) return RecordError::bad_value;
    if (!in_.ok()) return RecordError::too_short;
    return in_.left() > 0 ? std::optional(RecordError::trailing_bytes) : std::nullopt;
  }

 private:
  bool going_on() const { return in_.ok() && !bad_value_; }
  std::uint8_t up_to(std::uint8_t most) {
    const std::uint8_t v = in_.u8();
    if (v <= most) return v;
    bad_value_ = true;
    return 0;
  }
  template <std::integral T>
  void get(T& v) {
    if constexpr (sizeof v == 8)
      v = static_cast<T>(in_.u64());
    else
      v = static_cast<T>(in_.u32());
  }
  void get(bool& v) { v = up_to(1) == 1; }
  template <class E>
  requires std::is_enum_v<E>
  void get(E& v) { v = static_cast<E>(up_to(static_cast<std::uint8_t>(last(E{})))); }
  void get(Duration& v) { v = Duration(static_cast<std::int64_t>(in_.u64())); }
  void get(std::string& text) {
    const std::uint32_t size = in_.u32();
    text = as_text(in_.bytes(size));
  }
  template <class T>
  void get(std::optional<T>& v) {
    if (up_to(1) == 1) get(v.emplace());
  }
  /// Nothing is reserved for a count that somebody only claims.
  template <class T>
  void get(std::vector<T>& list) {
    const std::uint32_t count = in_.u32();
    for (std::uint32_t i = 0; i < count && going_on(); ++i) get(list.emplace_back());
  }
  void get(control::Attributes& map) {
    const std::uint32_t count = in_.u32();
    for (std::uint32_t i = 0; i < count && going_on(); ++i) {
      std::string key, value;
      (*this)(key, value);
      map[std::move(key)] = std::move(value);
    }
  }
  void get(control::SnapshotPtr& p) {
    if (up_to(1) == 0) return;
    auto snapshot = std::make_shared<control::ParticipantSnapshot>();
    get(*snapshot);
    p = std::move(snapshot);
  }
  void get(control::DomainEvent::What& what) {
    constexpr std::size_t kCount = std::variant_size_v<control::DomainEvent::What>;
    const std::size_t index = up_to(kCount - 1);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((index == I ? get(what.emplace<I>()) : void()), ...);
    }
    (std::make_index_sequence<kCount>());
  }
  template <class T>
  requires std::is_class_v<T>
  void get(T& v) { fields(*this, v); }

  ByteReader in_;
  bool bad_value_ = false;
};

bool has_codec(const control::TrackDescription& track) { return !track.codecs.empty(); }

template <class... T>
bool is_one_of(const control::DomainEvent::What& what) {
  return (std::holds_alternative<T>(what) || ...);
}

bool is_consistent(const Record& r) {
  const control::DomainEvent& e = r.event;
  const bool finishes = is_one_of<control::RoomFinished, control::RoomIdle>(e.what);
  const bool joins = is_one_of<control::ParticipantJoined>(e.what);
  const bool of_room =
      finishes ||
      is_one_of<control::RoomStarted, control::FocusChanged, control::EgressChanged>(e.what);
  if (!of_room && !e.participant) return false;
  if (r.what == Record::What::session_start && !joins) return false;
  if (r.what == Record::What::session_end && !finishes) return false;
  if (r.what != Record::What::event && r.session.id.empty()) return false;
  if (e.participant && !std::ranges::all_of(e.participant->tracks, has_codec)) return false;
  if (const auto* measured = std::get_if<control::TransportMeasured>(&e.what);
      measured && measured->watched_s.size() != control::kWatchedSides.size())
    return false;
  return std::visit(
      [](const auto& what) {
        if constexpr (requires { what.track; }) return has_codec(what.track);
        return true;
      },
      e.what);
}

}  // namespace

std::vector<std::byte> encode_record(const Record& record) {
  Writer writer;
  writer(record);
  return writer.take();
}

Result<Record, RecordError> parse_record(Bytes bytes) {
  Reader reader(bytes);
  Record record;
  reader(record);
  if (const auto error = reader.error()) return Err{*error};
  if (!is_consistent(record)) return Err{RecordError::contradiction};
  return record;
}

}  // namespace plenum::history
