// What a start call asks for that records some of a room's participants (videosdk-api 3.6), as
// control takes it: one by copying what it sends, or up to all in one picture.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "api/videosdk/problem.h"
#include "base/result.h"
#include "control/egress_job.h"
#include "control/types.h"

namespace plenum::videosdk_api {

/// Participants of a composite whose call names none.
inline constexpr std::size_t kComposedUnasked = 3;

/// "audio", "video", "screen_audio" or "screen_video"; of a whole participant "audio_video".
std::string copied_kind(const control::EgressJob& job);

/// What such a job copies, and therefore what tells it from others in the room. `body` has been
/// validated.
control::EgressSubject copied_subject(control::EgressKind kind, const boost::json::object& body);

/// For the kinds `participant` and `track`; `body` has been validated, `who` is the participant it
/// names. The job's key and room are not set.
Result<control::EgressJob, Problem> copy_wish(control::EgressKind kind,
                                              const boost::json::object& body,
                                              const control::ParticipantSnapshot& who);

/// The same for a composite; `present`: who is in the room, in order of joining.
Result<control::EgressJob, Problem> composite_wish(const boost::json::object& body,
                                                   const std::vector<std::string>& present);

/// What the stored configuration of jobs begins with that copy this participant, for filtering.
std::string copied_prefix(const std::string& participant_id);

}  // namespace plenum::videosdk_api
