#include "egress/manifest.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <optional>

#include "egress/plain_name.h"
#include "egress/wall_time.h"

namespace plenum::egress {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> kSources{"camera", "microphone", "screen",
                                                   "screen_audio"};
constexpr std::array kCodecs{codec::Codec::opus, codec::Codec::vp8, codec::Codec::vp9,
                             codec::Codec::h264, codec::Codec::av1};
constexpr std::int64_t kMaxMs = std::int64_t{366} * 24 * 3600 * 1000;
constexpr std::int64_t kMaxSize = 16'384;
/// The year 9999, the last that ISO 8601 can say.
constexpr std::int64_t kMaxUnixUs = 253'402'300'799'999'999;

json::object object_of(const ManifestStream& s) {
  const bool is_video = kind_of(s.source) == MediaKind::video;
  json::object out{{"source", egress::word(s.source)},
                   {"kind", is_video ? "video" : "audio"},
                   {"codec", codec::name(s.codec)}};
  if (is_video) {
    out["width"] = s.width;
    out["height"] = s.height;
  }
  json::array& muted = out.emplace("muted", json::array()).first->value().as_array();
  for (const Interval& i : s.muted)
    muted.push_back(json::object{{"from_us", i.from.count()}, {"to_us", i.to.count()}});
  return out;
}

json::object object_of(const ManifestFile& f, std::int64_t started_unix_us) {
  json::array streams;
  for (const ManifestStream& s : f.streams) streams.push_back(object_of(s));
  return {{"file", f.file},
          {"identity", f.identity},
          {"name", f.name},
          {"started_at", iso_time(started_unix_us + f.start.count())},
          {"start_us", f.start.count()},
          {"duration_ms", f.duration / 1ms},
          {"bytes", f.bytes},
          {"final", f.is_final},
          {"streams", std::move(streams)}};
}

/// What parse_manifest() finds wrong, which is a member's name.
struct Wrong {
  std::string_view what;
};

/// The members of an object, taken by name. Throws Wrong.
class Members {
 public:
  Members(const json::value& value, std::string_view what)
      : object_(value.if_object()), what_(what) {
    if (!object_) throw Wrong{what};
  }

  std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most) {
    json::error_code ec;
    const auto n = take(name).to_number<std::int64_t>(ec);
    if (ec || n < least || n > most) throw Wrong{name};
    return n;
  }
  bool flag(std::string_view name) {
    const bool* value = take(name).if_bool();
    if (!value) throw Wrong{name};
    return *value;
  }
  std::string text(std::string_view name) {
    const json::string* value = take(name).if_string();
    if (!value || value->size() > Manifest::kMaxText) throw Wrong{name};
    return std::string(*value);
  }
  const json::array& list(std::string_view name, std::size_t most) {
    const json::array* value = take(name).if_array();
    if (!value || value->size() > most) throw Wrong{name};
    return *value;
  }
  /// There is nothing else.
  void end() const {
    if (taken_ != object_->size()) throw Wrong{what_};
  }

 private:
  const json::value& take(std::string_view name) {
    const json::value* value = object_->if_contains(name);
    if (!value) throw Wrong{name};
    ++taken_;
    return *value;
  }

  const json::object* object_;
  std::string_view what_;
  std::size_t taken_ = 0;
};

std::vector<Interval> intervals_from(const json::array& list) {
  std::vector<Interval> out;
  for (const json::value& value : list) {
    Members m(value, "muted");
    const Duration from(m.number("from_us", 0, kMaxMs * 1000));
    const Duration to(m.number("to_us", 0, kMaxMs * 1000));
    m.end();
    if (to <= from || (!out.empty() && from <= out.back().to)) throw Wrong{"muted"};
    out.push_back({.from = from, .to = to});
  }
  return out;
}

ManifestStream stream_from(const json::value& value) {
  Members m(value, "streams");
  ManifestStream s;
  const auto source = std::ranges::find(kSources, m.text("source"));
  if (source == kSources.end()) throw Wrong{"source"};
  s.source = static_cast<TrackSource>(source - kSources.begin());
  const bool is_video = kind_of(s.source) == MediaKind::video;
  if (m.text("kind") != (is_video ? "video" : "audio")) throw Wrong{"kind"};
  const std::string name = m.text("codec");
  const auto codec = std::ranges::find_if(kCodecs, [&](auto c) { return codec::name(c) == name; });
  if (codec == kCodecs.end() || codec::kind(*codec) != kind_of(s.source)) throw Wrong{"codec"};
  s.codec = *codec;
  if (is_video) {
    s.width = static_cast<int>(m.number("width", 1, kMaxSize));
    s.height = static_cast<int>(m.number("height", 1, kMaxSize));
  }
  s.muted = intervals_from(m.list("muted", Manifest::kMaxIntervals));
  m.end();
  return s;
}

ManifestFile file_from(const json::value& value) {
  Members m(value, "files");
  ManifestFile f;
  f.file = m.text("file");
  if (!is_plain_name(f.file)) throw Wrong{"file"};
  f.identity = m.text("identity");
  f.name = m.text("name");
  m.text("started_at");
  f.start = Duration(m.number("start_us", 0, kMaxMs * 1000));
  f.duration = m.number("duration_ms", 0, kMaxMs) * 1ms;
  f.bytes =
      static_cast<std::uint64_t>(m.number("bytes", 0, std::numeric_limits<std::int64_t>::max()));
  f.is_final = m.flag("final");
  for (const json::value& stream : m.list("streams", 2)) f.streams.push_back(stream_from(stream));
  m.end();
  if (f.streams.empty() ||
      (f.streams.size() == 2 && kind_of(f.streams[0].source) == kind_of(f.streams[1].source)))
    throw Wrong{"streams"};
  return f;
}

Manifest manifest_from(const json::value& value) {
  Members m(value, "manifest");
  m.number("version", Manifest::kVersion, Manifest::kVersion);
  Manifest out;
  m.text("started_at");
  out.started_unix_us = m.number("started_unix_us", 0, kMaxUnixUs);
  out.ended = m.flag("ended");
  out.duration = m.number("duration_ms", 0, kMaxMs) * 1ms;
  for (const json::value& file : m.list("files", Manifest::kMaxFiles))
    out.files.push_back(file_from(file));
  m.end();
  return out;
}

}  // namespace

std::string_view word(TrackSource source) { return kSources[static_cast<std::size_t>(source)]; }

std::string to_json(const Manifest& manifest) {
  json::array files;
  for (const ManifestFile& f : manifest.files)
    files.push_back(object_of(f, manifest.started_unix_us));
  return json::serialize(json::object{{"version", Manifest::kVersion},
                                      {"started_at", iso_time(manifest.started_unix_us)},
                                      {"started_unix_us", manifest.started_unix_us},
                                      {"ended", manifest.ended},
                                      {"duration_ms", manifest.duration / 1ms},
                                      {"files", std::move(files)}});
}

Result<Manifest, std::string> parse_manifest(std::string_view text) {
  if (text.size() > Manifest::kMaxBytes) return Err{std::string("the manifest is too large")};
  json::error_code ec;
  const json::value value = json::parse(text, ec, {}, {.max_depth = 8});
  if (ec) return Err{"the manifest is not JSON: " + ec.message()};
  try {
    return manifest_from(value);
  } catch (const Wrong& wrong) {
    return Err{"the manifest is wrong: " + std::string(wrong.what)};
  }
}

}  // namespace plenum::egress
