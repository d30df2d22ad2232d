#include "egress/recorded_file.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "egress/control_words.h"

namespace plenum::egress {
namespace {

/// What a packet's own duration may be.
constexpr Duration kLastPacket = 40ms;
/// Sound is decoded so much before it is to be heard.
constexpr Duration kDecodeAhead = 300ms;

}  // namespace

RecordedFile::RecordedFile(int folder, const ManifestFile& about, TimePoint job_start,
                           std::uint64_t first_track, bool video)
    : about_(about), job_start_(job_start), start_(job_start + about.start), read_to_(start_) {
  MediaFile::Content content;
  for (const ManifestStream& s : about_.streams) {
    const bool is_video = kind_of(s.source) == MediaKind::video;
    if (is_video && !video) continue;
    streams_.push_back({.about = &s, .track = first_track++});
    if (is_video) {
      content.video = s.codec;
      video_ = std::make_unique<RecordedVideo>(s.codec);
      video_track_ = streams_.back().track;
    } else {
      content.audio = s.codec;
      audio_ = std::make_unique<RecordedAudio>(s.codec);
    }
  }
  if (streams_.empty()) {
    is_read_ = true;
    return;
  }
  auto opened = MediaFile::open(folder, about_.file, content);
  if (!opened)
    throw std::runtime_error("cannot read the recorded file " + about_.file + ": " +
                             opened.error());
  file_ = std::move(opened).value();
}

void RecordedFile::advance(TimePoint t) {
  read(t + kReadAhead);
  if (video_) video_->advance(t);
  if (audio_) audio_->advance(t + kDecodeAhead);
}

void RecordedFile::read(TimePoint until) {
  while (!is_read_ && read_to_ < until) {
    auto packet = file_->next();
    if (!packet) {
      is_read_ = true;
      file_.reset();
      return;
    }
    take(std::move(*packet));
    const std::size_t waiting = (video_ ? video_->bytes() : 0) + (audio_ ? audio_->bytes() : 0);
    if (waiting > kMostWaiting)
      throw std::runtime_error("the recorded file " + about_.file + " holds too much at a time");
  }
}

void RecordedFile::take(RecordedPacket packet) {
  const TimePoint at = start_ + packet.at;
  read_to_ = std::max(read_to_, at);
  if (packet.kind == MediaKind::audio) {
    audio_->push(std::move(packet.bytes), at);
    return;
  }
  const auto ticks = static_cast<std::uint32_t>(packet.at.count() * 9 / 100);
  video_->push({.bytes = std::move(packet.bytes), .timestamp = RtpTime(ticks), .key = packet.key},
               at);
}

bool RecordedFile::has_ended(TimePoint t) const {
  return is_read_ && t >= std::max(read_to_ + kLastPacket, start_ + about_.duration) &&
         (!video_ || video_->is_empty()) && (!audio_ || audio_->is_empty());
}

void RecordedFile::describe(pb::Member& member, TimePoint t) {
  revision(t);
  for (const Stream& s : streams_) {
    pb::Track& track = *member.add_tracks();
    track.set_id(s.track);
    track.set_source(source_of(s.about->source));
    track.set_codec(std::string(codec::name(s.about->codec)));
    track.set_muted(s.muted);
  }
}

std::uint64_t RecordedFile::revision(TimePoint t) {
  for (Stream& s : streams_) {
    const std::vector<Interval>& muted = s.about->muted;
    while (s.next_muted < muted.size() && job_start_ + muted[s.next_muted].to <= t) ++s.next_muted;
    const bool now = s.next_muted < muted.size() && job_start_ + muted[s.next_muted].from <= t;
    if (std::exchange(s.muted, now) != now) ++revision_;
  }
  return revision_;
}

RecordedVideo* RecordedFile::video(std::uint64_t track) {
  return video_ && track == video_track_ ? video_.get() : nullptr;
}

bool RecordedFile::is_voice() const {
  return std::ranges::any_of(streams_, [](const Stream& s) {
    return s.about->source == TrackSource::microphone && !s.muted;
  });
}

}  // namespace plenum::egress
