#include "egress/copy_lane.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "egress/control_words.h"

namespace plenum::egress {
namespace {

/// Of several of a source the last that is not muted, or else the last.
const pb::Track* track_of(const pb::Member* member, std::optional<TrackSource> source) {
  const pb::Track* found = nullptr;
  if (!member || !source) return nullptr;
  for (const pb::Track& t : member->tracks())
    if (source_from(t.source()) == *source && (!found || found->muted() || !t.muted())) found = &t;
  return found;
}

std::uint8_t top_layer(const pb::Track& track) {
  constexpr int kMost = static_cast<int>(VideoLayers::kMaxLayers), kUsual = 3;
  if (!track.simulcast()) return 0;
  const int layers = track.layers_size() == 0 ? kUsual : std::min(track.layers_size(), kMost);
  return static_cast<std::uint8_t>(layers - 1);
}

/// As the manifest takes it: cut between characters.
std::string text_of(std::string text) {
  if (text.size() <= Manifest::kMaxText) return text;
  std::size_t end = Manifest::kMaxText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

/// What was on its way when a track stopped.
constexpr Duration kTail = 100ms;

Duration whole_ms(Duration d) { return std::chrono::floor<std::chrono::milliseconds>(d); }

}  // namespace

CopyLane::CopyLane(Options options, CopyFiles& files)
    : options_(std::move(options)), files_(files) {
  if (options_.video) video_.source = *options_.video;
  if (options_.audio) audio_.source = *options_.audio;
}

void CopyLane::set_member(const pb::Member* member, const std::shared_ptr<ParticipantClock>& clock,
                          TimePoint now) {
  if (member) {
    identity_ = text_of(member->identity());
    display_name_ = text_of(member->name());
  }
  if (member && !is_present_ && ends_) end(now);  // back before the file was closed
  if (!member && is_present_) ends_ = now;
  is_present_ = member != nullptr;
  set_video(track_of(member, options_.video), clock, now);
  set_audio(track_of(member, options_.audio), clock, now);
}

void CopyLane::set_video(const pb::Track* track, const std::shared_ptr<ParticipantClock>& clock,
                         TimePoint now) {
  const auto codec = track ? codec_from(*track) : std::nullopt;
  if (track && (video_.track != track->id() || video_.codec != codec)) {
    if (options_.splits && file_ && files_.has_room()) end(now);
    if (video_.input) video_.input->handle_timeout(kNever);
    collect(TimePoint::max());
    const auto container =
        codec ? container_for(options_.container, *codec)
              : Result<Container, std::string>(Err{track->codec() + " cannot be written as it is"});
    if (!container) files_.refuse(options_.base, container.error());
    video_.track = track->id();
    video_.codec = codec.value_or(codec::Codec::h265);
    video_.input = container ? std::make_unique<CopiedVideo>(clock, *codec) : nullptr;
  }
  if (track) video_.layer = top_layer(*track);
  if (video_.input) video_.input->pin(video_.layer);
  const bool live = track && !track->muted() && video_.input;
  if (live && !video_.is_live) video_.input->restart();
  set_live(video_, live, now);
}

void CopyLane::set_audio(const pb::Track* track, const std::shared_ptr<ParticipantClock>& clock,
                         TimePoint now) {
  const auto codec = track ? codec_from(*track) : std::nullopt;
  if (track && (audio_.track != track->id() || audio_.codec != codec)) {
    if (options_.splits && file_ && files_.has_room()) end(now);
    if (audio_.input) audio_.input->handle_timeout(kNever);
    collect(TimePoint::max());
    const bool fits = codec == codec::Codec::opus;
    if (!fits)
      files_.refuse(options_.base, track->codec() + " cannot be written as it is, only Opus");
    audio_.track = track->id();
    audio_.codec = codec.value_or(codec::Codec::pcmu);
    audio_.input = fits ? std::make_unique<CopiedAudio>(clock) : nullptr;
  }
  set_live(audio_, track && !track->muted() && audio_.input, now);
}

template <class Input>
void CopyLane::set_live(CopySlot<Input>& slot, bool live, TimePoint now) {
  if (options_.splits && live != slot.is_live && files_.has_room()) {
    if (live && ends_) end(now);
    if (!live) ends_ = now;
  }
  if (live != slot.is_live) files_.touch();
  slot.is_live = live;
  slot.mutes.set(!live, now - options_.job_start);
}

std::vector<CopyLane::Want> CopyLane::wanted() const {
  std::vector<Want> wants;
  if (video_.is_live) wants.push_back({.track = *video_.track, .layer = video_.layer});
  if (audio_.is_live) wants.push_back({.track = *audio_.track});
  return wants;
}

bool CopyLane::is_idle() const {
  if (ends_) return false;
  return options_.splits ? !video_.is_live && !audio_.is_live : !is_present_;
}

void CopyLane::handle_media(RelayRecord record, TimePoint now) {
  if (is_idle()) return;  // a straggler would make a file of its own
  const bool is_video = video_.track == record.track;
  if (auto* packet = std::get_if<MediaPacket>(&record.what)) {
    if (is_video && video_.input)
      video_.input->handle_packet(record.layer, std::move(*packet), now);
    else if (!is_video && audio_.input)
      audio_.input->handle_packet(std::move(*packet), record.red, now);
  } else if (const auto* report = std::get_if<SenderReport>(&record.what)) {
    if (is_video && video_.input)
      video_.input->handle_sender_report(record.layer, *report, now);
    else if (!is_video && audio_.input)
      audio_.input->handle_sender_report(*report, now);
  }
}

TimePoint CopyLane::next_timeout() const {
  return std::min(video_.input ? video_.input->next_timeout() : kNever,
                  audio_.input ? audio_.input->next_timeout() : kNever);
}

void CopyLane::handle_timeout(TimePoint now) {
  if (video_.input) video_.input->handle_timeout(now);
  if (audio_.input) audio_.input->handle_timeout(now);
}

std::vector<CopyLane::Want> CopyLane::take_key_frame_requests(TimePoint now) {
  if (!video_.is_live) return {};
  const auto layer = video_.input->wants_key_frame(now);
  if (!layer) return {};
  return {{.track = *video_.track, .layer = *layer}};
}

void CopyLane::collect(TimePoint until) {
  const auto take = [&](auto& input, codec::Codec codec) {
    if (!input) return;
    for (TimedFrame& f : input->take(until))
      waiting_.push_back({.codec = codec, .what = std::move(f)});
  };
  take(video_.input, video_.codec);
  take(audio_.input, audio_.codec);
  std::ranges::stable_sort(waiting_, {}, [](const Waiting& w) { return w.what.captured; });
}

void CopyLane::write(TimePoint now) {
  const TimePoint until = now - kDelay;
  collect(until);
  const bool is_over = ends_ && until >= *ends_ + kTail;
  if (!file_ && !may_begin(until) && !is_over) return;
  write_waiting();
  if (is_over) return end(*ends_);
  if (!file_ || !file_->file.has_audio()) return;
  // Packets lie before the time they were captured by what the encoder looks ahead.
  const TimePoint silent = until - (audio_.is_live ? kLateness : OpusTimeline::kTolerance);
  lay(file_->sound.fill(silent - file_->start));
}

bool CopyLane::may_begin(TimePoint until) const {
  if (waiting_.empty()) return false;
  const auto is_video = [](const Waiting& w) { return codec::kind(w.codec) == MediaKind::video; };
  const bool is_refused = video_.track && !video_.input;
  return !options_.video || is_refused || std::ranges::any_of(waiting_, is_video) ||
         until >= waiting_.front().what.captured + kPictureWait;
}

void CopyLane::write_waiting() {
  if (!file_ && !waiting_.empty()) begin();
  for (const Waiting& w : waiting_) {
    if (codec::kind(w.codec) == MediaKind::video)
      write_video(w);
    else
      write_audio(w);
  }
  waiting_.clear();
}

/// A file for what waits, with the picture that is in it, from where the earliest frame lies.
void CopyLane::begin() {
  std::optional<VideoHeader> video;
  TimePoint at = kNever;
  for (const Waiting& w : waiting_) {
    const bool is_sound = codec::kind(w.codec) == MediaKind::audio;
    if (!is_sound && w.what.frame.key && !video) {
      video = read_video_header(w.codec, w.what.frame, std::nullopt);
      if (video) at = std::min(at, w.what.captured);
    }
    if (is_sound && options_.audio) at = std::min(at, w.what.captured - OpusTimeline::kLookahead);
  }
  if (at != kNever) open(std::move(video), at);
}

void CopyLane::write_video(const Waiting& w) {
  if (w.what.frame.key) {
    auto header = read_video_header(w.codec, w.what.frame, file_ ? file_->video : std::nullopt);
    needs_key_ = !header;
    if (!header) {
      if (video_.input) video_.input->require_key();
      return;
    }
    const bool fits = file_ && file_->video && file_->video->codec == header->codec &&
                      (header->codec != codec::Codec::h264 || file_->video->size == header->size);
    if (!fits) {
      if (file_) close(w.what.captured);
      open(header, w.what.captured);
    }
    file_->video = std::move(header);
  }
  if (!needs_key_ && (!file_ || !file_->video)) {
    needs_key_ = true;
    if (video_.input) video_.input->require_key();
  }
  if (needs_key_) return;
  file_->file.write_video(w.what.frame, w.what.captured - file_->start);
}

void CopyLane::write_audio(const Waiting& w) {
  if (!file_ || !file_->file.has_audio()) return;
  lay(file_->sound.push(w.what.frame.bytes, w.what.frame.timestamp,
                        w.what.captured - file_->start));
}

void CopyLane::lay(const std::vector<OpusTimeline::Placed>& packets) {
  for (const OpusTimeline::Placed& p : packets) file_->file.write_audio(p);
}

void CopyLane::open(std::optional<VideoHeader> video, TimePoint at) {
  at = std::max(at, options_.job_start);
  const Duration start = at - options_.job_start;
  video_.mutes.forget_before(start);
  audio_.mutes.forget_before(start);
  const bool audio = options_.audio.has_value();
  const auto container =
      container_for(options_.container, video ? std::optional(video->codec) : std::nullopt);
  ManifestFile entry{.identity = identity_, .name = display_name_, .start = start};
  if (video)
    entry.streams.push_back({.source = video_.source,
                             .codec = video->codec,
                             .width = video->size.width,
                             .height = video->size.height});
  if (audio) entry.streams.push_back({.source = audio_.source, .codec = codec::Codec::opus});
  const std::size_t id = files_.add(options_.base, *container, std::move(entry));
  try {
    file_.reset(new OpenFile{.id = id,
                             .start = at,
                             .file = CopyFile(files_.path(id), *container, video, audio),
                             .video = std::move(video)});
  } catch (const std::exception& e) {
    files_.close(id, false, e.what());
    throw;
  }
}

void CopyLane::close(TimePoint at) {
  if (file_->file.has_audio() && !options_.splits) lay(file_->sound.finish(at - file_->start));
  file_->file.finish();
  refresh();
  files_.close(file_->id, true);
  file_.reset();
}

void CopyLane::end(TimePoint at) {
  ends_.reset();
  handle_timeout(kNever);
  collect(at);
  write_waiting();
  if (file_) close(at);
  collect(TimePoint::max());
  waiting_.clear();
}

void CopyLane::abandon(const std::string& error) {
  waiting_.clear();
  if (!file_) return;
  refresh();
  files_.close(file_->id, false, error);
  file_.reset();
}

void CopyLane::refresh() {
  if (!file_) return;
  ManifestFile& entry = files_.entry(file_->id);
  entry.bytes = file_->file.bytes();
  entry.duration = whole_ms(file_->file.duration());
  const Duration end = entry.start + entry.duration;
  for (ManifestStream& s : entry.streams)
    s.muted = kind_of(s.source) == MediaKind::video ? video_.mutes.within(entry.start, end)
                                                    : audio_.mutes.within(entry.start, end);
}

}  // namespace plenum::egress
