#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "egress/copy_container.h"
#include "egress/file_keeper.h"
#include "egress/manifest.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// The files of a copying job: their names, what the manifest says of them, and what the server is
/// told. For one thread; what waits for the disk is done on another.
class CopyFiles {
 public:
  struct Options {
    /// Absolute; exists.
    std::string folder{};
    /// A plain name; the manifest is called so.
    std::string name{};
    /// Microseconds since 1970, of the job's start.
    std::int64_t started_unix_us = 0;
    /// Called on any thread when take_changes() has something to do; must not block.
    std::function<void()> wake{};
  };
  /// How many a job may have: one message to the server tells of all of them. Of these the last are
  /// left for what no file can go on with.
  static constexpr std::size_t kMost = 500, kMostByChoice = 300;

  explicit CopyFiles(Options options);

  /// A new file, whose name begins with `base`; which of them, for the calls below. Its name is
  /// that of no file that is there. Throws std::runtime_error when there are too many.
  std::size_t add(const std::string& base, Container container, ManifestFile entry);
  /// Whether one more may be made without need.
  bool has_room() const { return files_.size() < kMostByChoice; }
  std::string path(std::size_t id) const { return options_.folder + "/" + entry(id).file; }
  ManifestFile& entry(std::size_t id) { return files_.at(id).entry; }
  const ManifestFile& entry(std::size_t id) const { return files_.at(id).entry; }
  /// Nothing more is written to it. `is_whole` false: its end may be torn, for the reason given.
  void close(std::size_t id, bool is_whole, const std::string& error = "");
  /// There is no such file, and this is why.
  void refuse(const std::string& base, const std::string& error);

  /// Something that the manifest says is another now, apart from how far its files are.
  void touch() { is_stale_ = true; }
  bool is_stale() const { return is_stale_; }

  /// What the disk has done; true: there is news for the server.
  bool take_changes();
  void write_manifest(Duration duration, bool ended);
  /// All that was asked for is on the disk.
  bool idle() const { return keeper_.idle(); }

  std::vector<pb::OutputStatus> status() const;
  bool empty() const { return files_.empty(); }
  /// Of the first one that failed; empty: there is none.
  std::string error() const;
  std::string manifest_error() const { return keeper_.manifest_error(); }

 private:
  struct File {
    ManifestFile entry{};
    Container container{};
    pb::OutputStatus::State state = pb::OutputStatus::LIVE;
    std::string error{};
  };
  struct Refusal {
    std::string id{}, error{};
  };

  bool is_taken(const std::string& name) const;
  pb::OutputStatus status_of(const File& file) const;

  const Options options_;
  std::vector<File> files_;
  std::vector<Refusal> refusals_;
  bool is_stale_ = true;
  FileKeeper keeper_;
};

}  // namespace plenum::egress
