#include "api/videosdk/media_links.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/hex.h"

namespace plenum::videosdk_api {
namespace {

constexpr std::int64_t kFileUrlSeconds = std::int64_t{7} * 24 * 3600;
constexpr std::size_t kIdLength = 24;

constexpr std::string_view kEndings[] = {".mp4", ".m4a", ".webm", ".ogg", ".json"};

/// "-2" … "-9999", if it begins so.
void skip_number(std::string_view& name) {
  constexpr std::size_t kMostDigits = 4;
  if (name.size() < 2 || name[0] != '-') return;
  std::size_t end = 1;
  while (end < name.size() && name[end] >= '0' && name[end] <= '9') ++end;
  const std::string_view digits = name.substr(1, end - 1);
  if (digits.empty() || digits.size() > kMostDigits || digits[0] == '0' || digits == "1") return;
  name.remove_prefix(end);
}

std::string signature_of(const std::string& secret, std::string_view name, std::int64_t expires_s) {
  const std::string text = fmt::format("recordings/{}\n{}", name, expires_s);
  return crypto::base64url(crypto::hmac_sha256(as_bytes(secret), as_bytes(text)));
}

}  // namespace

bool is_job_id(std::string_view text) { return is_hex(text, kIdLength); }

bool is_recording_name(std::string_view name) {
  if (name.size() < kIdLength || !is_job_id(name.substr(0, kIdLength))) return false;
  name.remove_prefix(kIdLength);
  skip_number(name);
  // The longer one first.
  for (const std::string_view source : {"-camera", "-microphone", "-screen-audio", "-screen"})
    if (name.starts_with(source)) {
      name.remove_prefix(source.size());
      break;
    }
  skip_number(name);
  return std::ranges::find(kEndings, name) != std::end(kEndings);
}

std::string MediaLinks::file_url(const control::EgressOutput& file, std::int64_t now_ms) const {
  if (!file.object.empty() && object_url) return object_url(file.object, now_ms);
  const std::string name = file.path.substr(file.path.rfind('/') + 1);
  const std::int64_t expires_s = now_ms / 1000 + kFileUrlSeconds;
  return fmt::format("{}/files/recordings/{}?exp={}&sig={}", base, name, expires_s,
                     signature_of(secret, name, expires_s));
}

bool MediaLinks::is_signed(std::string_view name, std::int64_t expires_s,
                           std::string_view signature, std::int64_t now_ms) const {
  if (secret.empty() || expires_s <= now_ms / 1000) return false;
  const std::string wanted = signature_of(secret, name, expires_s);
  return crypto::equal_constant_time(as_bytes(wanted), as_bytes(signature));
}

std::string MediaLinks::playback_url(const control::EgressJob& job) const {
  return fmt::format("{}/hls/{}/index.m3u8", base, job.id);
}
std::string MediaLinks::live_url(const control::EgressJob& job) const {
  return fmt::format("{}/hls/{}/live.m3u8", base, job.id);
}

}  // namespace plenum::videosdk_api
