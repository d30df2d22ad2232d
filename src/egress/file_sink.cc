#include "egress/file_sink.h"

#include "egress/file_output.h"
#include "egress/muxer.h"
#include "egress/written_media.h"
#include "io/clock.h"

namespace plenum::egress {
namespace {

/// Shows a player, and a listener of the API, that the recording runs.
constexpr Duration kFirstFragment = 150ms;
/// What a power cut may cost; a crash of the process costs one fragment.
constexpr Duration kSyncInterval = 5s;

/// One life of the sink.
class Recording {
 public:
  Recording(const std::string& path, Container container, const Streams& streams)
      : container_(container),
        file_(path),
        muxer_(container == Container::mp4 ? "mp4" : "webm", path, streams) {
    muxer_.context().pb = file_.io();
  }

  int begin() {
    if (file_.error()) return file_.error();
    const int code = container_ == Container::mp4 ? begin_mp4() : begin_webm();
    complete_ = header_ = file_.bytes();
    return code;
  }

  int write(Packet packet) {
    media_.add(*packet);
    int code = muxer_.write(std::move(packet));
    if (code >= 0 && !has_fragment() && media_.duration() >= kFirstFragment) {
      code = muxer_.close_fragment();  // of MP4 this writes the header
      if (code >= 0 && container_ == Container::mp4) code = muxer_.close_fragment();
    }
    if (code < 0 || file_.error()) return file_.error() ? file_.error() : code;
    complete_ = file_.bytes();
    return sync_when_due();
  }

  int finish() {
    const int code = muxer_.finish();
    return file_.sync() ? file_.error() : code;
  }

  /// After an error.
  void keep_whole_fragments() { file_.cut(complete_); }

  std::uint64_t bytes() const { return file_.bytes(); }
  Duration duration() const { return media_.duration(); }
  bool has_fragment() const { return complete_ > header_; }

 private:
  int begin_mp4() {
    // delay_moov writes the header with the first fragment, so that it knows the audio's run-in.
    return muxer_.begin({{"movflags", "frag_keyframe+empty_moov+default_base_moof+delay_moov"},
                         {"frag_duration", "1000000"},
                         {"use_editlist", "1"}});
  }
  int begin_webm() {
    // The encoder's run-in stands before 0, as its CodecDelay says; FFmpeg would move all by it.
    return muxer_.begin({{"cluster_time_limit", "1000"}, {"avoid_negative_ts", "disabled"}});
  }
  int sync_when_due() {
    const TimePoint now = io::now();
    if (now < next_sync_) return 0;
    const bool is_first = next_sync_ == TimePoint{};
    next_sync_ = now + kSyncInterval;
    return is_first ? 0 : file_.sync();
  }

  const Container container_;
  FileOutput file_;
  Muxer muxer_;
  WrittenMedia media_;
  /// The muxer hands over whole fragments, so each call that succeeds leaves a sound file.
  std::uint64_t complete_ = 0;
  std::uint64_t header_ = 0;
  TimePoint next_sync_{};
};

}  // namespace

void FileSink::run(PacketQueue& queue, const Streams& streams, const StatusReport& report) {
  Recording recording(path_, container_, streams);
  SinkStatus status;
  int code = recording.begin();
  while (code >= 0) {
    Packet packet = queue.pop(kNever);
    if (!packet) break;
    code = recording.write(std::move(packet));
    if (code < 0) break;
    if (!status.started) status.started = io::now();
    status.state = SinkState::live;
    status.is_playable = recording.has_fragment();
    status.bytes = recording.bytes();
    status.duration = recording.duration();
    status.dropped_packets = queue.dropped_packets();
    report(status);
  }
  if (code >= 0) code = recording.finish();
  if (code < 0) {
    recording.keep_whole_fragments();
    status.error = "cannot write the recording: " + ffmpeg_error(code);
  }
  status.state = code < 0 ? SinkState::failed : SinkState::ended;
  status.bytes = recording.bytes();
  status.is_playable = recording.has_fragment();
  report(status);
}

}  // namespace plenum::egress
