#include "api/http/body_budget.h"

namespace plenum::http {

bool BodyBudget::Share::resize(std::size_t bytes) {
  if (bytes == bytes_) return true;
  std::size_t& of_client = budget_.by_client_[client_];
  const std::size_t total = budget_.used_bytes_ - bytes_ + bytes;
  const std::size_t clients = of_client - bytes_ + bytes;
  const bool fits = total <= budget_.max_bytes_ && clients <= budget_.max_bytes_per_client_;
  if (fits || bytes < bytes_) {
    budget_.used_bytes_ = total;
    of_client = clients;
    bytes_ = bytes;
  }
  if (of_client == 0) budget_.by_client_.erase(client_);
  return bytes_ == bytes;
}

}  // namespace plenum::http
