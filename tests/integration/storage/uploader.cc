#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "io/clock.h"
#include "storage/uploader.h"
#include "store/store.h"

/// `plenum_uploader FILE`: the uploader on a store of its own, driven by lines on standard input,
/// for tests with buckets and kills. The bucket is that of the environment: S3_ENDPOINT, S3_REGION,
/// S3_BUCKET, S3_PREFIX, S3_KEY, S3_SECRET, S3_VIRTUAL (buckets in the host name).
///   put KIND PATH TARGET [delete]   queues; answers "ok ID" once it is durable
///   url KEY                         answers "url URL", signed for a minute
///   waiting                         answers "waiting N", those that have not ended
///   stop                            stops and exits
/// Says "ended ID JOB KEY LOCATION BYTES ERROR" of each that ends, and "recorded N". Retries are
/// quick, parts of 5 MiB, and private addresses allowed for presigned URLs unless GUARD is in the
/// environment.
namespace plenum::storage {
namespace {

std::string variable(const char* name, const char* otherwise) {
  const char* found = std::getenv(name);
  return found ? found : otherwise;
}

void answer(std::string line) {
  line += '\n';
  // One call, so that the line is whole or not there.
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::exit(1);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

Uploader::Options options() {
  Uploader::Options o;
  o.node = "node";
  o.s3 = S3Settings{.endpoint = variable("S3_ENDPOINT", "http://127.0.0.1:1"),
                    .region = variable("S3_REGION", "us-east-1"),
                    .bucket = variable("S3_BUCKET", "calls"),
                    .prefix = variable("S3_PREFIX", ""),
                    .credentials = {.access_key = variable("S3_KEY", "key"),
                                    .secret_key = variable("S3_SECRET", "secret")},
                    .path_style = std::getenv("S3_VIRTUAL") == nullptr};
  o.retry.steps = {50ms, 100ms, 100ms, 100ms};
  o.retry.part_pause = 20ms;
  o.http.connect_timeout = 2s;
  o.http.allow_private = std::getenv("GUARD") == nullptr;
  o.part_bytes = std::uint64_t{5} << 20;
  // What an application would keep of it, in the same transaction.
  o.record = [](store::Database& db, const Uploaded& u) {
    store::put_upload_file(db, "records", {.name = u.id, .done = true});
  };
  o.ended = [](const Uploaded& u) {
    answer("ended " + u.id + " " + u.job + " " + or_dash(u.key) + " " + or_dash(u.location) + " " +
           std::to_string(u.bytes) + " " + u.error.value_or("-"));
  };
  return o;
}

/// Where `record` counts: files of an upload that never runs.
void make_record_keeper(store::Store& store) {
  store.run([](store::Database& db) {
    db.execute(
        "INSERT INTO uploads (id, api_key, job, node, kind, path, target, state, claims, attempts, "
        "next_attempt_ms, delete_local, created_ms) VALUES ('records', '', '', '', 's3', '', '', "
        "'failed', 0, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING");
  });
}

void put(store::Store& store, Uploader& uploader, std::istringstream& words) {
  std::string kind, path, target, rest, id;
  words >> kind >> path >> target >> rest;
  store.run([&](store::Database& db) {
    id = store::enqueue_upload(
        db, {.api_key = "key",
             .job = "job",
             .node = "node",
             .kind = kind == "s3" ? store::UploadKind::s3 : store::UploadKind::presigned,
             .path = path,
             .target = target,
             .delete_local = rest == "delete",
             .created_ms = io::unix_ms()});
  });
  uploader.wake();
  answer("ok " + id);
}

void handle(store::Store& store, Uploader& uploader, const std::string& line) {
  std::istringstream words(line);
  std::string word, key;
  words >> word;
  if (word == "put") put(store, uploader, words);
  if (word == "url") {
    words >> key;
    answer("url " + signed_object_url(*options().s3, key, io::unix_ms() / 1000, 60));
  }
  if (word == "waiting") {
    std::int64_t waiting = 0, recorded = 0;
    store.run([&](store::Database& db) {
      waiting =
          db.execute("SELECT count(*) FROM uploads WHERE finished_ms IS NULL AND id <> 'records'")
              .rows.at(0)
              .integer(0);
      recorded = static_cast<std::int64_t>(store::upload_files(db, "records").size());
    });
    answer("waiting " + std::to_string(waiting) + " recorded " + std::to_string(recorded));
  }
}

}  // namespace
}  // namespace plenum::storage

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  using namespace plenum;
  const auto store = store::open_store(argv[1]);
  storage::make_record_keeper(*store);
  storage::Uploader uploader(*store, storage::options());
  std::string line;
  for (int c; (c = std::getchar()) != EOF;) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    if (line == "stop") break;
    storage::handle(*store, uploader, line);
    line.clear();
  }
  uploader.stop();
  const auto counters = uploader.counters();
  storage::answer("stopped " + std::to_string(counters.done) + " done, " +
                  std::to_string(counters.failed_attempts) + " failed, " +
                  std::to_string(counters.given_up) + " given up");
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "uploader: %s\n", e.what());
  return 1;
}
