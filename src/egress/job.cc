#include "egress/job.h"

namespace plenum::egress {

void Job::handle_control(Bytes message, TimePoint now) {
  pb::ToWorker first;
  if (!is_chosen_ && first.ParseFromArray(message.data(), static_cast<int>(message.size())) &&
      first.has_start()) {
    is_chosen_ = true;
    if (first.start().has_copy() && !finished()) {
      if (prepare_) prepare_(first.start());
      worker_.emplace<CopyWorker>(unix_offset_, wake_, free_bytes_);
    }
  }
  std::visit([&](auto& w) { w.handle_control(message, now); }, worker_);
}

}  // namespace plenum::egress
