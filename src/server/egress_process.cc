#include "server/egress_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "io/record_socket.h"
#include "server/child_process.h"
#include "server/egress_images.h"
#include "server/egress_messages.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;
namespace pb = egress::pb;
using control::EgressReport;
using control::EgressWorker;

/// Where the program finds its sockets.
constexpr int kControl = 3, kMedia = 4;
/// A copying job may report 500 files.
constexpr std::size_t kMaxMessage = 192 << 10;
constexpr auto kRetry = std::chrono::milliseconds(20);
/// Of images that cannot be decoded, whatever a worker says.
constexpr int kMostFaultsTold = 20;

std::chrono::steady_clock::duration asio_time(Duration d) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(d);
}

Duration cpu_time(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return {};
  return used.tv_sec * 1s + Duration(used.tv_nsec / 1000);
}

/// The process and what is said to it. Shared by its handle and by what waits for its sockets: it
/// is reaped even when nobody listens any more.
class Process : public std::enable_shared_from_this<Process> {
 public:
  Process(asio::io_context& io, EgressProgram program, EgressWorker::Listener listener)
      : program_(std::move(program)),
        listener_(std::move(listener)),
        reader_(io),
        timer_(io),
        retry_(io) {
    pid_ = spawn_child(program_.executable, {},
                       {{control_.theirs.get(), kControl}, {media_.theirs.get(), kMedia}});
    control_.theirs.reset();
    media_.theirs.reset();
    reader_.assign(dup(control_.ours.get()));
  }
  ~Process() {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
  }

  void wait_for_message() {
    reader_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& ec) {
                         if (!ec) self->read();
                       });
  }
  void send(const pb::ToWorker& message) {
    waiting_.push_back(message.SerializeAsString());
    room_waits_ = false;
    flush();
  }
  /// A room that still waits has been overtaken.
  void send_room(const pb::ToWorker& message) {
    if (room_waits_) waiting_.pop_back();
    waiting_.push_back(message.SerializeAsString());
    room_waits_ = true;
    flush();
  }
  void stop() {
    send(stop_message());
    timer_.expires_after(asio_time(program_.patience));
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
      if (ec) return;
      log::error("a composition worker does not end: it is killed");
      ::kill(self->pid_, SIGKILL);
    });
  }
  void abandon() {
    listener_ = {};
    if (pid_ > 0) ::kill(pid_, SIGKILL);
  }
  std::vector<int> media_sockets(std::uint32_t count) {
    std::vector<int> out;
    for (std::uint32_t i = 0; i < count; ++i)
      out.push_back(fcntl(media_.ours.get(), F_DUPFD_CLOEXEC, 0));
    media_.ours.reset();
    return out;
  }
  const EgressProgram& program() const { return program_; }

 private:
  void flush() {
    while (!waiting_.empty()) {
      if (!io::send_record(control_.ours.get(), as_bytes(waiting_.front()))) return retry();
      waiting_.erase(waiting_.begin());
      if (waiting_.empty()) room_waits_ = false;
    }
  }
  void retry() {
    if (ended_) return;
    retry_.expires_after(kRetry);
    retry_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
      if (!ec) self->flush();
    });
  }
  void read() {
    while (auto record = io::receive_record(reader_.native_handle(), kMaxMessage)) {
      if (record->empty()) return conclude();
      pb::FromWorker message;
      if (message.ParseFromArray(record->data(), static_cast<int>(record->size()))) take(message);
    }
    wait_for_message();
  }
  void take(const pb::FromWorker& message) {
    if (message.has_wanted() && listener_.wanted) listener_.wanted(wanted_of(message.wanted()));
    if (message.has_key_frame_needed() && listener_.key_frame_needed)
      listener_.key_frame_needed(
          TrackId(message.key_frame_needed().track()),
          static_cast<std::uint8_t>(std::min(message.key_frame_needed().layer(), 255u)));
    if (message.has_status() && listener_.load)
      listener_.load({cpu_time(pid_), message.status().degradation()});
    if (message.has_status() && listener_.status)
      listener_.status(outputs_of(message.status().outputs()));
    if (message.has_snapshot_done() && listener_.snapshot_done)
      listener_.snapshot_done(snapshot_of(message.snapshot_done()));
    if (message.has_images_faulty() && faults_told_ < kMostFaultsTold && ++faults_told_)
      log::warn("an image cannot be decoded: the composition goes on without");
    if (message.has_finished()) {
      clean_ = true;
      error_ = message.finished().error();
      outputs_ = outputs_of(message.finished().outputs());
    }
  }
  /// Its end of the socket is closed: it ends, or has died.
  void conclude() {
    ended_ = true;
    retry_.cancel();
    reap(100);
  }
  /// Asks the kernel until the process is gone; then there is nothing left of it.
  void reap(int attempts) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == 0) {
      if (attempts == 0) ::kill(pid_, SIGKILL);
      retry_.expires_after(kRetry);
      return retry_.async_wait([self = shared_from_this(), attempts](const auto&) {
        self->reap(attempts > 0 ? attempts - 1 : 0);
      });
    }
    pid_ = -1;
    timer_.cancel();
    if (!clean_)
      error_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                   : "exit code " + std::to_string(WEXITSTATUS(status));
    // Who listens may let go of the handle.
    if (const auto finished = std::exchange(listener_.finished, nullptr))
      finished(clean_, error_, outputs_);
  }

  const EgressProgram program_;
  EgressWorker::Listener listener_;
  io::RecordPair control_ = io::make_record_pair(), media_ = io::make_record_pair();
  asio::posix::stream_descriptor reader_;
  asio::steady_timer timer_, retry_;
  pid_t pid_ = -1;
  std::vector<std::string> waiting_;
  bool room_waits_ = false, ended_ = false, clean_ = false;
  int faults_told_ = 0;
  std::string error_;
  std::vector<EgressReport::Output> outputs_;
};

class Handle : public EgressWorker {
 public:
  explicit Handle(std::shared_ptr<Process> process) : process_(std::move(process)) {}
  ~Handle() override { process_->abandon(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void start(const control::EgressJob& job) override {
    api_key_ = job.api_key;
    send_images(job.layout.scenery);
    process_->send(start_message(job, process_->program()));
  }
  void show(const control::EgressScene& scene) override {
    process_->send_room(room_message(scene));
  }
  void set_layout(const control::EgressLayout& layout) override {
    send_images(layout.scenery);
    process_->send(layout_message(layout));
  }
  void add_output(const control::EgressOutput& output) override {
    process_->send(add_output_message(output, process_->program().data_dir));
  }
  void take_snapshot(const control::EgressSnapshot& snapshot) override {
    process_->send(snapshot_message(snapshot));
  }
  void end_output(const std::string& id) override { process_->send(end_output_message(id)); }
  void stop() override { process_->stop(); }
  std::vector<int> media_sockets(std::uint32_t shards) override {
    return process_->media_sockets(shards);
  }

 private:
  void send_images(const control::EgressScenery& scenery) {
    for (const auto& piece :
         image_messages(process_->program().data_dir, api_key_, scenery, scenery_))
      process_->send(piece);
    scenery_ = scenery;
  }

  std::string api_key_;
  control::EgressScenery scenery_;
  /// Also held by what waits for the process's sockets and timers.
  std::shared_ptr<Process> process_;
};

}  // namespace

std::filesystem::path find_egress_program() {
  std::error_code ec;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ec);
  const auto beside = self.parent_path() / "plenum-egress";
  return !ec && std::filesystem::exists(beside, ec) ? beside : std::filesystem::path();
}

EgressProgram egress_program(const Config& config) {
  return {.executable = find_egress_program(),
          .data_dir = config.data_dir,
          .allow_private = config.dev || config.egress_allow_private,
          .min_free_bytes = std::uint64_t{config.egress_min_free_mib} << 20};
}

std::unique_ptr<EgressWorker> spawn_egress(asio::io_context& io, const EgressProgram& program,
                                           EgressWorker::Listener listener) {
  try {
    for (const char* folder : {"recordings", "hls"})
      std::filesystem::create_directories(program.data_dir / folder);
    auto process = std::make_shared<Process>(io, program, std::move(listener));
    process->wait_for_message();
    return std::make_unique<Handle>(std::move(process));
  } catch (const std::exception& e) {
    log::error("no composition worker: {}", e.what());
    return nullptr;
  }
}

}  // namespace plenum::server
