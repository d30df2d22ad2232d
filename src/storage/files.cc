#include "storage/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace plenum::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 200'000;

bool is_playlist(std::string_view name) { return name.ends_with(".m3u8"); }

int rank(std::string_view name) {
  if (!is_playlist(name)) return 0;
  const std::string_view last = name.substr(name.rfind('/') + 1);
  return last == "index.m3u8" || last == "master.m3u8" ? 2 : 1;
}

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".mp4", "video/mp4"},         {".m4s", "video/iso.segment"},
    {".m4a", "audio/mp4"},         {".m3u8", "application/vnd.apple.mpegurl"},
    {".ts", "video/mp2t"},         {".webm", "video/webm"},
    {".mkv", "video/x-matroska"},  {".ogg", "audio/ogg"},
    {".mp3", "audio/mpeg"},        {".vtt", "text/vtt"},
    {".jpg", "image/jpeg"},        {".png", "image/png"},
    {".json", "application/json"},
};

}  // namespace

Result<std::vector<LocalFile>, std::string> list_files(const std::string& path) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (fs::is_regular_file(status)) {
    const auto bytes = fs::file_size(path, error);
    if (error) return Err{std::string("the file cannot be read")};
    return std::vector{LocalFile{.bytes = bytes}};
  }
  if (!fs::is_directory(status)) return Err{std::string("there is no such file")};
  std::vector<LocalFile> files;
  fs::recursive_directory_iterator at(path, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (!fs::is_regular_file(at->symlink_status(error))) continue;
    const auto bytes = at->file_size(error);
    files.push_back(
        {.name = fs::path(at->path()).lexically_relative(path).string(), .bytes = bytes});
    if (files.size() > kMaxFiles) return Err{std::string("the folder has too many files")};
  }
  if (error) return Err{std::string("the folder cannot be read")};
  if (files.empty()) return Err{std::string("the folder is empty")};
  std::ranges::sort(files, {}, [](const LocalFile& f) { return std::tuple(rank(f.name), f.name); });
  return files;
}

io::Fd open_file(const std::string& path, const std::string& name) {
  const std::string whole = name.empty() ? path : path + "/" + name;
  return io::Fd(::open(whole.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
}

std::string read_range(int file, std::uint64_t offset, std::uint64_t bytes) {
  std::string out(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got =
        ::pread(file, out.data() + have, bytes - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

bool delete_local(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  return !error;
}

void delete_if_empty(const std::string& folder) { ::rmdir(folder.c_str()); }

ObjectKind kind_of_file(std::string_view name, bool in_folder) {
  ObjectKind kind;
  for (const auto& [ending, type] : kTypes)
    if (name.ends_with(ending)) kind.content_type = type;
  if (in_folder)
    kind.cache_control = is_playlist(name) ? "no-cache" : "public, max-age=31536000, immutable";
  return kind;
}

}  // namespace plenum::storage
