// Images that app servers have uploaded, to be seen in recordings: files below the data directory,
// a folder for each API key. Nothing here decodes them.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plenum::videosdk_api {

class ImageStore {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{2} << 20;
  static constexpr std::size_t kMostImages = 100;

  struct Image {
    /// 24 hex digits.
    std::string id;
    /// "image/png" or "image/jpeg".
    std::string type;
    std::uint64_t bytes = 0;
    std::int64_t created_ms = 0;
  };
  enum class Refusal : std::uint8_t {
    /// Neither PNG nor JPEG by its first bytes.
    bad_type,
    too_large,
    /// The key has kMostImages.
    too_many,
    /// The disk does not take it.
    failed,
  };

  /// `root`: the data directory. What blocks, blocks for the disk.
  explicit ImageStore(std::filesystem::path root) : root_(std::move(root)) {}

  /// `id` is a new one. Whole or not at all.
  Result<Image, Refusal> add(const std::string& api_key, const std::string& id,
                             std::string_view file, std::int64_t now_ms) const;
  /// Latest first.
  std::vector<Image> list(const std::string& api_key) const;
  /// False: there is none of that key.
  bool remove(const std::string& api_key, const std::string& id) const;
  bool has(const std::string& api_key, const std::string& id) const;
  /// The file; nullopt: there is none of that key.
  std::optional<std::string> read(const std::string& api_key, const std::string& id) const;

 private:
  std::filesystem::path folder(const std::string& api_key) const;
  /// Whatever its type; nullopt: there is none.
  std::optional<std::filesystem::path> find(const std::string& api_key,
                                            const std::string& id) const;

  std::filesystem::path root_;
};

}  // namespace plenum::videosdk_api
