#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "store/migrations.h"
#include "store/sessions.h"
#include "store/sqlite_database.h"

/// Kills a program that writes through the store, at random points, and looks at what it left. A
/// kill does not empty the kernel's caches: that the disk has the bytes is SQLite's
/// synchronous=FULL.
namespace plenum::store {
namespace {

constexpr int kKills = 200;
/// A new file now and then, so that some kills meet the creation of the schema and checking stays
/// fast.
constexpr int kKillsPerFile = 10;

/// The writer as a child process, and the reading end of its output.
class Writer {
 public:
  Writer(const std::string& file, int run) {
    const std::string number = std::to_string(run);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    output_ = ends[0];
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(PLENUM_STORE_CRASH_WRITER, PLENUM_STORE_CRASH_WRITER, file.c_str(), number.c_str(),
              static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
  }
  ~Writer() { ::close(output_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Reads until so many bytes have come, or the writer ends by itself.
  void read_at_least(std::size_t bytes) {
    while (text_.size() < bytes && read_some()) {
    }
  }
  /// Kills it and returns every id that it has acknowledged.
  std::vector<std::string> kill() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
    while (read_some()) {
    }
    std::vector<std::string> ids;
    std::size_t from = 0;
    for (std::size_t to; (to = text_.find('\n', from)) != std::string::npos; from = to + 1)
      ids.push_back(text_.substr(from, to - from));
    return ids;
  }

 private:
  bool read_some() {
    char buffer[4096];
    const auto n = ::read(output_, buffer, sizeof buffer);
    if (n > 0) text_.append(buffer, static_cast<std::size_t>(n));
    return n > 0;
  }
  pid_t pid_ = -1;
  int output_ = -1;
  std::string text_;
};

std::string pragma(Database& db, const char* text) {
  const Answer answer = db.execute(text);
  return answer.rows.empty() ? "ok" : answer.rows.front().text(0);
}

/// Files in memory outlive a killed process just as well, and syncing them takes no time.
std::filesystem::path memory_or_disk() {
  const char* memory = "/dev/shm";
  return ::access(memory, W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

/// Everything that belongs to a room was written in one transaction, so it is whole or absent.
void expect_whole(Database& db, const std::vector<std::string>& ids) {
  for (const std::string& id : ids)
    EXPECT_EQ(db.execute("SELECT 1 FROM rooms WHERE id = $1", {id}).rows.size(), 1u)
        << "acknowledged and lost: " << id;
  const auto count = [&](const std::string& table) {
    return db.execute("SELECT count(*) FROM " + table).rows.front().integer(0);
  };
  const std::int64_t rooms = count("rooms");
  for (const char* table : {"sessions", "participants", "stays", "mode_changes", "outbox_events",
                            "deliveries", "delivery_queues"})
    EXPECT_EQ(count(table), rooms) << table;
}

TEST(StoreCrash, two_hundred_kills_leave_no_corrupt_and_no_lost_row) {
  std::string folder = (memory_or_disk() / "crash-XXXXXX").string();
  ASSERT_TRUE(::mkdtemp(folder.data()));
  const unsigned seed = std::random_device()();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937 random(seed);
  std::size_t acknowledged = 0;
  std::vector<std::string> of_this_file;
  for (int run = 0; run < kKills && !HasFailure(); ++run) {
    if (run % kKillsPerFile == 0) of_this_file.clear();
    const std::string file = folder + "/" + std::to_string(run / kKillsPerFile) + ".db";
    Writer writer(file, run);
    // Nothing: while it starts. Else anywhere in a line, with groups half written.
    writer.read_at_least(std::uniform_int_distribution<std::size_t>(0, 3000)(random));
    for (std::string& id : writer.kill()) of_this_file.push_back(std::move(id));
    acknowledged += of_this_file.size();

    const auto db = open_sqlite(file);
    migrate(*db);
    EXPECT_EQ(pragma(*db, "PRAGMA integrity_check"), "ok");
    EXPECT_EQ(pragma(*db, "PRAGMA foreign_key_check"), "ok");
    expect_whole(*db, of_this_file);
    EXPECT_FALSE(HasFailure()) << "seed " << seed << ", run " << run << ", file " << file;
  }
  EXPECT_GT(acknowledged, 0u);
  if (!HasFailure()) std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace plenum::store
