#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/egress_jobs.h"
#include "history/write.h"
#include "io/fd.h"
#include "store/store.h"

namespace plenum::server {

/// The recordings and streams that a crash of this server left, beside the new run: waits for
/// their workers, which close their files when the server goes, makes final what a worker could
/// not, and only then ends the jobs in the store, so that webhooks and uploads have their files.
/// Lives on the control thread.
class AbandonedJobs {
 public:
  struct Surroundings {
    history::NodeName node;
    history::Audience audience;
    std::filesystem::path data_dir;
    /// As EgressJobs has it; also of a stream's folder. Empty: this server composes nothing, and
    /// files stay as they are.
    std::function<void(const std::string& path,
                       std::function<void(std::optional<control::EgressJobs::Recovered>)>)>
        recover;
    /// The store has news for those who send and upload.
    std::function<void()> written;
  };

  /// `store` must outlive it, and it whatever runs `io`.
  AbandonedJobs(boost::asio::io_context& io, store::Store& store, Surroundings around);

  /// Once, before this run has jobs of its own. What is left when the server ends is found again
  /// at its next start. Throws StoreError.
  void begin();

 private:
  using Recovered = std::optional<control::EgressJobs::Recovered>;

  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> finish(control::EgressJob& job);
  boost::asio::awaitable<bool> wait_for_worker(const control::EgressJob& job,
                                               std::vector<io::Fd>& held);
  boost::asio::awaitable<void> save(control::EgressOutput& output);
  boost::asio::awaitable<Recovered> recover(std::string path);
  boost::asio::awaitable<void> end(const control::EgressJob& job);
  boost::asio::awaitable<void> pause(Duration time);
  void add_unknown_files(control::EgressJob& job) const;

  boost::asio::io_context& io_;
  store::Store& store_;
  const Surroundings around_;
  std::deque<control::EgressJob> waiting_;
};

}  // namespace plenum::server
