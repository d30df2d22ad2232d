// POST /v2/plenum/files and GET /v2/plenum/files/{id}: files that an app hands to others for a
// while (videosdk-api 7.2), in the folder "files" of the data directory.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/key_store.h"
#include "api/http/router.h"
#include "api/videosdk/media_files.h"
#include "api/videosdk/problem.h"
#include "base/time.h"

namespace plenum::videosdk_api {

/// Lives on the control thread; disks are waited for on a thread of its own.
class TemporaryFiles {
 public:
  static constexpr std::uint64_t kMaxBytesOfKey = std::uint64_t{1} << 30;
  static constexpr std::size_t kMaxFilesOfKey = 1000;
  static constexpr std::size_t kMaxNameBytes = 255;

  struct Settings {
    std::filesystem::path folder;
    std::size_t max_bytes = std::size_t{10} << 20;
    Duration keep = std::chrono::hours(24);
    /// For signatures and as the links' beginning, as of MediaLinks.
    std::string secret, base;
  };
  struct Surroundings {
    boost::asio::io_context& io;
    http::KeyStore keys;
    std::function<std::int64_t()> unix_ms;
    /// Serves what is on the disk.
    MediaFiles& media;
  };

  /// Takes over what an earlier process left, and drops what is over its time, now and then. Throws
  /// std::filesystem::filesystem_error when the folder cannot be made or read.
  TemporaryFiles(Settings settings, Surroundings around);
  ~TemporaryFiles() { pool_.join(); }
  TemporaryFiles(const TemporaryFiles&) = delete;
  TemporaryFiles& operator=(const TemporaryFiles&) = delete;

  /// No request may reach the routes, and no answer of theirs be under way, once this is gone.
  void add_routes(http::Router& router);
  boost::asio::awaitable<http::Response> upload(const http::Request& request);
  boost::asio::awaitable<http::Response> download(const http::Request& request);
  /// Drops what is over its time.
  void sweep();

 private:
  struct File {
    std::uint64_t bytes = 0;
    std::int64_t expires_ms = 0;
  };
  struct Share {
    std::uint64_t bytes = 0;
    std::size_t files = 0;
  };
  std::string owner_of(const std::string& api_key) const;
  std::string signature_of(std::string_view id, std::string_view name,
                           std::int64_t expires_s) const;
  boost::asio::awaitable<Result<std::string, Problem>> store(const http::Request& request);
  std::optional<Problem> fault_of(const http::Request& request) const;
  void add(const std::string& id, File file);
  void remove(const std::string& id);
  void read_folder();
  void sweep_later();

  const Settings settings_;
  Surroundings around_;
  boost::asio::steady_timer timer_;
  /// By id, and by owner.
  std::map<std::string, File> files_;
  std::map<std::string, Share> shares_;
  boost::asio::thread_pool pool_{1};
};

}  // namespace plenum::videosdk_api
