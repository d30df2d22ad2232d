#include "api/videosdk/media_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "api/videosdk/pool_call.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// Held at once of each answer under way.
constexpr std::uint64_t kPieceBytes = 256 * 1024;
constexpr std::size_t kMaxStemLength = 40;

struct ContentType {
  std::string_view extension, type;
  bool in_hls = true;
};
constexpr std::array kContentTypes = {
    ContentType{".m3u8", "application/vnd.apple.mpegurl"},
    ContentType{".m4s", "video/mp4"},
    ContentType{".mp4", "video/mp4"},
    ContentType{".m4a", "audio/mp4"},
    ContentType{".webm", "video/webm", false},
    ContentType{".ogg", "audio/ogg", false},
    ContentType{".json", "application/json", false},
    ContentType{".ts", "video/mp2t"},
    ContentType{".webm", "video/webm"},
    ContentType{".ogg", "audio/ogg"},
    ContentType{".json", "application/json"},
    ContentType{".jpg", "image/jpeg"},
    ContentType{".png", "image/png"},
    ContentType{".webp", "image/webp"},
};
const ContentType* type_of(std::string_view name) {
  const auto it = std::ranges::find_if(
      kContentTypes, [&](const ContentType& t) { return name.ends_with(t.extension); });
  return it == kContentTypes.end() ? nullptr : &*it;
}

/// Lower-case letters, digits, underscores and hyphens, then one dot and a known extension.
bool is_hls_name(std::string_view name) {
  const ContentType* type = type_of(name);
  if (!type || !type->in_hls) return false;
  const std::string_view stem = name.substr(0, name.size() - type->extension.size());
  return !stem.empty() && stem.size() <= kMaxStemLength && std::ranges::all_of(stem, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// Open for reading; what it was when it was opened.
struct OpenFile {
  int fd = -1;
  std::uint64_t bytes = 0;
  std::string etag{};

  explicit OpenFile(const fs::path& path)
      : fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) {
    struct stat status {};
    if (fd < 0 || ::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
    bytes = static_cast<std::uint64_t>(status.st_size);
    etag = fmt::format("\"{:x}-{:x}-{:x}\"", status.st_ino, bytes,
                       status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec);
  }
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  bool is_file() const { return !etag.empty(); }
  std::string read(std::uint64_t at, std::uint64_t count) const {
    std::string out(count, '\0');
    const ::ssize_t n = ::pread(fd, out.data(), out.size(), static_cast<::off_t>(at));
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return out;
  }
};
// Shared by the coroutine that answers and by the pool's thread, whichever ends last.
using FilePtr = std::shared_ptr<const OpenFile>;

/// First byte and how many.
struct Range {
  std::uint64_t first = 0, count = 0;
};
struct RangeWish {
  /// Absent = all of it.
  std::optional<Range> range{};
  bool unsatisfiable = false;
};

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

/// RFC 9110 14.1.2. What is malformed, in other units, or more than one range counts as none.
RangeWish range_in(std::string_view field, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!field.starts_with(kUnit)) return {};
  field.remove_prefix(kUnit.size());
  const std::size_t dash = field.find('-');
  if (dash == field.npos) return {};
  const auto first = number_in(field.substr(0, dash)), last = number_in(field.substr(dash + 1));
  const bool open_end = dash + 1 == field.size();
  if (dash == 0) {
    if (!last) return {};
    const std::uint64_t count = std::min(*last, size);
    if (count == 0) return {.unsatisfiable = true};
    return {.range = Range{size - count, count}};
  }
  if (!first || (!last && !open_end) || (last && *last < *first)) return {};
  if (*first >= size) return {.unsatisfiable = true};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {.range = Range{*first, end - *first + 1}};
}

http::Response response_of(const http::Request& request, const OpenFile& file, Range& range) {
  http::Response response;
  range = {0, file.bytes};
  const std::string_view condition = request.header("If-Range");
  const RangeWish wish = condition.empty() || condition == file.etag
                             ? range_in(request.header("Range"), file.bytes)
                             : RangeWish{};
  response.headers.set("Accept-Ranges", "bytes");
  response.headers.set("ETag", file.etag);
  response.headers.set("X-Content-Type-Options", "nosniff");
  if (request.header("If-None-Match") == file.etag) {
    response.status = 304;
  } else if (wish.unsatisfiable) {
    response.status = 416;
    response.headers.set("Content-Range", fmt::format("bytes */{}", file.bytes));
  } else if (wish.range) {
    range = *wish.range;
    response.status = 206;
    response.headers.set("Content-Range", fmt::format("bytes {}-{}/{}", range.first,
                                                      range.first + range.count - 1, file.bytes));
  }
  return response;
}

}  // namespace

asio::awaitable<http::Response> MediaFiles::serve(const http::Request& request, fs::path path,
                                                  std::string cache) {
  const auto opening = std::make_shared<const std::function<FilePtr()>>(
      [path] { return std::make_shared<const OpenFile>(path); });
  auto opened = run_on<FilePtr>(pool_, opening);
  const FilePtr file = co_await std::move(opened);
  if (!file->is_file()) co_return http::Response::text(404, "Not Found");
  Range range;
  http::Response response = response_of(request, *file, range);
  response.headers.set("Cache-Control", std::move(cache));
  if (response.status == 304 || response.status == 416) co_return response;
  const ContentType* type = type_of(path.native());
  response.headers.set("Content-Type", std::string(type ? type->type : "application/octet-stream"));
  const auto next = [this, file, range](std::uint64_t sent) {
    const std::uint64_t count = std::min(range.count - sent, kPieceBytes);
    const auto reading = std::make_shared<const std::function<std::string()>>(
        [file, at = range.first + sent, count] { return file->read(at, count); });
    return run_on<std::string>(pool_, reading);
  };
  response.pieces =
      std::make_shared<const http::BodyInPieces>(http::BodyInPieces{range.count, next});
  co_return response;
}

asio::awaitable<http::Response> MediaFiles::serve_recording(const http::Request& request) {
  const std::string name(request.parameter("name"));
  if (!is_recording_name(name)) co_return http::Response::text(404, "Not Found");
  const auto expires = number_in(request.query.find("exp").value_or(""));
  const std::string_view signature = request.query.find("sig").value_or("");
  // Further times than any of ours are none of ours.
  if (!expires || *expires > std::uint64_t{1} << 40 ||
      !links_.is_signed(name, static_cast<std::int64_t>(*expires), signature, unix_ms_()))
    co_return http::Response::text(403, "The link does not hold, or not any more");
  const fs::path folder = root_ / "recordings" / job_of_recording(name);
  auto served = serve(request, folder / name, "private, no-cache");
  co_return co_await std::move(served);
}

asio::awaitable<http::Response> MediaFiles::serve_hls(const http::Request& request) {
  const std::string id(request.parameter("id")), name(request.parameter("file"));
  if (!is_job_id(id) || !is_hls_name(name)) co_return http::Response::text(404, "Not Found");
  const bool changes = name.ends_with(".m3u8");
  auto served = serve(request, root_ / "hls" / id / name,
                      changes ? "no-cache" : "public, max-age=31536000, immutable");
  co_return co_await std::move(served);
}

void MediaFiles::add_routes(http::Router& router) {
  router.add(http::Method::get, "/hls/{id}/{file}",
             [this](http::Request& request) { return serve_hls(request); });
  router.add(http::Method::get, "/files/recordings/{name}",
             [this](http::Request& request) { return serve_recording(request); });
}

void MediaFiles::remove(const std::string& job) {
  if (!is_job_id(job)) return;
  asio::post(pool_, [root = root_, job] {
    std::error_code ignored;
    for (const char* folder : {"recordings", "hls"}) fs::remove_all(root / folder / job, ignored);
  });
}

}  // namespace plenum::videosdk_api
