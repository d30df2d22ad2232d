#include "egress/final_file_sink.h"

#include "egress/finalise.h"

namespace plenum::egress {

void FinalFileSink::run(PacketQueue& queue, const Streams& streams, const StatusReport& report) {
  SinkStatus last;
  sink_.run(queue, streams, [&](const SinkStatus& status) {
    last = status;
    if (status.state != SinkState::ended) report(status);
  });
  if (last.state != SinkState::ended) return;
  if (last.is_playable) {
    const auto finished = finalise(path_, audio_only_ ? Keep::audio : Keep::all, reserve_);
    if (finished) {
      last.bytes = finished->bytes;
      last.duration = finished->duration;
    } else {
      last.error = finished.error();
    }
  }
  report(last);
}

}  // namespace plenum::egress
