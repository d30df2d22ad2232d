#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// One packet of a file, as a decoder takes it.
struct RecordedPacket {
  MediaKind kind = MediaKind::audio;
  /// As EncodedFrame has them.
  std::vector<std::byte> bytes{};
  bool key = false;
  /// When what comes out of the decoder is to be seen or heard, since the file's time 0. A little
  /// below 0 where the decoder runs in.
  Duration at{};
};

/// A recorded file with a picture, a sound or both, read from front to back: WebM, Matroska, MP4 or
/// Ogg. It may hold anything: what makes no sense is left out, and a torn file ends where it is
/// torn. Opens nothing but the file itself, whatever the file names.
class MediaFile {
 public:
  /// Beyond this no packet is given out.
  static constexpr Duration kLongest = std::chrono::hours(24);

  struct Content {
    std::optional<codec::Codec> video{}, audio{};
  };
  /// `folder` is an open directory and `name` plain. The error is a sentence without names.
  static Result<std::unique_ptr<MediaFile>, std::string> open(int folder, const std::string& name,
                                                              const Content& content);
  ~MediaFile();

  /// In the order of the file. nullopt: nothing more comes.
  std::optional<RecordedPacket> next();

 private:
  class Demuxer;
  explicit MediaFile(std::unique_ptr<Demuxer> demuxer);

  std::unique_ptr<Demuxer> demuxer_;
};

}  // namespace plenum::egress
