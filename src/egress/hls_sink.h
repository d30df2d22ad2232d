#pragma once
#include <string>

#include "base/result.h"
#include "egress/finalise.h"
#include "egress/sink.h"

namespace plenum::egress {

/// HTTP Live Streaming (RFC 8216) into a folder: CMAF segments of two seconds, each beginning with
/// a key frame, and two playlists over them. `index.m3u8` lists all since the beginning and becomes
/// a recording at the end; `live.m3u8` is a window of the last six. Whatever a playlist names is
/// complete. Playable once three segments exist. An error of the disk ends it with the segments
/// that are whole.
class HlsSink : public Sink {
 public:
  static constexpr const char* kRecording = "index.m3u8";
  static constexpr const char* kLive = "live.m3u8";

  /// Makes the folder when there is none.
  explicit HlsSink(std::string folder);

  SinkStart start() const override { return SinkStart::regular_key_frame; }
  void run(PacketQueue& queue, const Streams& streams, const StatusReport& report) override;

 private:
  const std::string folder_;
};

/// After a crash: ends the playlists of the stream in that folder, and clears away what is not
/// whole. A stream that has ended stays as it is. Nobody may be writing there.
Result<FinishedFile, std::string> recover_stream(const std::string& folder);

}  // namespace plenum::egress
