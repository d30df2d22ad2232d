#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "egress/picture.h"
#include "proto/egress.pb.h"

namespace plenum::egress {

/// Writes pictures of a job into its folder, on a thread of its own: an image takes longer than a
/// frame may. The class is for one thread.
class SnapshotWriter {
 public:
  /// Each holds a picture. What is asked for beyond them is refused.
  static constexpr std::size_t kMaxWaiting = 8;

  /// `directory` is absolute and exists. `on_done` is called on any thread when take_done() has
  /// something; must not block.
  SnapshotWriter(std::string directory, std::function<void()> on_done);
  /// Waits for the one that is being written; others are dropped.
  ~SnapshotWriter();
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;

  /// Takes a copy of the picture, of even size. Whatever is wrong with what is asked for comes back
  /// by take_done().
  void write(const pb::Snapshot& what, const PictureView& picture);
  /// What is done or refused since the last call.
  std::vector<pb::SnapshotDone> take_done();
  /// Everything asked for has been taken by take_done().
  bool is_idle() const { return asked_ == taken_; }

 private:
  struct Job {
    pb::Snapshot what;
    Picture picture;
    pb::SnapshotDone done;
  };

  void run(const std::stop_token& stop);
  void finish(Job& job) const;

  const std::string directory_;
  const std::function<void()> on_done_;
  std::uint64_t asked_ = 0, taken_ = 0;
  std::mutex mutex_;  // of the two below
  std::deque<Job> waiting_;
  std::vector<pb::SnapshotDone> done_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // since the first picture; last: joined before what it uses goes
};

}  // namespace plenum::egress
