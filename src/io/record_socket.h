#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "io/fd.h"

/// Connected pairs of local sockets that keep records apart and in order (unix(7), SOCK_SEQPACKET):
/// between this process and one that it starts.
namespace plenum::io {

struct RecordPair {
  /// Non-blocking, and closed in programs that are started.
  Fd ours;
  /// Blocking, and closed there as well unless it is passed on.
  Fd theirs;
};
/// Throws std::system_error.
RecordPair make_record_pair();

/// One record in two parts. False: it does not fit now, or nobody reads any more. Does not wait.
bool send_record(int socket, Bytes first, Bytes second = {});

/// The next record, of at most `max` bytes. Empty: the other end is closed. nullopt: none waits.
std::optional<std::vector<std::byte>> receive_record(int socket, std::size_t max);

}  // namespace plenum::io
