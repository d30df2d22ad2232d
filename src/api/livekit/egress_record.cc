#include "api/livekit/egress_record.h"

#include <google/protobuf/util/json_util.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <memory>

#include "api/livekit/egress_encoding.h"
#include "api/livekit/stream_url.h"

namespace plenum::livekit_api {
namespace {

namespace json = boost::json;
namespace pb = ::livekit;
namespace proto = google::protobuf;
using control::EgressJob;
using control::EgressOutput;

constexpr const char* kMember = "type";
/// History knows by it that the job is this API's.
constexpr const char* kRequest = "livekit";
constexpr const char* kLivePlaylist = "livePlaylist";

/// Stream keys and keys that sign, wherever in the message. Storage was refused before.
void mask(proto::Message& message) {
  if (message.GetDescriptor() == pb::StreamOutput::descriptor()) {
    for (std::string& url : *static_cast<pb::StreamOutput&>(message).mutable_urls())
      url = masked_url(url);
    return;
  }
  if (message.GetDescriptor() == pb::WebhookConfig::descriptor()) {
    static_cast<pb::WebhookConfig&>(message).clear_signing_key();
    return;
  }
  const proto::Reflection& fields = *message.GetReflection();
  std::vector<const proto::FieldDescriptor*> set;
  fields.ListFields(message, &set);
  for (const proto::FieldDescriptor* field : set) {
    if (field->cpp_type() != proto::FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) continue;
    if (!field->is_repeated()) {
      mask(*fields.MutableMessage(&message, field));
      continue;
    }
    for (int i = 0; i < fields.FieldSize(message, field); ++i)
      mask(*fields.MutableRepeatedMessage(&message, field, i));
  }
}

json::object config_of(const EgressJob& job) {
  json::error_code ec;
  json::value value = json::parse(job.config, ec);
  return ec || !value.is_object() ? json::object() : std::move(value.get_object());
}

std::string text(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  const json::string* found = value ? value->if_string() : nullptr;
  return found ? std::string(found->data(), found->size()) : std::string();
}

/// What would have started the job.
pb::RoomCompositeEgressRequest request_for(const EgressJob& job) {
  pb::RoomCompositeEgressRequest out;
  out.set_room_name(job.room);
  out.set_layout(layout_name(job.layout));
  out.set_audio_only(job.audio_only);
  out.set_preset(preset_of(job.layout));
  for (const EgressOutput& output : job.outputs) {
    if (output.type == EgressOutput::Type::stream) {
      if (out.stream_outputs().empty()) out.add_stream_outputs()->set_protocol(pb::RTMP);
      out.mutable_stream_outputs(0)->add_urls(masked_url(output.target));
    } else if (output.type == EgressOutput::Type::segments) {
      out.add_segment_outputs()->set_playlist_name(output.name);
    } else if (out.file_outputs().empty()) {
      out.add_file_outputs()->set_filepath(output.name);
    }
  }
  return out;
}

}  // namespace

std::string egress_record(const std::string& member, const proto::Message& request,
                          const std::string& live_playlist) {
  const std::unique_ptr<proto::Message> shown(request.New());
  shown->CopyFrom(request);
  mask(*shown);
  std::string text;
  json::object out{{kMember, member}};
  if (proto::util::MessageToJsonString(*shown, &text).ok()) out[kRequest] = json::parse(text);
  if (!live_playlist.empty()) out[kLivePlaylist] = live_playlist;
  return json::serialize(out);
}

std::string live_playlist_of(const EgressJob& job) { return text(config_of(job), kLivePlaylist); }

void show_request(const EgressJob& job, pb::EgressInfo& out) {
  const json::object config = config_of(job);
  const json::value* kept = config.if_contains(kRequest);
  const proto::FieldDescriptor* member =
      pb::EgressInfo::descriptor()->FindFieldByName(text(config, kMember));
  if (kept && member && member->cpp_type() == proto::FieldDescriptor::CPPTYPE_MESSAGE &&
      !member->is_repeated()) {
    const std::string request = json::serialize(*kept);
    proto::Message& message = *out.GetReflection()->MutableMessage(&out, member);
    if (proto::util::JsonStringToMessage(request, &message).ok()) return;
  }
  if (job.kind == control::EgressKind::participant) {
    out.mutable_participant()->set_room_name(job.room);
    out.mutable_participant()->set_identity(job.subjects.front().identity);
  } else if (job.kind == control::EgressKind::track) {
    out.mutable_track()->set_room_name(job.room);
  } else {
    *out.mutable_room_composite() = request_for(job);
  }
}

}  // namespace plenum::livekit_api
