#pragma once
#include <map>
#include <string>

namespace plenum::bench {

/// Looks a few hundred times a CPU second where the process is, and says in which library: the
/// share of the encoder, the decoders, the scaler and our own code. One at a time.
class Sampler {
 public:
  Sampler();
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// 0 to 1, by the name of the library's file without "lib" and version; "plenum" is our own.
  std::map<std::string, double> shares() const;
};

}  // namespace plenum::bench
