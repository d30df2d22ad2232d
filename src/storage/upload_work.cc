#include "storage/upload_work.h"

#include <fmt/format.h>

#include <algorithm>

namespace plenum::storage {
namespace {

constexpr std::uint64_t kMaxParts = 10'000;
constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
/// One part, tried before the whole attempt fails.
constexpr int kPartTries = 3;

/// No more parts than S3 takes, however large the file.
std::uint64_t part_bytes_for(std::uint64_t file_bytes, std::uint64_t usual) {
  const std::uint64_t least = (file_bytes + kMaxParts - 1) / kMaxParts;
  return std::max(usual, (least + kMiB - 1) / kMiB * kMiB);
}

const char* const kShorter = "the file became shorter while it was read";

bool has(const std::vector<Part>& parts, int number, std::uint64_t bytes, Part& found) {
  const auto at = std::ranges::find(parts, number, &Part::number);
  if (at == parts.end() || at->bytes != bytes) return false;
  found = *at;
  return true;
}

/// A server that cannot tell, or may not tell us, which parts it has.
bool cannot_list(const std::string& code) {
  return code == "NotImplemented" || code == "MethodNotAllowed" || code == "AccessDenied";
}

/// Of a stranger's URL: what a later attempt may change.
bool may_pass(long status) {
  return status >= 500 || status == 408 || status == 425 || status == 429;
}

}  // namespace

UploadWork::UploadWork(Around around, const store::Upload& upload)
    : around_(std::move(around)), upload_(upload) {
  if (around_.settings) client_.emplace(*around_.settings, around_.http, around_.unix_s);
}

WorkEnd UploadWork::run() {
  auto files = list_files(upload_.wanted.path);
  if (!files) return {.error = files.error(), .hopeless = true};
  if (upload_.wanted.kind == store::UploadKind::presigned) return run_presigned(*files);
  return run_s3(*files);
}

WorkEnd UploadWork::run_presigned(const std::vector<LocalFile>& files) {
  const LocalFile& file = files.front();
  const std::string& path = upload_.wanted.path;
  if (!file.name.empty())
    return {.error = "a folder does not go to a single URL", .hopeless = true};
  const io::Fd fd = open_file(path, "");
  if (!fd) return {.error = "the file cannot be read", .hopeless = true};
  const auto answer =
      around_.http.perform({.method = "PUT",
                            .url = upload_.wanted.target,
                            .headers = {"Content-Type: " + kind_of_file(path, false).content_type},
                            .body = {.file = fd.get(), .file_bytes = file.bytes},
                            .guarded = true});
  if (!answer) return {.error = answer.error().what, .hopeless = answer.error().hopeless};
  if (answer->status >= 200 && answer->status <= 299) return {.bytes = file.bytes};
  return {.error = fmt::format("HTTP status {}", answer->status),
          .hopeless = !may_pass(answer->status)};
}

WorkEnd UploadWork::run_s3(const std::vector<LocalFile>& files) {
  if (!client_) return {.error = "no bucket is configured", .hopeless = true};
  around_.store.run([&](store::Database& db) { known_ = store::upload_files(db, upload_.id); });
  WorkEnd end;
  for (const LocalFile& file : files) {
    if (const auto fault = key_fault(*around_.settings, key_of(file)))
      return {.error = *fault, .hopeless = true};
    end.bytes += file.bytes;
    if (known_of(file.name).done) continue;
    if (auto failure = store_file(file)) {
      end.error = std::move(failure);
      end.progressed = progressed_;
      return end;
    }
    progressed_ = true;
    if (!file.name.empty()) write_down({.name = file.name, .done = true});
  }
  end.location = object_url(*around_.settings, upload_.wanted.target);
  return end;
}

UploadWork::Failure UploadWork::store_file(const LocalFile& file) {
  const io::Fd fd = open_file(upload_.wanted.path, file.name);
  if (!fd) return "a file cannot be read";
  return file.bytes <= around_.part_bytes ? store_whole(file, fd.get())
                                          : store_in_parts(file, fd.get());
}

UploadWork::Failure UploadWork::store_whole(const LocalFile& file, int fd) {
  const std::string bytes = read_range(fd, 0, file.bytes);
  if (bytes.size() != file.bytes) return kShorter;
  // Killed after it went over and before that was written down.
  if (upload_.claims > 1 && client_->is_stored(key_of(file), file.bytes, upload_.id))
    return std::nullopt;
  const auto put = client_->put_object(key_of(file), kind_of(file), bytes);
  if (!put) return put.error().what;
  return std::nullopt;
}

S3Result<std::optional<std::vector<Part>>> UploadWork::resume(const LocalFile& file,
                                                              store::UploadFile& known) {
  using There = std::optional<std::vector<Part>>;
  const std::string key = key_of(file);
  if (known.multipart) {
    auto parts = client_->list_parts(key, *known.multipart);
    if (parts.ok()) return There(*std::move(parts));
    const bool gone = parts.error().code == "NoSuchUpload";
    if (!gone && !cannot_list(parts.error().code)) return Err{parts.error()};
    // Perhaps it was put together, and the answer or its record got lost.
    if (gone && client_->is_stored(key, file.bytes, upload_.id)) return There();
    static_cast<void>(client_->abort_upload(key, *known.multipart));
  } else if (upload_.claims > 1) {
    // Killed between the bucket's answer and our record of it.
    const auto orphans = client_->list_uploads(key);
    if (orphans.ok())
      for (const std::string& id : orphans.value())
        static_cast<void>(client_->abort_upload(key, id));
  }
  const auto created = client_->create_upload(key, kind_of(file));
  if (!created) return Err{created.error()};
  known.multipart = created.value();
  known.part_bytes = static_cast<std::int64_t>(part_bytes_for(file.bytes, around_.part_bytes));
  write_down(known);
  return There(std::vector<Part>());
}

UploadWork::Failure UploadWork::store_in_parts(const LocalFile& file, int fd) {
  store::UploadFile known = known_of(file.name);
  const auto there = resume(file, known);
  if (!there) return there.error().what;
  if (!there.value()) return std::nullopt;
  return send_parts(file, fd, known, **there);
}

UploadWork::Failure UploadWork::send_parts(const LocalFile& file, int fd,
                                           const store::UploadFile& known,
                                           const std::vector<Part>& there) {
  const auto part_bytes = static_cast<std::uint64_t>(known.part_bytes);
  std::vector<Part> parts;
  for (std::uint64_t from = 0; from < file.bytes; from += part_bytes) {
    const std::uint64_t size = std::min(part_bytes, file.bytes - from);
    Part part{.number = static_cast<int>(parts.size()) + 1, .bytes = size};
    if (!has(there, part.number, size, part)) {
      const std::string bytes = read_range(fd, from, size);
      if (bytes.size() != size) return kShorter;
      const auto etag = send_part(key_of(file), *known.multipart, part.number, bytes);
      if (!etag) return etag.error().what;
      part.etag = etag.value();
      progressed_ = true;
    }
    parts.push_back(std::move(part));
  }
  const auto completed = client_->complete_upload(key_of(file), *known.multipart, parts);
  if (completed.ok() || client_->is_stored(key_of(file), file.bytes, upload_.id))
    return std::nullopt;
  return completed.error().what;
}

S3Result<std::string> UploadWork::send_part(const std::string& key, const std::string& multipart,
                                            int number, const std::string& bytes) {
  for (int tried = 1;; ++tried) {
    auto etag = client_->upload_part(key, multipart, number, bytes);
    if (etag.ok() || tried == kPartTries || etag.error().code == "NoSuchUpload" ||
        !around_.pause(tried * around_.part_pause))
      return etag;
  }
}

void UploadWork::abandon() {
  if (!client_) return;
  for (const store::UploadFile& f : known_)
    if (f.multipart && !f.done)
      static_cast<void>(client_->abort_upload(key_of({.name = f.name}), *f.multipart));
}

std::string UploadWork::key_of(const LocalFile& file) const {
  return file.name.empty() ? upload_.wanted.target : upload_.wanted.target + "/" + file.name;
}

ObjectKind UploadWork::kind_of(const LocalFile& file) const {
  ObjectKind kind =
      kind_of_file(file.name.empty() ? upload_.wanted.path : file.name, !file.name.empty());
  kind.mark = upload_.id;
  return kind;
}

store::UploadFile UploadWork::known_of(const std::string& name) const {
  const auto found = std::ranges::find(known_, name, &store::UploadFile::name);
  return found == known_.end() ? store::UploadFile{.name = name} : *found;
}

void UploadWork::write_down(const store::UploadFile& file) {
  around_.store.run([&](store::Database& db) { store::put_upload_file(db, upload_.id, file); });
  std::erase_if(known_, [&](const store::UploadFile& f) { return f.name == file.name; });
  known_.push_back(file);
}

}  // namespace plenum::storage
