#include "server/abandoned_jobs.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <memory>
#include <utility>

#include "api/videosdk/media_links.h"
#include "api/videosdk/store_call.h"
#include "base/log.h"
#include "control/egress_outputs.h"
#include "history/egress_rows.h"
#include "io/clock.h"
#include "store/error.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using control::EgressJob;
using control::EgressOutput;

/// Of each kind, of all nodes that share the store.
constexpr std::int64_t kMostJobs = 1000;
/// Recovery is as fast as the disk, which calls need not.
constexpr int kAtOnce = 2;
constexpr Duration kLook = 100ms, kStoreRetry = 2s;
/// A worker may have to copy an hour's file. One that takes longer hangs.
constexpr Duration kPatience = 10min;

/// Whether nobody holds the folder (egress/job_folders.h). Then it is held from now on, so that
/// another server waits for what is done here.
bool take_over(const io::Fd& folder) {
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) return false;
  ::flock(folder.get(), LOCK_SH);
  return true;
}

/// What people read who look for it.
std::string name_of(const EgressJob& job) {
  return std::string(egress_kind_name(job.kind)) + " " + job.id;
}

}  // namespace

AbandonedJobs::AbandonedJobs(asio::io_context& io, store::Store& store, Surroundings around)
    : io_(io), store_(store), around_(std::move(around)) {}

void AbandonedJobs::begin() {
  store_.run([&](store::Database& db) {
    const auto jobs = history::take_abandoned(db, around_.node, kMostJobs);
    waiting_.assign(jobs.begin(), jobs.end());
  });
  for (int i = 0; i < kAtOnce; ++i) asio::co_spawn(io_, work(), asio::detached);
}

asio::awaitable<void> AbandonedJobs::work() {
  while (!waiting_.empty()) {
    EgressJob job = std::move(waiting_.front());
    waiting_.pop_front();
    std::vector<io::Fd> held;
    const bool is_left = co_await wait_for_worker(job, held);
    if (!is_left) {
      log::error("{} still has a worker of the last run: it is left to the next start",
                 name_of(job));
      continue;
    }
    co_await finish(job);
  }
}

asio::awaitable<bool> AbandonedJobs::wait_for_worker(const EgressJob& job,
                                                     std::vector<io::Fd>& held) {
  std::vector<std::string> folders{job.folder()};
  for (const EgressOutput& o : job.outputs)
    if (o.type == EgressOutput::Type::segments) folders.push_back(o.path);
  const TimePoint last = io::now() + kPatience;
  for (const std::string& folder : folders) {
    io::Fd fd(::open((around_.data_dir / folder).c_str(),
                     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd) continue;  // nothing was written there
    while (!take_over(fd)) {
      if (io::now() >= last) co_return false;
      co_await pause(kLook);
    }
    held.push_back(std::move(fd));
  }
  co_return true;
}

asio::awaitable<void> AbandonedJobs::finish(EgressJob& job) {
  add_unknown_files(job);
  for (EgressOutput& output : job.outputs)
    if (!output.is_over() && !output.path.empty()) co_await save(output);
  history::conclude_abandoned(job);
  co_await end(job);
  log::info("{} of the last run ended as {}, with {} bytes", name_of(job),
            egress_state_name(job.state), job.bytes());
  if (around_.written) around_.written();
}

/// What the worker began in its last second, of which the store does not know.
void AbandonedJobs::add_unknown_files(EgressJob& job) const {
  std::vector<std::string> names;
  std::error_code ec;  // no folder, no files
  for (fs::directory_iterator at(around_.data_dir / job.folder(), ec), end; !ec && at != end;
       at.increment(ec)) {
    std::string name = at->path().filename().string();
    std::error_code unreadable;
    if (videosdk_api::is_recording_name(name) && !name.ends_with(".json") &&
        fs::is_regular_file(at->symlink_status(unreadable)))
      names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  for (const std::string& name : names) control::add_found(job, name);
}

asio::awaitable<void> AbandonedJobs::save(EgressOutput& output) {
  std::error_code ec;
  const bool is_there = fs::exists(fs::symlink_status(around_.data_dir / output.path, ec));
  // What had not begun ends without a file.
  if (!around_.recover || (!is_there && !control::is_started(output))) co_return;
  const Recovered recovered = co_await recover(output.path);
  if (recovered) {
    output.bytes = recovered->bytes;
    output.duration_ms = recovered->duration_ms;
    co_return;
  }
  output.state = EgressOutput::State::failed;
  output.error = "nothing could be saved";
  output.bytes = output.duration_ms = 0;
}

asio::awaitable<AbandonedJobs::Recovered> AbandonedJobs::recover(std::string path) {
  const auto start = [this, path](auto handler) {
    const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    around_.recover(path, [waiting](Recovered recovered) { std::move (*waiting)(recovered); });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Recovered)>(
      start, asio::use_awaitable);
}

/// As often as the store cannot now; it is not lost in any case.
asio::awaitable<void> AbandonedJobs::end(const EgressJob& job) {
  for (;;) {
    const auto write = [job, node = around_.node,
                        audience = around_.audience](store::Database& db) {
      history::end_abandoned(db, job, io::unix_ms(), node, audience);
      return true;
    };
    auto step = videosdk_api::on_store(store_, store::Access::write, write);
    try {
      co_await std::move(step);
      co_return;
    } catch (const store::StoreError& e) {
      log::warn("the end of {} is not stored yet: {}", name_of(job), e.what());
      if (e.kind() != store::StoreError::Kind::unavailable &&
          e.kind() != store::StoreError::Kind::busy)
        co_return;
    }
    co_await pause(kStoreRetry);
  }
}

asio::awaitable<void> AbandonedJobs::pause(Duration time) {
  asio::steady_timer timer(io_, std::chrono::duration_cast<asio::steady_timer::duration>(time));
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace plenum::server
