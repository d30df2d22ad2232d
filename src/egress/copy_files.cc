#include "egress/copy_files.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace plenum::egress {
namespace {

std::string name_of_codec(codec::Codec codec) {
  std::string name(codec::mime(codec).substr(6));  // "video/" or "audio/"
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return name;
}

pb::Source source_of(TrackSource source) {
  switch (source) {
    case TrackSource::camera:
      return pb::CAMERA;
    case TrackSource::microphone:
      return pb::MICROPHONE;
    case TrackSource::screen:
      return pb::SCREEN;
    case TrackSource::screen_audio:
      break;
  }
  return pb::SCREEN_AUDIO;
}

}  // namespace

CopyFiles::CopyFiles(Options options)
    : options_(std::move(options)),
      keeper_(options_.folder + "/" + options_.name + ".json", options_.wake) {}

std::size_t CopyFiles::add(const std::string& base, Container container, ManifestFile entry) {
  if (files_.size() == kMost) throw std::runtime_error("the tracks began anew too often");
  std::string name = base + "." + word(container);
  for (int n = 2; is_taken(name); ++n)
    name = base + "-" + std::to_string(n) + "." + word(container);
  entry.file = std::move(name);
  files_.push_back({.entry = std::move(entry), .container = container});
  touch();
  return files_.size() - 1;
}

bool CopyFiles::is_taken(const std::string& name) const {
  std::error_code ignored;
  return std::ranges::any_of(files_, [&](const File& f) { return f.entry.file == name; }) ||
         std::filesystem::exists(
             std::filesystem::symlink_status(options_.folder + "/" + name, ignored));
}

void CopyFiles::close(std::size_t id, bool is_whole, const std::string& error) {
  File& file = files_.at(id);
  file.error = error;
  using enum FileKeeper::Ending;
  keeper_.keep(id, path(id),
               file.container != Container::mp4 ? sync
               : is_whole                       ? finalise
                                                : recover);
}

void CopyFiles::refuse(const std::string& base, const std::string& error) {
  const bool known = std::ranges::any_of(
      refusals_, [&](const Refusal& r) { return r.id == base && r.error == error; });
  if (!known) refusals_.push_back({.id = base, .error = error});
}

bool CopyFiles::take_changes() {
  const auto all = keeper_.take_kept();
  for (const FileKeeper::Kept& kept : all) {
    File& file = files_.at(kept.id);
    if (kept.bytes) file.entry.bytes = *kept.bytes;
    if (file.error.empty()) file.error = kept.error;
    file.state = file.error.empty() ? pb::OutputStatus::ENDED : pb::OutputStatus::FAILED;
    file.entry.is_final = true;
    touch();
  }
  return !all.empty();
}

void CopyFiles::write_manifest(Duration duration, bool ended) {
  Manifest manifest{.started_unix_us = options_.started_unix_us,
                    .ended = ended,
                    .duration = std::chrono::floor<std::chrono::milliseconds>(duration)};
  for (const File& f : files_) manifest.files.push_back(f.entry);
  keeper_.write(std::move(manifest));
  is_stale_ = false;
}

std::vector<pb::OutputStatus> CopyFiles::status() const {
  std::vector<pb::OutputStatus> all;
  for (const File& f : files_) all.push_back(status_of(f));
  for (const Refusal& r : refusals_) {
    pb::OutputStatus& status = all.emplace_back();
    status.set_id(r.id);
    status.set_state(pb::OutputStatus::FAILED);
    status.set_error(r.error);
  }
  return all;
}

pb::OutputStatus CopyFiles::status_of(const File& file) const {
  const ManifestFile& entry = file.entry;
  pb::OutputStatus status;
  status.set_id(entry.file);
  status.set_state(file.state);
  status.set_started(entry.bytes > 0);
  status.set_bytes(entry.bytes);
  status.set_duration_ms(static_cast<std::uint64_t>(entry.duration / 1ms));
  status.set_error(file.error);
  pb::CopiedFile& copied = *status.mutable_copied();
  copied.set_identity(entry.identity);
  copied.set_start_us(static_cast<std::uint64_t>(entry.start.count()));
  copied.set_started_unix_us(
      static_cast<std::uint64_t>(options_.started_unix_us + entry.start.count()));
  for (const ManifestStream& s : entry.streams) {
    copied.add_sources(source_of(s.source));
    copied.add_codecs(name_of_codec(s.codec));
  }
  return status;
}

std::string CopyFiles::error() const {
  for (const File& f : files_)
    if (!f.error.empty()) return f.error;
  for (const Refusal& r : refusals_)
    if (!r.error.empty()) return r.error;
  return "";
}

}  // namespace plenum::egress
