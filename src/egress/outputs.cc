#include "egress/outputs.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "egress/control_words.h"
#include "egress/final_file_sink.h"
#include "egress/hls_sink.h"
#include "egress/rtmp_sink.h"

namespace plenum::egress {
namespace {

pb::OutputStatus::State state_from(SinkState state) {
  switch (state) {
    case SinkState::connecting:
      return pb::OutputStatus::CONNECTING;
    case SinkState::live:
      return pb::OutputStatus::LIVE;
    case SinkState::reconnecting:
      return pb::OutputStatus::RECONNECTING;
    case SinkState::ended:
      return pb::OutputStatus::ENDED;
    case SinkState::failed:
      break;
  }
  return pb::OutputStatus::FAILED;
}

Encoding encoding_for(const pb::Output& output) {
  return output.has_webm() ? Encoding::vp8_opus : Encoding::h264_aac;
}

}  // namespace

Encoding encoding_for(const pb::Start& start) {
  return start.outputs().empty() ? Encoding::h264_aac : encoding_for(start.outputs(0));
}

Outputs::Outputs(Streams streams, Options options)
    : options_(std::move(options)),
      disk_(options_.directory, options_.min_free_bytes, options_.free_bytes),
      bus_(std::move(streams), {.on_change = [this](SinkId, const SinkStatus&) {
             if (options_.on_change) options_.on_change();
           }}) {}

void Outputs::add(const pb::Output& output) {
  if (std::ranges::any_of(entries_, [&](const Entry& e) { return e.id == output.id(); })) return;
  Entry& entry = entries_.emplace_back(Entry{.id = output.id()});
  entry.on_disk = !output.has_rtmp();
  if (entry.on_disk)
    if (auto refusal = disk_.refusal()) {
      entry.error = std::move(*refusal);
      return;
    }
  try {
    if (auto sink = make_sink(output, entry.error)) entry.sink = bus_.add(std::move(sink));
  } catch (const std::exception& e) {
    entry.error = e.what();
  }
}

std::unique_ptr<Sink> Outputs::make_sink(const pb::Output& output, std::string& error) const {
  const std::string& directory =
      output.directory().empty() ? options_.directory : output.directory();
  const auto place = [&](const std::string& name) { return directory + "/" + name; };
  const auto file = [&](const std::string& name, Container container) -> std::unique_ptr<Sink> {
    if (is_plain_name(name))
      return std::make_unique<FinalFileSink>(place(name), container, options_.audio_only,
                                             disk_.reserve());
    error = "not a name for a file";
    return nullptr;
  };
  if (output.sink_case() != pb::Output::SINK_NOT_SET && encoding_for(output) != options_.encoding) {
    error = options_.encoding == Encoding::vp8_opus
                ? "a job that writes WebM can have no MP4, HLS or RTMP output beside it"
                : "a job with MP4, HLS or RTMP outputs can have no WebM output beside them";
    return nullptr;
  }
  switch (output.sink_case()) {
    case pb::Output::kMp4:
      return file(output.mp4(), Container::mp4);
    case pb::Output::kWebm:
      return file(output.webm(), Container::webm);
    case pb::Output::kHls:
      if (is_plain_name(output.hls())) return std::make_unique<HlsSink>(place(output.hls()));
      error = "not a name for a folder";
      return nullptr;
    case pb::Output::kRtmp:
      if (auto url = parse_rtmp_url(output.rtmp()))
        return std::make_unique<RtmpSink>(RtmpSink::Options{
            .url = std::move(*url), .allow_private = options_.allow_private_addresses});
      error = "not an RTMP address with application and stream key";
      return nullptr;
    case pb::Output::SINK_NOT_SET:
      break;
  }
  error = "an output of an unknown kind";
  return nullptr;
}

void Outputs::end(const std::string& id) {
  for (const Entry& e : entries_)
    if (e.id == id && e.sink) bus_.end(*e.sink);
}

void Outputs::watch_disk(TimePoint now) {
  const auto is_running = [](const Entry& e) { return e.on_disk && e.sink && e.error.empty(); };
  if (std::ranges::none_of(entries_, is_running) || !disk_.is_almost_full(now)) return;
  for (Entry& e : entries_) {
    if (!is_running(e)) continue;
    e.error = "the disk is almost full";
    bus_.end(*e.sink);
  }
}

std::uint64_t Outputs::dropped_packets() const {
  std::uint64_t all = 0;
  for (const Entry& e : entries_)
    if (const auto status = e.sink ? bus_.status(*e.sink) : std::nullopt)
      all += status->dropped_packets;
  return all;
}

std::vector<pb::OutputStatus> Outputs::status() const {
  std::vector<pb::OutputStatus> all;
  for (const Entry& e : entries_) all.push_back(status_of(e));
  return all;
}

pb::OutputStatus Outputs::status_of(const Entry& entry) const {
  pb::OutputStatus out;
  out.set_id(entry.id);
  const auto status = entry.sink ? bus_.status(*entry.sink) : std::nullopt;
  if (!status) {
    out.set_state(pb::OutputStatus::FAILED);
    out.set_error(entry.error);
    return out;
  }
  out.set_state(state_from(status->state));
  out.set_started(status->started.has_value());
  out.set_playable(status->is_playable);
  out.set_bytes(status->bytes);
  out.set_duration_ms(static_cast<std::uint64_t>(status->duration / 1ms));
  out.set_retries(static_cast<std::uint32_t>(status->retries));
  out.set_error(status->error);
  if (status->state == SinkState::ended && !entry.error.empty()) {
    out.set_state(pb::OutputStatus::FAILED);
    out.set_error(entry.error);
  }
  return out;
}

bool Outputs::all_done() const {
  return std::ranges::all_of(entries_, [&](const Entry& e) {
    const auto state = status_of(e).state();
    return state == pb::OutputStatus::ENDED || state == pb::OutputStatus::FAILED;
  });
}

std::optional<std::string> Outputs::failure() const {
  std::optional<std::string> first;
  for (const Entry& e : entries_) {
    const pb::OutputStatus status = status_of(e);
    if (status.state() != pb::OutputStatus::FAILED) return std::nullopt;
    if (!first) first = status.error();
  }
  return first;
}

}  // namespace plenum::egress
