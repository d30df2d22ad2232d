#include "api/videosdk/temporary_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "api/videosdk/pool_call.h"
#include "api/videosdk/token.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "base/hex.h"
#include "base/log.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// An id is its owner and what nobody can guess, in hex digits.
constexpr std::size_t kOwnerLength = 16, kIdLength = 48;
constexpr std::chrono::seconds kSweepEvery{60};

/// A name without a folder, for people: the file has another one here.
bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= TemporaryFiles::kMaxNameBytes &&
         std::ranges::all_of(
             name, [](unsigned char c) { return c >= 0x20 && c != 0x7f && c != '/' && c != '\\'; });
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '-' || c == '_';
    if (plain)
      out += static_cast<char>(c);
    else
      out += fmt::format("%{:02X}", c);
  }
  return out;
}

http::Response refused(const Problem& problem) {
  std::string request_id = crypto::random_text(12);
  http::Response response = refusal(problem, request_id);
  add_marks(response, std::move(request_id));
  return response;
}

/// Whole or not at all.
bool write_file(const fs::path& path, const std::string& content) {
  const std::string unfinished = path.string() + ".new";
  const int fd = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  std::size_t written = 0;
  while (written < content.size()) {
    const ::ssize_t n = ::write(fd, content.data() + written, content.size() - written);
    if (n <= 0) break;
    written += static_cast<std::size_t>(n);
  }
  const bool closed = ::close(fd) == 0;
  std::error_code error;
  if (written == content.size() && closed) {
    fs::rename(unfinished, path, error);
    if (!error) return true;
  }
  fs::remove(unfinished, error);
  return false;
}

Problem too_many() {
  return {429, "TOO_MANY_FILES", "This key has as many files as it may: try again later", 3074};
}
Problem file_not_found() { return {404, "FILE_NOT_FOUND", "There is no such file", 3075}; }
Problem bad_link() {
  return {403, "INVALID_LINK", "The link does not hold, or not any more", 3075};
}

}  // namespace

TemporaryFiles::TemporaryFiles(Settings settings, Surroundings around)
    : settings_(std::move(settings)), around_(std::move(around)), timer_(around_.io) {
  fs::create_directories(settings_.folder);
  read_folder();
  sweep();
  sweep_later();
}

/// Not the key itself: ids are for everybody to see.
std::string TemporaryFiles::owner_of(const std::string& api_key) const {
  const auto mac = crypto::hmac_sha256(as_bytes(settings_.secret), as_bytes("owner\n" + api_key));
  return hex(Bytes(mac).first(kOwnerLength / 2));
}

std::string TemporaryFiles::signature_of(std::string_view id, std::string_view name,
                                         std::int64_t expires_s) const {
  const std::string text = fmt::format("files/{}\n{}\n{}", id, expires_s, name);
  return crypto::base64url(crypto::hmac_sha256(as_bytes(settings_.secret), as_bytes(text)));
}

void TemporaryFiles::add(const std::string& id, File file) {
  Share& share = shares_[id.substr(0, kOwnerLength)];
  share.bytes += file.bytes;
  ++share.files;
  files_[id] = file;
}

void TemporaryFiles::remove(const std::string& id) {
  const auto found = files_.find(id);
  if (found == files_.end()) return;
  const auto share = shares_.find(id.substr(0, kOwnerLength));
  share->second.bytes -= found->second.bytes;
  if (--share->second.files == 0) shares_.erase(share);
  files_.erase(found);
}

void TemporaryFiles::read_folder() {
  const std::int64_t keep_ms = settings_.keep / 1ms;
  const auto file_now = fs::file_time_type::clock::now();
  for (const fs::directory_entry& entry : fs::directory_iterator(settings_.folder)) {
    const std::string id = entry.path().filename();
    std::error_code error;
    const auto modified = entry.last_write_time(error);
    if (error || !entry.is_regular_file(error)) continue;
    if (id.ends_with(".new")) {
      fs::remove(entry.path(), error);
      continue;
    }
    if (!is_hex(id, kIdLength)) continue;
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(file_now - modified);
    add(id, {entry.file_size(error), around_.unix_ms() - age.count() + keep_ms});
  }
}

void TemporaryFiles::sweep() {
  const std::int64_t now_ms = around_.unix_ms();
  std::vector<std::string> over;
  for (const auto& [id, file] : files_)
    if (file.expires_ms <= now_ms) over.push_back(id);
  for (const std::string& id : over) {
    remove(id);
    asio::post(pool_, [path = settings_.folder / id] {
      std::error_code ignored;
      fs::remove(path, ignored);
    });
  }
}

void TemporaryFiles::sweep_later() {
  timer_.expires_after(kSweepEvery);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    sweep();
    sweep_later();
  });
}

asio::awaitable<Result<std::string, Problem>> TemporaryFiles::store(const http::Request& request) {
  const std::int64_t now_ms = around_.unix_ms();
  const auto caller = read_caller(token_of(request), around_.keys, now_ms / 1000);
  if (!caller) co_return Err{caller.error()};
  // Who has to ask to enter leaves nothing before.
  const bool enters = caller->may_join && !caller->ask_join;
  if (!enters && !caller->may_call_rest) co_return Err{problems::forbidden_grant()};
  const std::string name(request.query.find("name").value_or(""));
  if (!is_name(name))
    co_return Err{problems::invalid("name must be a file's name of 1 to 255 bytes")};
  if (request.body.empty()) co_return Err{problems::invalid("the body is the file: it is empty")};
  const std::string owner = owner_of(caller->api_key);
  const Share share = shares_.contains(owner) ? shares_.at(owner) : Share();
  if (share.files >= kMaxFilesOfKey || share.bytes + request.body.size() > kMaxBytesOfKey)
    co_return Err{too_many()};
  std::array<std::byte, (kIdLength - kOwnerLength) / 2> random{};
  crypto::random_bytes(random);
  const std::string id = owner + hex(Bytes(random).first((kIdLength - kOwnerLength) / 2));
  const std::int64_t expires_ms = now_ms + settings_.keep / 1ms;
  add(id, {request.body.size(), expires_ms});
  const auto writing = std::make_shared<const std::function<bool()>>(
      [path = settings_.folder / id, content = request.body] { return write_file(path, content); });
  auto step = run_on<bool>(pool_, writing);
  if (!co_await std::move(step)) {
    remove(id);
    log::error("a file was not written to {}", settings_.folder.string());
    co_return Err{Problem{503, "UNAVAILABLE", "The server cannot keep the file now", 3074}};
  }
  const std::int64_t expires_s = expires_ms / 1000;
  const boost::json::object out{
      {"url", fmt::format("{}/v2/plenum/files/{}?name={}&exp={}&sig={}", settings_.base, id,
                          percent_encoded(name), expires_s, signature_of(id, name, expires_s))},
      {"expiresAt", expires_s}};
  co_return boost::json::serialize(out);
}

asio::awaitable<http::Response> TemporaryFiles::upload(const http::Request& request) {
  auto step = store(request);
  auto stored = co_await std::move(step);
  if (!stored) co_return refused(stored.error());
  http::Response response = http::Response::json(200, std::move(*stored));
  add_marks(response, crypto::random_text(12));
  co_return response;
}

/// Why a link does not hold; nullopt: it does.
std::optional<Problem> TemporaryFiles::fault_of(const http::Request& request) const {
  const std::string id(request.parameter("id"));
  const std::string_view name = request.query.find("name").value_or("");
  const std::string_view expires = request.query.find("exp").value_or("");
  std::int64_t expires_s = 0;
  const auto [end, error] =
      std::from_chars(expires.data(), expires.data() + expires.size(), expires_s);
  if (!is_hex(id, kIdLength) || !is_name(name)) return file_not_found();
  const std::string wanted = signature_of(id, name, expires_s);
  const bool holds = error == std::errc() && end == expires.data() + expires.size() &&
                     expires_s > around_.unix_ms() / 1000 &&
                     crypto::equal_constant_time(as_bytes(wanted),
                                                 as_bytes(request.query.find("sig").value_or("")));
  if (!holds) return bad_link();
  if (!files_.contains(id)) return file_not_found();
  return std::nullopt;
}

asio::awaitable<http::Response> TemporaryFiles::download(const http::Request& request) {
  if (const auto fault = fault_of(request)) co_return refused(*fault);
  const std::string id(request.parameter("id"));
  auto served = around_.media.serve(request, settings_.folder / id, "private, no-cache");
  http::Response response = co_await std::move(served);
  response.headers.set(
      "Content-Disposition",
      "attachment; filename*=UTF-8''" + percent_encoded(request.query.find("name").value_or("")));
  response.headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
  co_return response;
}

void TemporaryFiles::add_routes(http::Router& router) {
  router.add(http::Method::post, "/v2/plenum/files",
             [this](http::Request& request) { return upload(request); },
             {.max_body_bytes = settings_.max_bytes});
  router.add(http::Method::get, "/v2/plenum/files/{id}",
             [this](http::Request& request) { return download(request); });
}

}  // namespace plenum::videosdk_api
