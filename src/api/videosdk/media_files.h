// GET /hls/{id}/{file} and GET /files/recordings/{name}: what composition wrote into the data
// directory, with ranges (RFC 9110 14). Files are read on a thread of their own, piece by piece.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "api/http/router.h"
#include "api/videosdk/media_links.h"

namespace plenum::videosdk_api {

class MediaFiles {
 public:
  /// A job's recordings are in `root`/recordings/<id>, its HLS stream in `root`/hls/<id>.
  MediaFiles(std::filesystem::path root, MediaLinks links, std::function<std::int64_t()> unix_ms)
      : root_(std::move(root)), links_(std::move(links)), unix_ms_(std::move(unix_ms)) {}
  ~MediaFiles() { pool_.join(); }
  MediaFiles(const MediaFiles&) = delete;
  MediaFiles& operator=(const MediaFiles&) = delete;

  /// No request may reach the routes, and no answer of theirs be under way, once this is gone.
  void add_routes(http::Router& router);
  boost::asio::awaitable<http::Response> serve_recording(const http::Request& request);
  boost::asio::awaitable<http::Response> serve_hls(const http::Request& request);

  /// A file with whatever a request says of ranges; 404 when there is none. Its type follows from
  /// the ending of its name.
  boost::asio::awaitable<http::Response> serve(const http::Request& request,
                                               std::filesystem::path path, std::string cache);

  /// Deletes all files of a job soon.
  void remove(const std::string& job);

 private:
  const std::filesystem::path root_;
  const MediaLinks links_;
  const std::function<std::int64_t()> unix_ms_;
  boost::asio::thread_pool pool_{1};
};

}  // namespace plenum::videosdk_api
