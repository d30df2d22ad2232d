#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/time.h"
#include "control/egress_worker.h"
#include "server/config.h"

namespace plenum::server {

/// How workers are started: `plenum-egress` and where it may write.
struct EgressProgram {
  std::filesystem::path executable, data_dir;
  /// How long a worker may take to close its outputs before it is killed.
  Duration patience = 30s;
  /// Streams may go to loopback and private addresses.
  bool allow_private = false;
  /// No file begins with less room on the disk; with a quarter of it left files end.
  std::uint64_t min_free_bytes = std::uint64_t{2} << 30;
  bool is_complete() const { return !executable.empty() && !data_dir.empty(); }
};

/// Beside this program; empty when it is not there.
std::filesystem::path find_egress_program();

/// That program as the operator wants it; incomplete when it is not there or there is no
/// data directory.
EgressProgram egress_program(const Config& config);

/// Starts a process for one job, speaks to it over two sockets (proto/egress.proto), and watches it
/// until it ends. nullptr: it cannot be started; the log says why. Control thread only.
std::unique_ptr<control::EgressWorker> spawn_egress(boost::asio::io_context& io,
                                                    const EgressProgram& program,
                                                    control::EgressWorker::Listener listener);

}  // namespace plenum::server
