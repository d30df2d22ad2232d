// How much of request bodies a server holds at once. Bodies are read before anybody knows whose
// they are, so strangers choose how many there are and how large. Pure; sees one server.
#pragma once
#include <cstddef>
#include <unordered_map>

#include "base/address.h"

namespace plenum::http {

class BodyBudget {
 public:
  BodyBudget(std::size_t max_bytes, std::size_t max_bytes_per_client)
      : max_bytes_(max_bytes), max_bytes_per_client_(max_bytes_per_client) {}

  /// What one request has of the budget until it ends. The budget must outlive it.
  class Share {
   public:
    /// `client`: Address::network of it.
    Share(BodyBudget& budget, const Address& client) : budget_(budget), client_(client) {}
    ~Share() { static_cast<void>(resize(0)); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// False: so much is not left, and the share stays as it was. Less is always granted.
    [[nodiscard]] bool resize(std::size_t bytes);

   private:
    BodyBudget& budget_;
    Address client_;
    std::size_t bytes_ = 0;
  };

  std::size_t used_bytes() const { return used_bytes_; }

 private:
  std::size_t max_bytes_, max_bytes_per_client_;
  std::size_t used_bytes_ = 0;
  std::unordered_map<Address, std::size_t> by_client_;
};

}  // namespace plenum::http
