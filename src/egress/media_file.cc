#include "egress/media_file.h"

extern "C" {
#include <libavcodec/bsf.h>
}
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <span>
#include <utility>

#include "egress/codec_id.h"
#include "egress/depacketizer.h"
#include "egress/ffmpeg.h"
#include "egress/streams.h"
#include "io/fd.h"

namespace plenum::egress {
namespace {

constexpr int kBufferBytes = 64 * 1024;
constexpr const char* kFormats = "matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,ogg";
/// A decoder's run-in, and not more.
constexpr Duration kEarliest = -1s;
constexpr AVRational kMicroseconds{1, 1'000'000};

struct FreeFilter {
  void operator()(AVBSFContext* c) const { av_bsf_free(&c); }
};
using BitstreamFilter = std::unique_ptr<AVBSFContext, FreeFilter>;

/// H.264 of MP4 with start codes and parameter sets, as our decoder takes it; else nothing.
int open_filter(const AVStream& stream, BitstreamFilter& filter) {
  if (stream.codecpar->codec_id != AV_CODEC_ID_H264) return 0;
  AVBSFContext* context = nullptr;
  int code = av_bsf_alloc(av_bsf_get_by_name("h264_mp4toannexb"), &context);
  if (code < 0) return code;
  filter.reset(context);
  code = avcodec_parameters_copy(context->par_in, stream.codecpar);
  context->time_base_in = stream.time_base;
  return code < 0 ? code : av_bsf_init(context);
}

}  // namespace

class MediaFile::Demuxer {
 public:
  explicit Demuxer(io::Fd fd) : fd_(std::move(fd)), packet_(av_packet_alloc()) {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    io_ = buffer ? avio_alloc_context(buffer, kBufferBytes, 0, this, read, nullptr, seek) : nullptr;
    if (!io_) av_free(buffer);
    if (!io_ || !packet_) throw std::bad_alloc();
  }
  ~Demuxer() {
    avformat_close_input(&context_);
    av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
  Demuxer(const Demuxer&) = delete;
  Demuxer& operator=(const Demuxer&) = delete;

  int open(const Content& content) {
    context_ = avformat_alloc_context();
    if (!context_) return AVERROR(ENOMEM);
    context_->pb = io_;
    AVDictionary* options = nullptr;
    av_dict_set(&options, "format_whitelist", kFormats, 0);
    av_dict_set(&options, "protocol_whitelist", "none", 0);
    // Closes the context when it fails.
    int code = avformat_open_input(&context_, nullptr, nullptr, &options);
    av_dict_free(&options);
    if (code < 0) return code;
    for (unsigned i = 0; i < context_->nb_streams; ++i)
      context_->streams[i]->discard = AVDISCARD_ALL;
    code = choose(content.video, video_);
    if (code >= 0) code = choose(content.audio, audio_);
    if (code >= 0 && video_ >= 0) code = open_filter(*context_->streams[video_], filter_);
    return code;
  }

  std::optional<RecordedPacket> next() {
    while (av_read_frame(context_, packet_.get()) >= 0) {
      auto taken = take();
      av_packet_unref(packet_.get());
      if (taken) return taken;
    }
    return std::nullopt;
  }

 private:
  int choose(std::optional<codec::Codec> codec, int& index) {
    if (!codec) return 0;
    for (unsigned i = 0; i < context_->nb_streams; ++i) {
      AVStream& stream = *context_->streams[i];
      if (stream.codecpar->codec_id != codec_id_of(*codec)) continue;
      stream.discard = AVDISCARD_DEFAULT;
      index = static_cast<int>(i);
      return 0;
    }
    return AVERROR_STREAM_NOT_FOUND;
  }

  std::optional<RecordedPacket> take() {
    const bool is_video = packet_->stream_index == video_;
    if (!is_video && packet_->stream_index != audio_) return std::nullopt;
    const AVRational base = context_->streams[packet_->stream_index]->time_base;
    if (is_video && filter_) {
      // One goes in, one comes out.
      if (av_bsf_send_packet(filter_.get(), packet_.get()) < 0) return std::nullopt;
      if (av_bsf_receive_packet(filter_.get(), packet_.get()) < 0) return std::nullopt;
    }
    const std::int64_t pts = packet_->pts != AV_NOPTS_VALUE ? packet_->pts : packet_->dts;
    if (pts == AV_NOPTS_VALUE || packet_->size <= 0) return std::nullopt;
    if (static_cast<std::size_t>(packet_->size) > kMaxFrameBytes) return std::nullopt;
    const Duration at(av_rescale_q(pts, base, kMicroseconds));
    if (at < kEarliest || at > kLongest) return std::nullopt;
    const auto bytes =
        std::as_bytes(std::span(packet_->data, static_cast<std::size_t>(packet_->size)));
    return RecordedPacket{.kind = is_video ? MediaKind::video : MediaKind::audio,
                          .bytes = {bytes.begin(), bytes.end()},
                          .key = !is_video || (packet_->flags & AV_PKT_FLAG_KEY) != 0,
                          .at = at};
  }

  static int read(void* self, std::uint8_t* bytes, int size) {
    auto& d = *static_cast<Demuxer*>(self);
    for (;;) {
      const ssize_t n = ::pread(d.fd_.get(), bytes, static_cast<std::size_t>(size), d.position_);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return AVERROR(errno);
      if (n == 0) return AVERROR_EOF;
      d.position_ += n;
      return static_cast<int>(n);
    }
  }
  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& d = *static_cast<Demuxer*>(self);
    struct stat s {};
    if (::fstat(d.fd_.get(), &s) < 0) return AVERROR(errno);
    if (whence == AVSEEK_SIZE) return s.st_size;
    if (whence == SEEK_CUR) offset += d.position_;
    if (whence == SEEK_END) offset += s.st_size;
    if (offset < 0) return AVERROR(EINVAL);
    return d.position_ = offset;
  }

  const io::Fd fd_;
  off_t position_ = 0;
  AVIOContext* io_ = nullptr;
  AVFormatContext* context_ = nullptr;
  Packet packet_;
  int video_ = -1, audio_ = -1;
  BitstreamFilter filter_;
};

MediaFile::MediaFile(std::unique_ptr<Demuxer> demuxer) : demuxer_(std::move(demuxer)) {}
MediaFile::~MediaFile() = default;

Result<std::unique_ptr<MediaFile>, std::string> MediaFile::open(int folder, const std::string& name,
                                                                const Content& content) {
  silence_ffmpeg();
  // A link would lead out of the folder; a pipe would be waited for.
  io::Fd fd(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat s {};
  if (!fd || ::fstat(fd.get(), &s) < 0)
    return Err{errno == ELOOP ? std::string("it is a link") : std::string(std::strerror(errno))};
  if (!S_ISREG(s.st_mode)) return Err{std::string("it is no ordinary file")};
  auto demuxer = std::make_unique<Demuxer>(std::move(fd));
  const int code = demuxer->open(content);
  if (code == AVERROR_STREAM_NOT_FOUND)
    return Err{std::string("it does not hold what the manifest says")};
  if (code < 0) return Err{ffmpeg_error(code)};
  return std::unique_ptr<MediaFile>(new MediaFile(std::move(demuxer)));
}

std::optional<RecordedPacket> MediaFile::next() { return demuxer_->next(); }

}  // namespace plenum::egress
