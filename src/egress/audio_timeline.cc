#include "egress/audio_timeline.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace plenum::egress {
namespace {

/// Timestamps that differ by less from where the sound before ended go on from it: 2 ms.
constexpr std::int64_t kJoins = 96;
/// A step back by less is a repetition, by more a new beginning.
constexpr std::int64_t kRepeated = kAudioRate;
/// A place further in the future is none.
constexpr Duration kTooFar = 5s;
/// 100 ppm a millisecond: 300 ppm of skew hold the sound 3 ms off its place. The error is averaged
/// over 64 blocks, faster than the loop's 10 s, so it does not swing.
constexpr double kPpmPerUs = 0.1, kAverage = 1.0 / 64;
/// Sound that comes after its time in 25 blocks, and is not heard in ten times as many, is
/// postponed by a little more than it needs. A burst after an outage is late in one block only.
constexpr int kLatePoints = 10, kMostLatePoints = 250;
constexpr Duration kPostponedMore = 60ms, kForgetPostponed = 10s;

/// Samples that the resampler looks ahead: half its filter.
constexpr std::int64_t kLookahead = 8;

Resampler open_resampler() {
  SwrContext* swr = nullptr;
  AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
  int error = swr_alloc_set_opts2(&swr, &stereo, AV_SAMPLE_FMT_FLTP, kAudioRate, &stereo,
                                  AV_SAMPLE_FMT_FLTP, kAudioRate, 0, nullptr);
  Resampler resampler(swr);
  if (error >= 0) {
    av_opt_set_int(swr, "flags", SWR_FLAG_RESAMPLE, 0);
    // The filter for any ratio at once; else the first compensation would build another.
    av_opt_set_int(swr, "exact_rational", 0, 0);
    av_opt_set_int(swr, "filter_size", 2 * kLookahead, 0);
    error = swr_init(swr);
  }
  if (error < 0) throw std::runtime_error("cannot resample audio: " + ffmpeg_error(error));
  return resampler;
}

}  // namespace

AudioTimeline::AudioTimeline(const StreamClock& clock)
    : clock_(clock), resampler_(open_resampler()) {
  scratch_.left.resize(2 * kBlockSamples);
  scratch_.right.resize(2 * kBlockSamples);
}

void AudioTimeline::push(RtpTime timestamp, std::int64_t offset, Pcm pcm) {
  const auto size = static_cast<std::int64_t>(pcm.size());
  if (size == 0) return;
  const std::int64_t gap = gap_before(timestamp, offset);
  Chunk chunk{.timestamp = timestamp,
              .offset = offset,
              .pcm = std::move(pcm),
              .used = 0,
              .joins = last_ && std::abs(gap) <= kJoins};
  if (last_ && gap < -kJoins && gap > -kRepeated) {
    const auto repeated = static_cast<std::size_t>(std::min(-gap, size));
    counters_.discarded += repeated;
    if (-gap >= size) return;
    chunk.used = repeated;
    chunk.joins = true;
  }
  if (chunk.joins && ran_dry_) ++counters_.underruns;
  ran_dry_ = false;
  last_ = timestamp;
  last_end_ = offset + size;
  level_ += chunk.left();
  chunks_.push_back(std::move(chunk));
  while (level_ > kCapacity) {
    counters_.discarded += chunks_.front().left();
    drop_front();
  }
}

/// Samples between the end of what was pushed last and the sound at `offset` after `timestamp`.
std::int64_t AudioTimeline::gap_before(RtpTime timestamp, std::int64_t offset) const {
  if (!last_) return 0;
  const auto ticks = static_cast<std::int32_t>(timestamp.value() - last_->value());
  return std::int64_t(ticks) * kAudioRate / clock_.clock_rate() + offset - last_end_;
}

bool AudioTimeline::render(TimePoint at, AudioBlock& out) {
  std::size_t from = 0;
  if (playing_) {
    active_ = at;
    follow_clock(at);
  } else {
    const std::optional<std::size_t> first = begin(at);
    if (!first) {
      if (at - active_ > kForgetPostponed) postponed_ = Duration{};
      return false;
    }
    from = *first;
  }
  std::fill_n(out.left.begin(), from, 0.f);
  std::fill_n(out.right.begin(), from, 0.f);
  play(out, from);
  return true;
}

/// Of the chunk's first sample that was not used.
TimePoint AudioTimeline::capture_time(const Chunk& c) const {
  return clock_.capture_time(c.timestamp) + postponed_ +
         samples_to_duration(c.offset + static_cast<std::int64_t>(c.used));
}

/// Where in the block from `at` on sound begins; nullopt if it does not.
std::optional<std::size_t> AudioTimeline::begin(TimePoint at) {
  while (!chunks_.empty()) {
    const Duration ahead = capture_time(chunks_.front()) - at;
    if (ahead > kTooFar) {
      counters_.discarded += chunks_.front().left();
      drop_front();
      continue;
    }
    if (skip_late(at)) continue;
    const std::int64_t first = std::max<std::int64_t>(duration_to_samples(ahead), 0);
    if (first >= static_cast<std::int64_t>(kBlockSamples)) return std::nullopt;
    swr_init(resampler_.get());  // forgets what it holds
    playing_ = fresh_ = true;
    leaving_ = false;
    gain_ = 0;
    error_us_ = 0;
    ++counters_.placed;
    return static_cast<std::size_t>(first);
  }
  return std::nullopt;
}

/// Drops what of the first chunk should have been heard before `at`; true if there was such.
bool AudioTimeline::skip_late(TimePoint at) {
  const Duration late = at - capture_time(chunks_.front());
  const std::int64_t samples = duration_to_samples(late);
  if (samples <= 0) return false;
  const std::size_t skipped = std::min(static_cast<std::size_t>(samples), chunks_.front().left());
  counters_.late += skipped;
  use(skipped);
  if (std::exchange(active_, at) != at) late_points_ += kLatePoints;
  if (late_points_ > kMostLatePoints) {
    late_points_ = 0;
    if (postponed_ + late < kTooFar) postponed_ += late + kPostponedMore;
  }
  return true;
}

/// Holds what is played to its place, by the speed; or gives it up.
void AudioTimeline::follow_clock(TimePoint at) {
  if (!sound_goes_on()) return;  // this block ends it
  const Duration held(swr_get_delay(resampler_.get(), 1'000'000));
  const Duration error = capture_time(chunks_.front()) - held - at;
  if (abs(error) > kMostOffPlace && !leaving_) {
    leaving_ = true;
    ++counters_.misplaced;
  }
  error_us_ += (static_cast<double>(error.count()) - error_us_) * kAverage;
  const double ppm = std::clamp(error_us_ * kPpmPerUs, double(-kMostPpm), double(kMostPpm));
  swr_set_compensation(resampler_.get(), static_cast<int>(std::lround(ppm)), 1'000'000);
}

void AudioTimeline::play(AudioBlock& out, std::size_t from) {
  std::size_t done = from;
  bool ended = false;
  while (done < kBlockSamples) {
    // What the resampler does not need yet stays here; otherwise it would pile up there.
    const std::int64_t held = swr_get_delay(resampler_.get(), kAudioRate) - kLookahead;
    const auto wanted = static_cast<std::size_t>(
        std::max<std::int64_t>(std::int64_t(kBlockSamples - done) - held, 1));
    std::size_t fetched = ended ? 0 : fetch(wanted);
    if (fetched == 0) {
      // Nothing follows. What the resampler still holds is pushed out by silence.
      ended = true;
      fetched = wanted;
      std::fill_n(scratch_.left.begin(), fetched, 0.f);
      std::fill_n(scratch_.right.begin(), fetched, 0.f);
    }
    const std::optional<std::size_t> come_out = resample(fetched, out, done);
    if (!come_out) {
      std::fill(out.left.begin() + std::ptrdiff_t(done), out.left.end(), 0.f);
      std::fill(out.right.begin() + std::ptrdiff_t(done), out.right.end(), 0.f);
      ended = true;
      break;
    }
    done += *come_out;
  }
  counters_.played += kBlockSamples - from;
  late_points_ = std::max(late_points_ - 1, 0);
  if (ended) playing_ = false;
}

/// Feeds `count` samples of `scratch_`; returns how many came out, at `out[at]`. nullopt: the
/// resampler is out of memory.
std::optional<std::size_t> AudioTimeline::resample(std::size_t count, AudioBlock& out,
                                                   std::size_t at) {
  const std::uint8_t* from[] = {reinterpret_cast<const std::uint8_t*>(scratch_.left.data()),
                                reinterpret_cast<const std::uint8_t*>(scratch_.right.data())};
  std::uint8_t* to[] = {reinterpret_cast<std::uint8_t*>(out.left.data() + at),
                        reinterpret_cast<std::uint8_t*>(out.right.data() + at)};
  const int n = swr_convert(resampler_.get(), to, static_cast<int>(kBlockSamples - at), from,
                            static_cast<int>(count));
  if (n < 0) return std::nullopt;
  return static_cast<std::size_t>(n);
}

/// Moves up to `most` samples to `scratch_`, faded where the sound begins or ends. 0: it has ended.
std::size_t AudioTimeline::fetch(std::size_t most) {
  std::size_t n = 0;
  while (n < most && sound_goes_on() && !(leaving_ && gain_ == 0)) {
    const Chunk& head = chunks_.front();
    const std::size_t left = sound_left();
    std::size_t count = std::min(most - n, head.left());
    const auto used = static_cast<std::ptrdiff_t>(head.used);
    const auto to = static_cast<std::ptrdiff_t>(n);
    if (gain_ == 1 && !leaving_ && left > kFade) {
      count = std::min(count, left - kFade);
      std::copy_n(head.pcm.left.begin() + used, count, scratch_.left.begin() + to);
      std::copy_n(head.pcm.right.begin() + used, count, scratch_.right.begin() + to);
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        const bool falls = leaving_ || left - i <= kFade;
        gain_ = std::clamp(gain_ + (falls ? -1.f : 1.f) / float(kFade), 0.f, 1.f);
        scratch_.left[n + i] = head.pcm.left[head.used + i] * gain_;
        scratch_.right[n + i] = head.pcm.right[head.used + i] * gain_;
      }
    }
    n += count;
    use(count);
    fresh_ = false;
    if (chunks_.empty()) ran_dry_ = true;
  }
  return n;
}

bool AudioTimeline::sound_goes_on() const {
  if (chunks_.empty()) return false;
  const Chunk& head = chunks_.front();
  return head.joins || head.used > 0 || fresh_;
}

/// Samples until the end of the sound, as far as it is known; not counted beyond a block and a
/// fade.
std::size_t AudioTimeline::sound_left() const {
  std::size_t left = 0;
  for (const Chunk& c : chunks_) {
    if (&c != &chunks_.front() && !c.joins) break;
    left += c.left();
    if (left > kBlockSamples + kFade) break;
  }
  return left;
}

void AudioTimeline::use(std::size_t samples) {
  Chunk& head = chunks_.front();
  level_ -= samples;
  head.used += samples;
  if (head.left() == 0) chunks_.pop_front();
}

void AudioTimeline::drop_front() {
  level_ -= chunks_.front().left();
  chunks_.pop_front();
}

}  // namespace plenum::egress
