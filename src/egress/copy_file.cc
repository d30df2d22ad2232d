#include "egress/copy_file.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

namespace plenum::egress {
namespace {

constexpr AVRational kMicroseconds{1, 1'000'000};
/// WebM counts milliseconds.
constexpr Duration kLeastStep = 1ms;
/// How long the last picture is shown; of the others the next one says it.
constexpr Duration kUsualStep = 33ms, kLongestStep = 1s;

FileOutput::Access access_to(Container container) {
  // WebM has its index and its duration filled in at the end.
  return container == Container::webm ? FileOutput::Access::anywhere
                                      : FileOutput::Access::front_to_back;
}

Muxer::Options options_of(Container container) {
  switch (container) {
    case Container::webm:
      return {{"cluster_time_limit", "500"}};
    case Container::mp4:
      return {{"movflags", "frag_keyframe+empty_moov+default_base_moof+delay_moov"},
              {"frag_duration", "500000"},
              {"use_editlist", "1"}};
    case Container::ogg:
      break;
  }
  return {{"page_duration", "500000"}};
}

Packet packet_of(Bytes bytes, int stream) {
  Packet packet(av_packet_alloc());
  if (!packet || av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0)
    throw std::bad_alloc();
  std::memcpy(packet->data, bytes.data(), bytes.size());
  packet->stream_index = stream;
  return packet;
}

}  // namespace

CopyFile::CopyFile(const std::string& path, Container container,
                   const std::optional<VideoHeader>& video, bool audio)
    : file_(path, access_to(container)) {
  std::vector<StreamFormat> formats;
  std::vector<Muxer::Stream> streams;
  formats.reserve(2);
  const auto add = [&](StreamFormat format, AVRational base) {
    streams.push_back({.format = formats.emplace_back(format), .time_base = base});
    return static_cast<int>(streams.size()) - 1;
  };
  if (video) video_stream_ = add(video->format(), kMicroseconds);
  if (audio) audio_stream_ = add(opus_format(), kAudioTimeBase);
  expect(0);
  muxer_.emplace(word(container), path, streams);
  muxer_->context().pb = file_.io();
  expect(muxer_->begin(options_of(container)));
}

void CopyFile::write_video(const EncodedFrame& frame, Duration at) {
  at = std::max(at, last_picture_ ? *last_picture_ + kLeastStep : Duration{});
  const Duration step =
      last_picture_ ? std::min<Duration>(at - *last_picture_, kLongestStep) : kUsualStep;
  last_picture_ = at;
  end_ = std::max(end_, at + step);
  Packet packet = packet_of(frame.bytes, *video_stream_);
  packet->pts = packet->dts = at.count();
  packet->duration = step.count();
  if (frame.key) packet->flags |= AV_PKT_FLAG_KEY;
  write(std::move(packet));
}

void CopyFile::write_audio(const OpusTimeline::Placed& placed) {
  Packet packet = packet_of(placed.payload, *audio_stream_);
  packet->pts = packet->dts = placed.at;
  packet->duration = placed.duration;
  packet->flags |= AV_PKT_FLAG_KEY;
  end_ = std::max(end_, media_time(kAudioStream, placed.at + placed.duration));
  write(std::move(packet));
}

void CopyFile::write(Packet packet) { expect(muxer_->write_at_once(std::move(packet))); }

void CopyFile::finish() {
  expect(muxer_->finish());
  avio_flush(file_.io());
  expect(0);
}

void CopyFile::expect(int code) {
  if (file_.error()) code = file_.error();
  if (code < 0) throw std::runtime_error("cannot write the recording: " + ffmpeg_error(code));
}

}  // namespace plenum::egress
