// Serves a directory tree, e.g. the built web page. The tree is read once, at construction, and
// requests are looked up in that table: no request can name a file that was not in it (path
// traversal, symbolic links and races have nothing to work on).
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/request.h"
#include "api/http/response.h"

namespace plenum::http {

class StaticFiles {
 public:
  struct Config {
    /// May be empty: then only embedded files are served.
    std::filesystem::path root;
    /// A tree larger than this is not a web page; construction throws.
    std::size_t max_total_bytes = std::size_t{64} << 20;
  };

  /// No files at all.
  StaticFiles() = default;
  /// Throws std::runtime_error when the root cannot be read. Skips symbolic links and dot files.
  explicit StaticFiles(const Config& config);

  /// Adds a file unless the tree has it. `path` begins with a slash, e.g. "/index.html".
  void embed(std::string path, std::string content);

  /// GET and HEAD: 200, 304 (If-None-Match) or 404. A directory answers with its index.html. Text
  /// goes compressed to those who take it; it was compressed once, at construction.
  Response serve(const Request& request) const;
  std::size_t size() const { return files_.size(); }

 private:
  struct Body {
    std::shared_ptr<const std::string> content;
    std::string etag;
  };
  struct File {
    Body plain;
    /// Without content where it would hardly be smaller.
    Body packed;
    std::string_view content_type;
    /// Its name holds a hash of its content, so it never changes.
    bool immutable = false;
  };
  void add(std::string path, std::string content);

  std::map<std::string, File, std::less<>> files_;
};

/// By file name extension; application/octet-stream when unknown.
std::string_view content_type_of(std::string_view path);

}  // namespace plenum::http
