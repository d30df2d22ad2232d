#include "egress/finalise.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <new>
#include <vector>

#include "egress/disk_guard.h"
#include "egress/ffmpeg.h"
#include "egress/file_sink.h"
#include "egress/mp4_fragments.h"
#include "egress/streams.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};

std::string temporary_of(const std::string& path) { return path + ".faststart"; }

std::string system_error(const std::string& what) { return what + ": " + std::strerror(errno); }

/// WebM begins with the head of EBML, RFC 8794 section 11.2.1, Ogg as RFC 3533 section 6 says.
Container container_of(int fd) {
  constexpr std::array<unsigned char, 4> kEbml{0x1a, 0x45, 0xdf, 0xa3}, kOgg{'O', 'g', 'g', 'S'};
  std::array<unsigned char, 4> head{};
  const bool is_read = ::pread(fd, head.data(), head.size(), 0) == ssize_t{head.size()};
  if (is_read && head == kEbml) return Container::webm;
  return is_read && head == kOgg ? Container::ogg : Container::mp4;
}

Container container_of(const std::string& path) {
  const io::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return fd ? container_of(fd.get()) : Container::mp4;
}

/// A file opened for reading.
class Source {
 public:
  explicit Source(Container container) : container_(container) {}
  ~Source() { avformat_close_input(&context_); }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  int open(const std::string& path) {
    AVDictionary* options = nullptr;
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    // "file:" keeps a name with a colon from being taken for an address.
    const int code = avformat_open_input(&context_, ("file:" + path).c_str(),
                                         av_find_input_format(name()), &options);
    av_dict_free(&options);
    return code;
  }
  AVFormatContext& context() { return *context_; }
  Container container() const { return container_; }

 private:
  const char* name() const {
    switch (container_) {
      case Container::mp4:
        return "mov";
      case Container::webm:
        return "matroska";
      case Container::ogg:
        break;
    }
    return "ogg";
  }

  const Container container_;
  AVFormatContext* context_ = nullptr;
};

/// The new file. Gone again unless keep() was called.
class Target {
 public:
  Target(std::string path, Keep keep) : path_(std::move(path)), keep_(keep) {}
  ~Target() {
    if (context_) avio_closep(&context_->pb);
    avformat_free_context(context_);
    if (!is_kept_) ::unlink(path_.c_str());
  }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  /// With the same streams, as far as they are kept.
  int open(AVFormatContext& source, Container container) {
    const bool is_mp4 = container == Container::mp4;
    const std::string url = "file:" + path_;
    int code =
        avformat_alloc_output_context2(&context_, nullptr, is_mp4 ? "mp4" : "webm", url.c_str());
    if (code < 0) return code;
    for (unsigned i = 0; i < source.nb_streams; ++i) {
      places_.push_back(-1);
      if (keep_ == Keep::audio && source.streams[i]->codecpar->codec_type != AVMEDIA_TYPE_AUDIO)
        continue;
      places_.back() = static_cast<int>(context_->nb_streams);
      AVStream* stream = avformat_new_stream(context_, nullptr);
      if (!stream) return AVERROR(ENOMEM);
      code = avcodec_parameters_copy(stream->codecpar, source.streams[i]->codecpar);
      if (code < 0) return code;
      stream->codecpar->codec_tag = 0;
      // The reader does not say it without decoding, and the header box is empty without it.
      if (stream->codecpar->codec_id == AV_CODEC_ID_VP9 &&
          stream->codecpar->format == AV_PIX_FMT_NONE)
        stream->codecpar->format = AV_PIX_FMT_YUV420P;
      stream->time_base = source.streams[i]->time_base;
    }
    code = avio_open(&context_->pb, url.c_str(), AVIO_FLAG_WRITE);
    if (code < 0) return code;
    AVDictionary* options = nullptr;
    av_dict_set(&options, is_mp4 ? "movflags" : "cues_to_front", is_mp4 ? "faststart" : "1", 0);
    if (!is_mp4) av_dict_set(&options, "avoid_negative_ts", "disabled", 0);
    code = avformat_write_header(context_, &options);
    av_dict_free(&options);
    return code;
  }
  /// `packet` is of `source` and is used up.
  int write(const AVFormatContext& source, AVPacket& packet) {
    const auto i = static_cast<unsigned>(packet.stream_index);
    if (i >= places_.size() || places_[i] < 0) return 0;
    packet.stream_index = places_[i];
    av_packet_rescale_ts(&packet, source.streams[i]->time_base,
                         context_->streams[packet.stream_index]->time_base);
    packet.pos = -1;
    return av_interleaved_write_frame(context_, &packet);
  }
  int finish() {
    const int code = av_write_trailer(context_);
    const int closed = avio_closep(&context_->pb);
    return code < 0 ? code : closed;
  }
  void keep() { is_kept_ = true; }

 private:
  const std::string path_;
  const Keep keep_;
  /// Of each stream of the source, its index here; -1: left out.
  std::vector<int> places_;
  AVFormatContext* context_ = nullptr;
  bool is_kept_ = false;
};

/// Reads all packets; each goes to `take`, which answers an error code. Answers the end of the
/// longest stream in `duration`.
template <class Take>
int for_each_packet(Source& from, Duration& duration, Take take) {
  const Packet packet(av_packet_alloc());
  if (!packet) return AVERROR(ENOMEM);
  AVFormatContext& source = from.context();
  for (;;) {
    int code = av_read_frame(&source, packet.get());
    if (code == AVERROR_EOF) return 0;
    // A crash may have torn WebM's last cluster, or Ogg's last page; what is whole was given out.
    if (code < 0) return from.container() != Container::mp4 && duration > 0ms ? 0 : code;
    if (packet->stream_index < 0 || packet->stream_index >= static_cast<int>(source.nb_streams) ||
        packet->pts == AV_NOPTS_VALUE) {
      av_packet_unref(packet.get());
      continue;
    }
    const AVRational base = source.streams[packet->stream_index]->time_base;
    const auto end = av_rescale_q(packet->pts + packet->duration, base, kMicroseconds);
    duration = std::max(duration, Duration(end));
    code = take(*packet);
    av_packet_unref(packet.get());
    if (code < 0) return code;
  }
}

int copy(const std::string& path, Target& target, Duration& duration) {
  Source source(container_of(path));
  int code = source.open(path);
  if (code >= 0) code = target.open(source.context(), source.container());
  if (code < 0) return code;
  code = for_each_packet(source, duration,
                         [&](AVPacket& packet) { return target.write(source.context(), packet); });
  return code < 0 ? code : target.finish();
}

bool sync(const std::string& path) {
  const io::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0;
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

std::uint64_t size_of(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 ? static_cast<std::uint64_t>(s.st_size) : 0;
}

Mp4Scan scan_file(int fd, std::uint64_t size) {
  return scan_mp4(
      [fd](std::uint64_t at, MutableBytes out) {
        const ssize_t n = ::pread(fd, out.data(), out.size(), static_cast<off_t>(at));
        return n < 0 ? 0 : static_cast<std::size_t>(n);
      },
      size);
}

/// Of a file that needs nothing done.
Result<FinishedFile, std::string> look_at(const std::string& path) {
  Source source(container_of(path));
  Duration duration{};
  int code = source.open(path);
  if (code >= 0) code = for_each_packet(source, duration, [](AVPacket&) { return 0; });
  if (code < 0) return Err{"cannot read the recording: " + ffmpeg_error(code)};
  return FinishedFile{.duration = duration, .bytes = size_of(path)};
}

/// The head says how long it is, which only a final one knows.
bool is_final_webm(const std::string& path) {
  Source source(Container::webm);
  return source.open(path) >= 0 && source.context().duration > 0;
}

}  // namespace

Result<FinishedFile, std::string> finalise(const std::string& path, Keep keep,
                                           std::uint64_t reserve) {
  silence_ffmpeg();
  if (const auto free = free_bytes(folder_of(path)); free && *free < size_of(path) + reserve)
    return Err{std::string("no room on the disk to put the index of the recording first")};
  const std::string temporary = temporary_of(path);
  Target target(temporary, keep);
  Duration duration{};
  if (const int code = copy(path, target, duration); code < 0)
    return Err{"cannot finalise the recording: " + ffmpeg_error(code)};
  if (!sync(temporary) || ::rename(temporary.c_str(), path.c_str()) < 0)
    return Err{system_error("cannot finalise the recording")};
  target.keep();
  sync(folder_of(path));  // without it the old name may come back after a power cut: no harm
  return FinishedFile{.duration = duration, .bytes = size_of(path)};
}

Result<FinishedFile, std::string> recover(const std::string& path) {
  silence_ffmpeg();
  ::unlink(temporary_of(path).c_str());  // of a finalise() that was cut short
  {
    const io::Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    struct stat s {};
    if (!fd || ::fstat(fd.get(), &s) < 0) return Err{system_error("cannot open the recording")};
    const Container container = container_of(fd.get());
    // Ogg has nothing that is written at its end.
    if (container == Container::ogg || (container == Container::webm && is_final_webm(path)))
      return look_at(path);
    if (container == Container::mp4) {
      const auto size = static_cast<std::uint64_t>(s.st_size);
      const Mp4Scan scan = scan_file(fd.get(), size);
      if (scan.is_final) return look_at(path);
      if (scan.fragments == 0) return Err{std::string("nothing of the recording is whole")};
      if (scan.end < size &&
          (::ftruncate(fd.get(), static_cast<off_t>(scan.end)) < 0 || ::fsync(fd.get()) < 0))
        return Err{system_error("cannot cut the recording to its last whole fragment")};
    }
  }
  auto finished = finalise(path);
  // It plays all the same.
  return finished ? std::move(finished) : look_at(path);
}

}  // namespace plenum::egress
