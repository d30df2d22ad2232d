#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/fd.h"
#include "storage/s3_client.h"

/// What lies on the disk to be uploaded.
namespace plenum::storage {

struct LocalFile {
  /// Below the path that was asked for; empty when that is the file itself.
  std::string name{};
  std::uint64_t bytes = 0;
};

/// The file at `path`, or the files of the folder there in the order in which readers can follow:
/// playlists after what they name, the first playlist ("index", "master") last. Links are not
/// followed. The error is for people.
Result<std::vector<LocalFile>, std::string> list_files(const std::string& path);
/// Empty when it cannot be opened; no link is followed in its last part.
io::Fd open_file(const std::string& path, const std::string& name);
/// The bytes from `offset` on; the result is shorter than `bytes` when the file is.
std::string read_range(int file, std::uint64_t offset, std::uint64_t bytes);
/// With all that is in it, if it is a folder. True when nothing is left.
bool delete_local(const std::string& path);
/// A folder that still holds something stays.
void delete_if_empty(const std::string& folder);

/// By the name's ending. `in_folder`: of a stream, whose playlists change while its segments never
/// do; single files carry no rule for caches.
ObjectKind kind_of_file(std::string_view name, bool in_folder);

}  // namespace plenum::storage
