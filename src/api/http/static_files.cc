#include "api/http/static_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "api/http/gzip.h"
#include "base/bytes.h"
#include "base/crypto.h"

namespace plenum::http {
namespace {

namespace fs = std::filesystem;

struct ContentType {
  std::string_view extension;
  std::string_view type;
};
/// Images, fonts and recordings are compressed already.
constexpr std::array kText = {
    std::string_view("text/"),
    std::string_view("application/json"),
    std::string_view("application/manifest+json"),
    std::string_view("image/svg+xml"),
    std::string_view("application/wasm"),
};
/// What fits into one packet gains nothing.
constexpr std::size_t kSmallestPacked = 1200;
constexpr std::array kContentTypes = {
    ContentType{".html", "text/html; charset=utf-8"},
    ContentType{".js", "text/javascript; charset=utf-8"},
    ContentType{".mjs", "text/javascript; charset=utf-8"},
    ContentType{".css", "text/css; charset=utf-8"},
    ContentType{".json", "application/json"},
    ContentType{".map", "application/json"},
    ContentType{".webmanifest", "application/manifest+json"},
    ContentType{".txt", "text/plain; charset=utf-8"},
    ContentType{".svg", "image/svg+xml"},
    ContentType{".png", "image/png"},
    ContentType{".jpg", "image/jpeg"},
    ContentType{".jpeg", "image/jpeg"},
    ContentType{".gif", "image/gif"},
    ContentType{".webp", "image/webp"},
    ContentType{".avif", "image/avif"},
    ContentType{".ico", "image/vnd.microsoft.icon"},
    ContentType{".woff2", "font/woff2"},
    ContentType{".woff", "font/woff"},
    ContentType{".wasm", "application/wasm"},
    ContentType{".tflite", "application/octet-stream"},
    ContentType{".mp3", "audio/mpeg"},
    ContentType{".ogg", "audio/ogg"},
    ContentType{".mp4", "video/mp4"},
    ContentType{".webm", "video/webm"},
};

/// Bundlers put files whose names carry a hash of their content here.
constexpr std::string_view kHashedDirectory = "/assets/";
constexpr std::string_view kImmutable = "public, max-age=31536000, immutable";
constexpr std::string_view kRevalidate = "no-cache";

bool is_worth_packing(std::string_view type, std::size_t bytes) {
  if (bytes < kSmallestPacked) return false;
  return std::ranges::any_of(kText, [&](std::string_view t) { return type.starts_with(t); });
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) throw std::runtime_error("cannot read " + path.string());
  return content;
}

/// RFC 9110 13.1.2: any of the listed tags, compared weakly, or "*".
bool names_etag(std::string_view if_none_match, std::string_view etag) {
  return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot != std::string_view::npos)
    for (const auto& known : kContentTypes)
      if (equal_ignoring_case(known.extension, path.substr(dot))) return known.type;
  return "application/octet-stream";
}

StaticFiles::StaticFiles(const Config& config) {
  if (config.root.empty()) return;
  try {
    std::size_t total = 0;
    for (auto it = fs::recursive_directory_iterator(config.root);
         it != fs::recursive_directory_iterator(); ++it) {
      const bool hidden = it->path().filename().string().starts_with('.');
      if (hidden || it->is_symlink()) {
        it.disable_recursion_pending();
        continue;
      }
      if (!it->is_regular_file()) continue;
      total += it->file_size();
      if (total > config.max_total_bytes)
        throw std::runtime_error("more than " + std::to_string(config.max_total_bytes) + " bytes");
      add("/" + it->path().lexically_relative(config.root).generic_string(), read_file(it->path()));
    }
  } catch (const std::exception& e) {
    throw std::runtime_error("cannot serve the directory " + config.root.string() + ": " +
                             e.what());
  }
}

void StaticFiles::embed(std::string path, std::string content) {
  if (!files_.contains(path)) add(std::move(path), std::move(content));
}

void StaticFiles::add(std::string path, std::string content) {
  File file;
  const auto hash = crypto::sha256(as_bytes(content));
  const std::string tag = crypto::base64url(Bytes(hash).first(12));
  file.content_type = content_type_of(path);
  file.immutable = path.starts_with(kHashedDirectory);
  if (is_worth_packing(file.content_type, content.size()))
    file.packed = {std::make_shared<const std::string>(gzip(content)), '"' + tag + "-gzip\""};
  file.plain = {std::make_shared<const std::string>(std::move(content)), '"' + tag + '"'};
  files_.insert_or_assign(std::move(path), std::move(file));
}

Response StaticFiles::serve(const Request& request) const {
  auto path = decode_path(request.path);
  if (path && path->ends_with('/')) path->append("index.html");
  const auto found = path ? files_.find(*path) : files_.end();
  if (found == files_.end()) return Response::text(404, "Not Found");

  const File& file = found->second;
  const bool packed = file.packed.content && accepts_gzip(request.header("Accept-Encoding"));
  const Body& body = packed ? file.packed : file.plain;
  const bool unchanged = names_etag(request.header("If-None-Match"), body.etag);
  Response response =
      unchanged ? Response::empty(304) : Response::sharing(file.content_type, body.content);
  if (packed && !unchanged) response.headers.set("Content-Encoding", "gzip");
  if (file.packed.content) response.headers.set("Vary", "Accept-Encoding");
  response.headers.set("ETag", body.etag);
  response.headers.set("Cache-Control", std::string(file.immutable ? kImmutable : kRevalidate));
  response.headers.set("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace plenum::http
