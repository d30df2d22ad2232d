#pragma once
#include <filesystem>

#include "control/egress_worker.h"
#include "proto/egress.pb.h"
#include "server/egress_process.h"

/// Control's words for composition workers as messages of proto/egress.proto, and back.
namespace plenum::server {

egress::pb::ToWorker start_message(const control::EgressJob& job, const EgressProgram& program);
egress::pb::ToWorker room_message(const control::EgressScene& scene);
egress::pb::ToWorker layout_message(const control::EgressLayout& layout);
egress::pb::ToWorker add_output_message(const control::EgressOutput& output,
                                        const std::filesystem::path& data_dir);
egress::pb::ToWorker end_output_message(const std::string& id);
egress::pb::ToWorker snapshot_message(const control::EgressSnapshot& snapshot);
egress::pb::ToWorker stop_message();

control::EgressReport::Snapshot snapshot_of(const egress::pb::SnapshotDone& message);
control::EgressReport::Wanted wanted_of(const egress::pb::Wanted& message);
std::vector<control::EgressReport::Output> outputs_of(
    const google::protobuf::RepeatedPtrField<egress::pb::OutputStatus>& outputs);

}  // namespace plenum::server
