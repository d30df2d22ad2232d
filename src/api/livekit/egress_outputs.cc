#include "api/livekit/egress_outputs.h"

#include <utility>

#include "api/livekit/stream_url.h"

namespace plenum::livekit_api {
namespace {

namespace pb = ::livekit;
using control::EgressOutput;
using twirp::Code;
using twirp::Error;

Err<Error> invalid(const char* text) { return Err{Error{Code::invalid_argument, text}}; }
Err<Error> absent(const char* text) { return Err{Error{Code::unimplemented, text}}; }

Status<Error> add_file(const pb::EncodedFileOutput& asked, const PathFacts& facts,
                       EgressOutputs& out) {
  if (asked.file_type() != pb::DEFAULT_FILETYPE && asked.file_type() != pb::MP4)
    return absent("files are MP4 only");
  auto name = egress_path(asked.filepath(), ".mp4", facts);
  if (!name) return Err{name.error()};
  out.outputs.emplace_back().name = std::move(*name);
  return Ok{};
}

Status<Error> add_segments(const pb::SegmentedFileOutput& asked, const PathFacts& facts,
                           EgressOutputs& out) {
  if (const auto prefix = egress_path(asked.filename_prefix(), "", facts); !prefix)
    return Err{prefix.error()};
  auto name =
      egress_path(asked.playlist_name().empty() ? asked.filename_prefix() : asked.playlist_name(),
                  ".m3u8", facts);
  if (!name) return Err{name.error()};
  if (!asked.live_playlist_name().empty()) {
    auto live = egress_path(asked.live_playlist_name(), ".m3u8", facts);
    if (!live) return Err{live.error()};
    out.live_playlist = std::move(*live);
  }
  EgressOutput& output = out.outputs.emplace_back();
  output.type = EgressOutput::Type::segments;
  output.name = std::move(*name);
  return Ok{};
}

Status<Error> add_streams(const pb::StreamOutput& asked, EgressOutputs& out) {
  if (asked.protocol() != pb::DEFAULT_PROTOCOL && asked.protocol() != pb::RTMP)
    return absent("streams are RTMP only");
  if (asked.urls().empty()) return invalid("a stream output has no urls");
  for (const std::string& url : asked.urls()) {
    auto target = stream_target(url);
    if (!target) return Err{target.error()};
    EgressOutput& output = out.outputs.emplace_back();
    output.type = EgressOutput::Type::stream;
    output.target = std::move(*target);
  }
  return Ok{};
}

}  // namespace

Result<EgressOutputs, Error> egress_outputs(const AskedOutputs& asked, const PathFacts& facts) {
  if (asked.storage)
    return absent("storage of the caller's is not offered: uploads are configured at the server");
  if (asked.images) return absent("images are not offered");
  if (asked.files.size() > 1) return invalid("multiple file outputs");
  if (asked.segments.size() > 1) return invalid("multiple segmented file outputs");
  EgressOutputs out;
  for (const auto& file : asked.files)
    if (auto added = add_file(file, facts, out); !added) return Err{added.error()};
  for (const auto& segments : asked.segments)
    if (auto added = add_segments(segments, facts, out); !added) return Err{added.error()};
  for (const auto& stream : asked.streams)
    if (auto added = add_streams(stream, out); !added) return Err{added.error()};
  if (out.outputs.empty()) return invalid("the request has no output");
  return out;
}

}  // namespace plenum::livekit_api
