#include "api/videosdk/image_store.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>

#include "base/crypto.h"
#include "base/hex.h"

namespace plenum::videosdk_api {
namespace {

namespace fs = std::filesystem;
using Image = ImageStore::Image;

constexpr std::size_t kIdDigits = 24;
constexpr std::string_view kPngMagic = "\x89PNG\r\n\x1a\n", kJpegMagic = "\xff\xd8\xff";

/// "" when it is neither.
std::string_view extension_of(std::string_view file) {
  if (file.starts_with(kPngMagic)) return ".png";
  return file.starts_with(kJpegMagic) ? ".jpg" : "";
}

std::int64_t unix_ms(fs::file_time_type time) {
  const auto system = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(system).count();
}

/// nullopt: it is none of ours.
std::optional<Image> image_at(const fs::path& path) {
  const std::string extension = path.extension();
  if (!is_hex(path.stem().string(), kIdDigits) || (extension != ".png" && extension != ".jpg"))
    return std::nullopt;
  std::error_code ec;
  Image image;
  image.id = path.stem();
  image.type = extension == ".png" ? "image/png" : "image/jpeg";
  image.bytes = fs::file_size(path, ec);
  if (ec) return std::nullopt;
  image.created_ms = unix_ms(fs::last_write_time(path, ec));
  return ec ? std::nullopt : std::optional(std::move(image));
}

bool write_file(const fs::path& path, std::string_view bytes) {
  const fs::path temporary = path.string() + ".tmp";
  std::error_code ec;
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (out) fs::rename(temporary, path, ec);
    if (out && !ec) return true;
  }
  fs::remove(temporary, ec);
  return false;
}

}  // namespace

fs::path ImageStore::folder(const std::string& api_key) const {
  // A key may be any text; a name for a folder it is not.
  constexpr std::size_t kNameBytes = 16;
  const auto hash = crypto::sha256(as_bytes(api_key));
  return root_ / "images" / hex(Bytes(hash).first(kNameBytes));
}

std::optional<fs::path> ImageStore::find(const std::string& api_key, const std::string& id) const {
  if (!is_hex(id, kIdDigits)) return std::nullopt;
  for (const char* extension : {".png", ".jpg"}) {
    fs::path path = folder(api_key) / (id + extension);
    std::error_code ec;
    if (fs::is_regular_file(path, ec)) return path;
  }
  return std::nullopt;
}

Result<Image, ImageStore::Refusal> ImageStore::add(const std::string& api_key,
                                                   const std::string& id, std::string_view file,
                                                   std::int64_t now_ms) const {
  const std::string_view extension = extension_of(file);
  if (extension.empty()) return Err{Refusal::bad_type};
  if (file.size() > kMostBytes) return Err{Refusal::too_large};
  if (list(api_key).size() >= kMostImages) return Err{Refusal::too_many};
  const fs::path in = folder(api_key);
  std::error_code ec;
  fs::create_directories(in, ec);
  if (ec || !is_hex(id, kIdDigits) || !write_file(in / (id + std::string(extension)), file))
    return Err{Refusal::failed};
  return Image{id, extension == ".png" ? "image/png" : "image/jpeg", file.size(), now_ms};
}

std::vector<Image> ImageStore::list(const std::string& api_key) const {
  std::vector<Image> out;
  std::error_code ec;
  for (auto it = fs::directory_iterator(folder(api_key), ec); !ec && it != fs::directory_iterator();
       it.increment(ec))
    if (auto image = image_at(it->path())) out.push_back(std::move(*image));
  std::ranges::sort(out, std::greater{}, &Image::id);
  return out;
}

bool ImageStore::remove(const std::string& api_key, const std::string& id) const {
  const auto path = find(api_key, id);
  std::error_code ec;
  return path && fs::remove(*path, ec);
}

bool ImageStore::has(const std::string& api_key, const std::string& id) const {
  return find(api_key, id).has_value();
}

std::optional<std::string> ImageStore::read(const std::string& api_key,
                                            const std::string& id) const {
  const auto path = find(api_key, id);
  if (!path) return std::nullopt;
  std::ifstream in(*path, std::ios::binary);
  std::string file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad() || file.empty() || file.size() > kMostBytes) return std::nullopt;
  return file;
}

}  // namespace plenum::videosdk_api
