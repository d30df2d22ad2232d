#pragma once
#include <stop_token>
#include <thread>
#include <vector>

#include "base/address.h"
#include "io/fd.h"
#include "report.h"

namespace plenum::bench {

/// Loopback sockets that stand for the receivers.
class Sinks {
 public:
  Sinks(int count, Sink kind);
  const std::vector<Address>& addresses() const { return addresses_; }

 private:
  void fill(int fd, const Address& address) const;
  void drain(const std::stop_token& stop) const;

  std::vector<io::Fd> sockets_;
  std::vector<Address> addresses_;
  std::jthread drain_;  // ends before the sockets do
};

}  // namespace plenum::bench
