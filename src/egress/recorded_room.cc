#include "egress/recorded_room.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <utility>

#include "egress/manifest_file.h"

namespace plenum::egress {
namespace {

/// Where the time line begins: clocks look back a little.
constexpr TimePoint kOrigin{1h};
/// Files are kept so long after their time.
constexpr Duration kLinger = 1s;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

std::shared_ptr<const io::Fd> open_folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  auto fd = std::make_shared<const io::Fd>(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!*fd) fail("cannot open the folder of " + path + ": " + std::strerror(errno));
  return fd;
}

}  // namespace

RecordedRoom::RecordedRoom(std::span<const std::string> manifests, bool video) : video_(video) {
  if (manifests.empty() || manifests.size() > kMostManifests)
    fail("there have to be 1 to 1000 manifests");
  plan(manifests);
}

void RecordedRoom::plan(std::span<const std::string> manifests) {
  std::vector<std::pair<Manifest, std::shared_ptr<const io::Fd>>> read;
  std::int64_t first_us = std::numeric_limits<std::int64_t>::max(), last_us = 0;
  for (const std::string& path : manifests) {
    auto manifest = read_manifest(path);
    if (!manifest) fail(path + ": " + manifest.error());
    for (const ManifestFile& f : manifest->files) {
      const std::int64_t at = manifest->started_unix_us + f.start.count();
      first_us = std::min(first_us, at);
      last_us = std::max(last_us, at + f.duration.count());
    }
    read.emplace_back(std::move(*manifest), open_folder_of(path));
  }
  if (first_us > last_us) fail("there is no file in what was recorded");
  if (Duration(last_us - first_us) > kLongest) fail("what was recorded spans more than a day");
  begin_ = kOrigin;
  length_ = Duration(last_us - first_us);
  for (auto& [manifest, folder] : read)
    for (ManifestFile& f : manifest.files)
      waiting_.push_back({.folder = folder,
                          .about = std::move(f),
                          .job_start = kOrigin + Duration(manifest.started_unix_us - first_us)});
  std::ranges::stable_sort(waiting_, {}, &Planned::start);
}

bool RecordedRoom::advance(TimePoint t) {
  if (t - begin_ > kLongest) fail("what was recorded spans more than a day");
  bool changed = open_files(t);
  for (Present& p : present_) p.file->advance(t);
  changed |= close_files(t);
  for (Present& p : present_) {
    const std::uint64_t revision = p.file->revision(t);
    changed |= std::exchange(p.revision, revision) != revision;
  }
  changed |= follow_speakers(t);
  if (changed) describe(t);
  return changed;
}

/// True: one begins.
bool RecordedRoom::open_files(TimePoint t) {
  bool begins = false;
  for (; !waiting_.empty() && waiting_.front().start() <= t; waiting_.pop_front()) {
    if (present_.size() + gone_.size() >= kMostFiles)
      fail("more than 250 files were recorded at a time");
    const Planned& next = waiting_.front();
    present_.push_back({.file = std::make_unique<RecordedFile>(
                            next.folder->get(), next.about, next.job_start, next_track_, video_)});
    next_track_ += 2;
    begins = true;
  }
  return begins;
}

/// True: one has ended.
bool RecordedRoom::close_files(TimePoint t) {
  std::erase_if(gone_, [&](const Gone& g) { return g.until <= t; });
  bool ends = false;
  for (Present& p : present_) {
    if (!p.file->has_ended(t)) continue;
    meter_.forget(p.file->identity());
    gone_.push_back({.file = std::move(p.file), .until = t + kLinger});
    ends = true;
  }
  std::erase_if(present_, [](const Present& p) { return !p.file; });
  return ends;
}

/// By how loud they were in the frame before. True: others speak, or in another order.
bool RecordedRoom::follow_speakers(TimePoint t) {
  for (const Present& p : present_)
    if (p.file->audio() && p.file->is_voice())
      meter_.add(p.file->identity(), p.file->audio()->source().level(), t);
  std::vector<std::string> speakers = meter_.speakers(t);
  if (speakers == speakers_) return false;
  speakers_ = std::move(speakers);
  return true;
}

void RecordedRoom::describe(TimePoint t) {
  room_.Clear();
  for (const Present& p : present_) {
    auto* members = room_.mutable_members();
    auto at = std::ranges::find(*members, p.file->identity(), &pb::Member::identity);
    pb::Member& member = at == members->end() ? *room_.add_members() : *at;
    member.set_identity(p.file->identity());
    if (!p.file->name().empty()) member.set_name(p.file->name());
    member.set_may_publish(true);
    p.file->describe(member, t);
  }
  for (const std::string& s : speakers_) room_.add_speakers(s);
}

const TimedPicture* RecordedRoom::picture(std::uint64_t track, TimePoint until) {
  for (const Present& p : present_)
    if (RecordedVideo* video = p.file->video(track)) return video->advance(until);
  for (const Gone& g : gone_)
    if (RecordedVideo* video = g.file->video(track)) return video->advance(until);
  return nullptr;
}

std::vector<AudioSource*> RecordedRoom::sources() {
  std::vector<AudioSource*> sources;
  for (const Present& p : present_)
    if (p.file->audio()) sources.push_back(&p.file->audio()->source());
  for (const Gone& g : gone_)
    if (g.file->audio()) sources.push_back(&g.file->audio()->source());
  return sources;
}

}  // namespace plenum::egress
