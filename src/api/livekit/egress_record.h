// What a job keeps of the request that started it: JSON in EgressJob::config, without secrets.
#pragma once
#include <google/protobuf/message.h>

#include <string>

#include "control/egress_job.h"
#include "proto/livekit_egress.pb.h"

namespace plenum::livekit_api {

/// `member`: the request's name in EgressInfo, e.g. "room_composite". `live_playlist`: what the
/// caller calls the list of the live edge, if anything.
std::string egress_record(const std::string& member, const google::protobuf::Message& request,
                          const std::string& live_playlist);

/// "" when there is none.
std::string live_playlist_of(const control::EgressJob& job);
/// Fills in the request as it was kept; for a job of another API one that asks for the same.
void show_request(const control::EgressJob& job, ::livekit::EgressInfo& out);

}  // namespace plenum::livekit_api
