#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "egress/audio_block.h"
#include "egress/ffmpeg.h"
#include "media/codec/codec.h"

namespace plenum::egress {

/// Turns the packets of one audio stream into 48 kHz stereo: Opus, PCMU, PCMA, G.722 (RFC 7587,
/// RFC 3551 section 4.5). One track, one decoder.
///
/// Opus by libopus, not by FFmpeg's own decoder: only libopus makes up for lost packets. It is
/// asked to by a packet that holds a TOC byte and nothing (RFC 6716 section 3.2.1: a frame of
/// length 0 is a lost one). FFmpeg does not let through what else it could do, to decode in-band
/// FEC.
class AudioDecoder {
 public:
  /// A frame decoded. What a packet yields begins `latency` samples before the packet's timestamp.
  struct Decoded {
    /// How long the packet sounds, in samples of 48 kHz.
    std::size_t duration = 0;
    /// The place of `pcm` relative to the packet's timestamp, in samples of 48 kHz; never positive.
    std::int64_t offset = 0;
    Pcm pcm;
  };

  /// Throws std::runtime_error if FFmpeg was built without the decoder.
  explicit AudioDecoder(codec::Codec codec);

  /// nullopt: not a packet of this codec, or too long a one.
  std::optional<Decoded> decode(Bytes payload);
  /// What may have been in the `duration` samples after the last packet, which were lost. Opus goes
  /// on with what it heard, ever softer; the others are silent.
  Decoded conceal(std::size_t duration);
  /// The stream pauses here: what comes next does not continue what was.
  void pause();

 private:
  bool feed(Bytes payload);
  /// Appends what the decoder has ready; its length in samples of 48 kHz before resampling.
  std::size_t take(Pcm& pcm);
  void take_opus(Pcm& pcm) const;
  void resample(const std::uint8_t* samples, std::size_t count, Pcm& pcm);
  Decoded placed(std::size_t duration, Pcm pcm) const;
  void open_resampler();

  codec::Codec codec_;
  CodecContext context_;
  Packet packet_;
  Frame frame_;
  Resampler resampler_;  // of all but Opus: mono, 8 or 16 kHz
  int rate_ = kAudioRate;
  std::optional<std::byte> toc_;  // of the last Opus packet
};

}  // namespace plenum::egress
