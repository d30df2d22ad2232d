#pragma once
#include <vector>

#include "base/address.h"

namespace plenum::bench {

/// Loopback sockets whose receive queues are full: the sender pays for the whole path of a packet
/// but wakes nobody.
class FullSinks {
 public:
  explicit FullSinks(int count);
  ~FullSinks();
  FullSinks(const FullSinks&) = delete;
  FullSinks& operator=(const FullSinks&) = delete;
  const std::vector<Address>& addresses() const { return addresses_; }

 private:
  std::vector<int> sockets_;
  std::vector<Address> addresses_;
};

}  // namespace plenum::bench
