#include "api/videosdk/egress_wish.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>

#include "api/videosdk/resources.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressOutput;

constexpr std::size_t kMaxConfigBytes = 16 * 1024, kMaxFolderBytes = 512;
constexpr std::uint64_t kMaxGridSize = 25;
constexpr std::size_t kMaxOutputs = 10, kMaxUrlBytes = 2048;

/// The kinds as people read them, and the client SDK's numbers and names (videosdk-api 5.8).
struct Words {
  const char* name;
  const char* code_prefix;
  int start_failed;
  const char* stopping_code;
  int stopping;
};
constexpr std::array kWords = {
    Words{"recording", "RECORDING", 4011, "PREV_RECORDING_PROCESSING", 4018},
    Words{"livestream", "LIVESTREAM", 4013, "PREV_RTMP_RECORDING_PROCESSING", 4019},
    Words{"HLS stream", "HLS", 4016, "PREV_HLS_STREAMING_PROCESSING", 4020},
    Words{"composite recording", "COMPOSITE_RECORDING", 4039, "PREV_RECORDING_PROCESSING", 4018},
    Words{"participant recording", "PARTICIPANT_RECORDING", 4011, "PREV_RECORDING_PROCESSING",
          4018},
    Words{"track recording", "TRACK_RECORDING", 4011, "PREV_RECORDING_PROCESSING", 4018},
};
const Words& words_of(EgressKind kind) { return kWords[static_cast<std::size_t>(kind)]; }

const json::value* given(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

template <int (*change)(int)>
std::string word_in(const json::object& object, std::string_view key, std::string otherwise) {
  std::string text = body_text(object, key);
  if (text.empty()) return otherwise;
  for (char& c : text) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return text;
}
constexpr auto upper_in = word_in<std::toupper>;
constexpr auto lower_in = word_in<std::tolower>;

Problem bad_outputs(std::string message) {
  return {400, "INVALID_LIVESTREAM_CONFIG", std::move(message), 4015};
}

/// rtmp[s]://host…, of characters that an address has.
bool is_rtmp_url(std::string_view url) {
  if (url.size() > kMaxUrlBytes) return false;
  const std::size_t at = url.find("://");
  const std::string_view scheme = url.substr(0, std::min(at, url.size()));
  if (scheme != "rtmp" && scheme != "rtmps") return false;
  const std::string_view rest = url.substr(at + 3);
  if (rest.empty() || rest.front() == '/' || rest.front() == ':') return false;
  return std::ranges::all_of(rest, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_stream_key(std::string_view key) {
  return !key.empty() && key.size() <= kMaxUrlBytes &&
         std::ranges::all_of(key, [](char c) { return c > 0x20 && c < 0x7f; });
}

Status<Problem> read_outputs(const json::object& body, EgressJob& out) {
  const json::value* outputs = given(body, "outputs");
  if (!outputs || outputs->as_array().empty())
    return Err{bad_outputs("body.outputs must have at least one output")};
  if (outputs->as_array().size() > kMaxOutputs)
    return Err{bad_outputs("body.outputs must have at most 10 outputs")};
  for (const json::value& output : outputs->as_array()) {
    std::string url = body_text(output.as_object(), "url");
    std::string key = body_text(output.as_object(), "streamKey");
    if (!is_rtmp_url(url))
      return Err{bad_outputs("body.outputs[].url must be an rtmp or rtmps URL")};
    while (key.starts_with('/')) key.erase(0, 1);
    if (!is_stream_key(key))
      return Err{bad_outputs("body.outputs[].streamKey must be text without spaces")};
    while (url.ends_with('/')) url.pop_back();
    EgressOutput& added = out.outputs.emplace_back();
    added.type = EgressOutput::Type::stream;
    added.target = {std::move(url), std::move(key)};
  }
  return Ok{};
}

Problem absent(std::string feature, std::string message) {
  Problem problem{501, "NOT_IMPLEMENTED", std::move(message)};
  problem.feature = std::move(feature);
  return problem;
}

/// What would be wrong to leave out silently.
Status<Problem> check_offered(const json::object& body) {
  if (given(body, "templateUrl")) {
    Problem problem =
        absent("templateUrl", "This server renders no web pages: leave templateUrl out");
    problem.code = "CUSTOM_TEMPLATE_UNSUPPORTED";
    return Err{std::move(problem)};
  }
  return Ok{};
}

/// Of a key in a bucket: plain parts, without a slash at its ends. nullopt: it is no such path.
std::optional<std::string> folder_from(std::string path) {
  while (path.starts_with('/')) path.erase(0, 1);
  while (path.ends_with('/')) path.pop_back();
  if (path.size() > kMaxFolderBytes) return std::nullopt;
  for (std::size_t at = 0; !path.empty() && at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = std::string_view(path).substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return std::nullopt;
    if (std::ranges::any_of(part,
                            [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; }))
      return std::nullopt;
    at = end + 1;
  }
  return path;
}

}  // namespace

Result<EgressJob, Problem> egress_wish(EgressKind kind, const json::object& body) {
  if (auto offered = check_offered(body); !offered) return Err{offered.error()};
  const json::value* config = given(body, "config");
  json::object kept = config ? config->as_object() : json::object();
  EgressJob job;
  job.kind = kind;
  job.layout = {.type = "GRID",
                .priority = "SPEAKER",
                .orientation = lower_in(kept, "orientation", "landscape"),
                .theme = "DEFAULT",
                .quality = lower_in(kept, "quality", "med")};
  if (job.layout.quality == "ultra") job.layout.quality = "high";
  change_layout(job.layout, kept);
  job.audio_only = lower_in(kept, "mode", "") == "audio";
  job.webm = body_text(body, "fileFormat") == "webm";
  job.webhook_url = body_text(body, "webhookUrl");
  if (kind == EgressKind::livestream) {
    if (auto outputs = read_outputs(body, job); !outputs) return Err{outputs.error()};
  } else {
    job.outputs.emplace_back().type =
        kind == EgressKind::hls ? EgressOutput::Type::segments : EgressOutput::Type::file;
  }
  for (const char* name : {"preSignedURL", "preSignedUrl"})
    if (std::string url = body_text(body, name); !url.empty()) job.upload_url = std::move(url);
  if (auto folder = keep_folder(body, kept); !folder) return Err{folder.error()};
  for (const char* name : {"resourceId", "onFailure", "recording"})
    if (const json::value* value = given(body, name)) kept[name] = *value;
  if (auto fits = keep_config(kept, job); !fits) return Err{fits.error()};
  return job;
}

std::string body_text(const json::object& body, std::string_view field) {
  const json::value* value = given(body, field);
  const json::string* text = value ? value->if_string() : nullptr;
  return text ? std::string(text->data(), text->size()) : std::string();
}

Status<Problem> keep_folder(const json::object& body, json::object& config) {
  for (const char* name : {"awsDirPath", "bucketDirPath", "dirPath"}) {
    const auto folder = folder_from(body_text(body, name));
    if (!folder)
      return Err{problems::invalid(std::string("body.") + name + " must be a plain path")};
    if (!folder->empty()) config["awsDirPath"] = *folder;
  }
  return Ok{};
}

Status<Problem> keep_config(const json::object& config, EgressJob& job) {
  job.config = json::serialize(config);
  if (job.config.size() > kMaxConfigBytes)
    return Err{problems::invalid("the configuration is too large")};
  return Ok{};
}

void change_layout(control::EgressLayout& layout, const json::object& config) {
  layout.theme = upper_in(config, "theme", layout.theme);
  if (const json::value* background = given(config, "background")) {
    layout.scenery.colour = body_text(background->as_object(), "color");
    layout.scenery.image = body_text(background->as_object(), "image");
  }
  if (const json::value* logo = given(config, "logo")) {
    layout.scenery.logo = body_text(logo->as_object(), "image");
    layout.scenery.logo_position = body_text(logo->as_object(), "position");
  }
  const json::value* wanted = given(config, "layout");
  if (!wanted) return;
  const json::object& given_layout = wanted->as_object();
  layout.type = upper_in(given_layout, "type", layout.type);
  layout.priority = upper_in(given_layout, "priority", layout.priority);
  if (const json::value* size = given(given_layout, "gridSize"))
    layout.grid_size =
        static_cast<std::uint32_t>(std::min(size->to_number<std::uint64_t>(), kMaxGridSize));
}

bool allows_parallel(EgressKind kind, const std::string& multi_composition) {
  if (kind == EgressKind::composite) return true;
  const char* name = kind == EgressKind::recording ? "recording"
                     : kind == EgressKind::hls     ? "hls"
                                                   : "rtmp";
  const json::value stored = stored_json(multi_composition);
  const json::value* set = stored.is_object() ? stored.get_object().if_contains(name) : nullptr;
  return set && set->is_bool() && set->get_bool();
}

namespace problems {

Problem no_live_session() {
  return {400, "NO_ACTIVE_SESSION", "Nobody is in the room: there is nothing to compose"};
}
Problem already_running(EgressKind kind) {
  const Words& words = words_of(kind);
  return {409, std::string(words.code_prefix) + "_ALREADY_RUNNING",
          std::string("A ") + words.name + " of this room is running", words.start_failed};
}
Problem still_stopping(EgressKind kind) {
  const Words& words = words_of(kind);
  return {409, words.stopping_code,
          std::string("The last ") + words.name + " of this room is still being closed",
          words.stopping};
}
Problem not_running(EgressKind kind) {
  const Words& words = words_of(kind);
  return {409, std::string(words.code_prefix) + "_NOT_RUNNING",
          std::string("This ") + words.name + " does not run"};
}
Problem no_capacity() {
  return {503, "NO_CAPACITY", "This server cannot compose another room now: try again later"};
}
Problem egress_not_found(EgressKind kind) {
  const Words& words = words_of(kind);
  return {404, std::string(words.code_prefix) + "_NOT_FOUND",
          std::string("There is no such ") + words.name};
}

}  // namespace problems
}  // namespace plenum::videosdk_api
