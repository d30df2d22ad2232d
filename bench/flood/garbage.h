#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/address.h"

namespace plenum::bench {

/// A stranger who knows the media port and nothing else: sends datagrams of every kind that the
/// server tells apart, from several addresses, and counts what comes back. Its bytes are made here
/// by hand, with no code of the server.
class Garbage {
 public:
  Garbage(const Address& victim, int packets_per_second);
  ~Garbage();
  Garbage(const Garbage&) = delete;
  Garbage& operator=(const Garbage&) = delete;

  void start();
  void stop();
  std::uint64_t sent() const { return sent_; }
  /// Datagrams that the server sent to the stranger: there must be none.
  std::uint64_t answers() const { return answers_; }

 private:
  static constexpr std::size_t kSources = 16;

  void make_mix();
  void run(const std::stop_token& stop);
  void send_burst(std::size_t source);

  Address victim_;
  int rate_;
  std::mt19937_64 random_{20261127};
  /// Bursts of datagrams of one size each: the kernel cuts them up, so that sending costs less than
  /// receiving.
  struct Burst {
    std::size_t datagram_size = 0;
    std::vector<std::byte> bytes;
  };
  std::vector<Burst> mix_;
  std::array<int, kSources> sockets_{};
  std::atomic<std::uint64_t> sent_{0}, answers_{0};
  std::jthread thread_;
};

}  // namespace plenum::bench
