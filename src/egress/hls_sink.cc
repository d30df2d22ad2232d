#include "egress/hls_sink.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "egress/file_output.h"
#include "egress/hls_playlist.h"
#include "egress/muxer.h"
#include "egress/written_media.h"
#include "io/clock.h"

namespace plenum::egress {
namespace {

/// No protocol of FFmpeg's: a muxer that takes its playlist for a file renames files on its own.
constexpr std::string_view kScheme = "egress:";
/// The muxer's own playlist, of this encoding only.
constexpr const char* kPlaylistUrl = "egress:part.m3u8";
constexpr const char* kPart = "part.m3u8";
constexpr const char* kDraft = ".tmp";
constexpr std::size_t kLiveSegments = 6;
constexpr std::size_t kPlayableSegments = 3;

/// Where the muxer's files go. Each is written beside its place and moved there when it is whole:
/// the muxer itself would list a torn segment after an error of the disk.
class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {
    std::error_code ignored;  // the first file will tell
    std::filesystem::create_directories(path_, ignored);
  }

  /// The muxer knows names without a folder, the playlist's behind kScheme.
  void serve(AVFormatContext& muxer) {
    muxer.opaque = this;
    muxer.io_open = open;
    muxer.io_close2 = close;
  }
  int error() const { return error_; }
  /// Of whole files.
  std::uint64_t bytes() const { return bytes_; }
  /// Whether the muxer has written its playlist since the last call.
  bool take_playlist_change() { return std::exchange(is_playlist_changed_, false); }

  std::string read(const std::string& name) const {
    std::ifstream in(place_of(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& name, const std::string& text) {
    OpenFile file = begin(name);
    if (file.name.empty()) return;
    avio_write(file.output->io(), reinterpret_cast<const unsigned char*>(text.data()),
               static_cast<int>(text.size()));
    end(std::move(file));
  }
  void remove(const std::string& name) { ::unlink(place_of(name).c_str()); }
  /// What another worker left here counts as well.
  void count_files() {
    std::error_code ec;
    for (const auto& file : std::filesystem::directory_iterator(path_, ec))
      bytes_ += file.is_regular_file(ec) ? file.file_size(ec) : 0;
  }
  /// Of a worker that died.
  void remove_drafts() {
    std::error_code ec;
    std::vector<std::filesystem::path> drafts;
    for (const auto& file : std::filesystem::directory_iterator(path_, ec))
      if (file.path().extension() == kDraft) drafts.push_back(file.path());
    for (const auto& draft : drafts) ::unlink(draft.c_str());
  }
  void note_error(int error) {
    if (!error_) error_ = error;
  }
  /// After an error, for what can still be done: the torn file went and made room.
  void clear_error() { error_ = 0; }

 private:
  struct OpenFile {
    /// "" = nowhere.
    std::string name;
    std::unique_ptr<FileOutput> output;
  };

  std::string place_of(const std::string& name) const { return path_ + "/" + name; }
  std::string draft_of(const std::string& name) const { return place_of(name) + kDraft; }

  OpenFile begin(const std::string& name) const {
    OpenFile file;
    if (!error_) file.name = name;
    file.output = std::make_unique<FileOutput>(error_ ? "/dev/null" : draft_of(name));
    return file;
  }
  void end(OpenFile file) {
    avio_flush(file.output->io());
    int error = file.output->error();
    const std::uint64_t bytes = file.output->bytes();
    file.output.reset();
    const std::string draft = draft_of(file.name);
    if (!error && ::rename(draft.c_str(), place_of(file.name).c_str()) < 0) error = AVERROR(errno);
    if (error) ::unlink(draft.c_str());
    if (error)
      note_error(error);
    else
      bytes_ += bytes;
  }

  // Neither tells the muxer of an error, on which it would lose track of its memory. After one,
  // what it writes goes nowhere.
  static int open(AVFormatContext* muxer, AVIOContext** io, const char* url, int, AVDictionary**) {
    auto& self = *static_cast<Folder*>(muxer->opaque);
    std::string_view name = url;
    if (name.starts_with(kScheme)) name.remove_prefix(kScheme.size());
    OpenFile file = self.begin(std::string(name));
    *io = file.output->io();
    self.open_.push_back(std::move(file));
    return 0;
  }
  static int close(AVFormatContext* muxer, AVIOContext* io) {
    auto& self = *static_cast<Folder*>(muxer->opaque);
    const auto at = std::ranges::find_if(self.open_, [&](auto& f) { return f.output->io() == io; });
    if (at == self.open_.end()) return 0;
    OpenFile file = std::move(*at);
    self.open_.erase(at);
    if (file.name == kPart) self.is_playlist_changed_ = true;
    if (!file.name.empty()) self.end(std::move(file));
    return 0;
  }

  const std::string path_;
  std::vector<OpenFile> open_;
  int error_ = 0;
  std::uint64_t bytes_ = 0;
  bool is_playlist_changed_ = false;
};

/// One life of the sink.
class Segmenter {
 public:
  Segmenter(const std::string& folder, const Streams& streams)
      : folder_(folder), muxer_("hls", kPlaylistUrl, streams) {
    folder_.serve(muxer_.context());
    folder_.count_files();
    before_ = folder_.read(HlsSink::kRecording);
  }

  int begin() {
    const std::size_t parts = before_.empty() ? 0 : count_parts(before_);
    const std::string init = parts ? "init-" + std::to_string(parts + 1) + ".mp4" : "init.mp4";
    const int code = muxer_.begin({{"hls_time", std::to_string(kKeyFrameInterval / 1s)},
                                   {"hls_list_size", "0"},
                                   {"hls_playlist_type", "event"},
                                   {"hls_segment_type", "fmp4"},
                                   {"hls_fmp4_init_filename", init},
                                   {"start_number", std::to_string(count_segments(before_))},
                                   {"hls_segment_filename", "segment_%05d.m4s"},
                                   {"hls_flags", "independent_segments+program_date_time"}});
    is_open_ = code >= 0;
    return worst(code);
  }

  int write(Packet packet) {
    media_.add(*packet);
    const int code = worst(muxer_.write(std::move(packet)));
    if (code < 0 || !folder_.take_playlist_change()) return code;
    read_playlist();
    folder_.write(HlsSink::kRecording, playlist_);
    folder_.write(HlsSink::kLive, live_window(playlist_, kLiveSegments));
    return folder_.error();
  }

  int finish() {
    is_open_ = false;
    if (const int code = worst(muxer_.finish()); code < 0) return code;
    read_playlist();
    return finish_playlists();
  }

  /// After an error.
  void keep_whole_segments(int code) {
    folder_.note_error(code);
    if (is_open_) muxer_.finish();  // into nowhere: it frees what it holds
    folder_.clear_error();
    if (!playlist_.empty()) finish_playlists();
  }

  bool is_playable() const { return count_segments(playlist_) >= kPlayableSegments; }
  std::uint64_t bytes() const { return folder_.bytes(); }
  Duration duration() const { return playlist_duration(before_) + media_.duration(); }

 private:
  void read_playlist() {
    const std::string part = folder_.read(kPart);
    playlist_ = before_.empty() ? part : continued_playlist(before_, part);
  }
  int worst(int code) const { return folder_.error() ? folder_.error() : code; }
  int finish_playlists() {
    const std::string all = finished_playlist(playlist_);
    folder_.write(HlsSink::kRecording, all);
    folder_.write(HlsSink::kLive, live_window(all, kLiveSegments));
    folder_.remove(kPart);
    return folder_.error();
  }

  Folder folder_;
  Muxer muxer_;  // behind the folder, which it still calls when it goes
  WrittenMedia media_;
  bool is_open_ = false;
  /// Of a worker that died; goes on here.
  std::string before_;
  /// The last one that was written without an error; lists all segments.
  std::string playlist_;
};

}  // namespace

Result<FinishedFile, std::string> recover_stream(const std::string& path) {
  Folder folder(path);
  folder.remove_drafts();
  const std::string playlist = folder.read(HlsSink::kRecording);
  if (count_segments(playlist) == 0) return Err{std::string("nothing of the stream is whole")};
  if (!has_ended(playlist)) {
    const std::string all = finished_playlist(playlist);
    folder.write(HlsSink::kRecording, all);
    folder.write(HlsSink::kLive, live_window(all, kLiveSegments));
  }
  folder.remove(kPart);
  if (folder.error()) return Err{"cannot end the stream: " + ffmpeg_error(folder.error())};
  Folder whole(path);
  whole.count_files();
  return FinishedFile{.duration = playlist_duration(playlist), .bytes = whole.bytes()};
}

HlsSink::HlsSink(std::string folder) : folder_(std::filesystem::absolute(folder).string()) {}

void HlsSink::run(PacketQueue& queue, const Streams& streams, const StatusReport& report) {
  Segmenter segmenter(folder_, streams);
  SinkStatus status;
  int code = segmenter.begin();
  while (code >= 0) {
    Packet packet = queue.pop(kNever);
    if (!packet) break;
    code = segmenter.write(std::move(packet));
    if (code < 0) break;
    if (!status.started) status.started = io::now();
    status.state = SinkState::live;
    status.is_playable = status.is_playable || segmenter.is_playable();
    status.bytes = segmenter.bytes();
    status.duration = segmenter.duration();
    status.dropped_packets = queue.dropped_packets();
    report(status);
  }
  if (code >= 0) code = segmenter.finish();
  if (code < 0) {
    segmenter.keep_whole_segments(code);
    status.error = "cannot write the segments: " + ffmpeg_error(code);
  }
  status.state = code < 0 ? SinkState::failed : SinkState::ended;
  status.bytes = segmenter.bytes();
  report(status);
}

}  // namespace plenum::egress
