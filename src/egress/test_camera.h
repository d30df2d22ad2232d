#pragma once
// For tests only: cameras and screens whose pictures one recognises, in virtual time.
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "egress/clock_testing.h"
#include "egress/colour.h"
#include "egress/test_packetizer.h"

namespace plenum::egress::testing {

using audio_testing::TestSender;
using audio_testing::TestStream;

inline constexpr TimePoint kStart{100s};

/// Draws picture `n` of a stream as it looks in `layer`; I420.
using Paint = std::function<void(AVFrame& frame, int n, int layer)>;

inline void fill_plane(AVFrame& f, int plane, int level) {
  const int rows = plane == 0 ? f.height : f.height / 2;
  std::memset(f.data[plane], level,
              static_cast<std::size_t>(f.linesize[plane]) * std::size_t(rows));
}

inline Paint flat(Yuv c) {
  return [c](AVFrame& f, int, int) {
    fill_plane(f, 0, c.y);
    fill_plane(f, 1, c.u);
    fill_plane(f, 2, c.v);
  };
}

/// Of one colour that tells the number, but for a moving band in the middle that costs bits; within
/// it the luma of a box tells the layer.
inline void paint_number(AVFrame& f, int n, int layer) {
  flat({.y = static_cast<std::uint8_t>(luma_of(n)),
        .u = static_cast<std::uint8_t>(u_of(n)),
        .v = static_cast<std::uint8_t>(v_of(n))})(f, n, layer);
  for (int y = f.height * 2 / 5; y < f.height * 3 / 5; ++y)
    for (int x = 0; x < f.width; ++x) {
      const bool box = std::abs(x - f.width / 2) < f.width / 10;
      f.data[0][y * f.linesize[0] + x] =
          static_cast<std::uint8_t>(box ? 60 + layer * 60 : 40 + ((x + n) * 7 ^ y * 13) % 160);
    }
}

/// Numbers repeat after so many pictures: 12, 5 and 7 of luma and chroma.
inline constexpr int kNumbers = 420;

/// Which picture all these colours are of; nullopt: of none that paint_number() ever made, or of
/// several. Two pictures that follow each other differ by 42.
inline std::optional<int> number_of(std::span<const Yuv> colours) {
  constexpr int kMost = 20;
  const auto distance = [](const Yuv& c, int n) {
    return std::abs(c.y - luma_of(n)) + std::abs(c.u - u_of(n)) + std::abs(c.v - v_of(n));
  };
  std::optional<int> best;
  int least = std::numeric_limits<int>::max();
  for (int n = 0; n < kNumbers; ++n) {
    int sum = 0, worst = 0;
    for (const Yuv& c : colours) {
      sum += distance(c, n);
      worst = std::max(worst, distance(c, n));
    }
    if (sum >= least) continue;
    least = sum;
    best = worst <= kMost ? std::optional(n) : std::nullopt;
  }
  return best;
}

struct CameraPlan {
  codec::Codec codec = codec::Codec::vp8;
  Paint paint{};
  /// Lowest first; more than one: simulcast.
  std::vector<Size> layers{{160, 90}};
  std::int64_t bit_rate = 300'000;
  std::size_t packet_bytes = 60;
};

struct LayerPacket {
  std::uint8_t layer = 0;
  MediaPacket packet{};
};

/// A track of pictures, 30 fps. Answers requests for key frames.
class TestCamera {
 public:
  TestCamera(std::uint64_t track, CameraPlan plan, const TestSender& sender)
      : track_(track), plan_(std::move(plan)) {
    for (const Size size : plan_.layers)
      open(layers_.emplace_back(
               Layer{.stream = {.sender = sender, .rate = 90'000, .first_timestamp = 777}}),
           size);
  }
  /// From the next picture on, which is a key frame: one layer of this codec and size.
  void use(codec::Codec codec, Size size) {
    plan_.codec = codec;
    plan_.layers = {size};
    while (layers_.size() > 1) layers_.pop_back();
    open(layers_[0], size);
  }
  std::uint64_t track() const { return track_; }
  const CameraPlan& plan() const { return plan_; }
  /// Its sound card's brother: how fast the camera's clock runs.
  double ppm = 0;
  /// Layers above are not sent, as when the publisher's uplink is narrow.
  std::size_t sent_layers = 4;
  int requests = 0;

  TestStream stream(std::size_t layer) const {
    TestStream s = layers_[layer].stream;
    return {.sender = s.sender, .rate = s.rate, .first_timestamp = s.first_timestamp, .ppm = ppm};
  }
  std::size_t layer_count() const { return std::min(layers_.size(), sent_layers); }
  void request_key(std::size_t layer) {
    ++requests;
    if (layer < layers_.size()) layers_[layer].key_wanted = true;
  }

  /// The packets of the picture captured at `t`; a white one if it is a flash.
  std::vector<LayerPacket> capture(TimePoint t, bool flash) {
    const int n = static_cast<int>((t - kStart).count() * 30 / 1'000'000);
    std::vector<LayerPacket> packets;
    for (std::size_t i = 0; i < layer_count(); ++i) encode(i, n, t, flash, packets);
    return packets;
  }

 private:
  struct Layer {
    TestStream stream;
    CodecContext encoder{};
    Frame frame{};
    std::int64_t pts = 0;
    std::uint64_t seq = 65'500;
    bool key_wanted = false;
  };

  void open(Layer& l, Size size) const {
    l.encoder = open_encoder(
        {.codec = plan_.codec, .size = size, .frames = 0, .gop = 300, .bit_rate = plan_.bit_rate});
    l.frame.reset(av_frame_alloc());
    l.frame->format = AV_PIX_FMT_YUV420P;
    l.frame->width = size.width;
    l.frame->height = size.height;
    if (av_frame_get_buffer(l.frame.get(), 0) < 0) throw std::bad_alloc();
  }
  void encode(std::size_t i, int n, TimePoint t, bool flash, std::vector<LayerPacket>& to) {
    Layer& l = layers_[i];
    if (av_frame_make_writable(l.frame.get()) < 0) throw std::bad_alloc();
    const Paint white = flat({.y = 235, .u = 128, .v = 128});
    (flash ? white : plan_.paint)(*l.frame, n, static_cast<int>(i));
    l.frame->pts = l.pts++;
    l.frame->pict_type = l.key_wanted ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    l.key_wanted = false;
    avcodec_send_frame(l.encoder.get(), l.frame.get());
    const Packet packet(av_packet_alloc());
    while (avcodec_receive_packet(l.encoder.get(), packet.get()) == 0) {
      const auto* data = reinterpret_cast<const std::byte*>(packet->data);
      const TestFrame frame{.bytes = {data, data + packet->size},
                            .key = (packet->flags & AV_PKT_FLAG_KEY) != 0};
      const auto payloads = payloads_of(plan_.codec, frame, plan_.packet_bytes);
      for (std::size_t k = 0; k < payloads.size(); ++k)
        to.push_back({.layer = static_cast<std::uint8_t>(i),
                      .packet = {.seq = ExtSeq(l.seq++),
                                 .timestamp = stream(i).timestamp(t),
                                 .marker = k + 1 == payloads.size(),
                                 .payload = payloads[k]}});
      av_packet_unref(packet.get());
    }
  }

  std::uint64_t track_;
  CameraPlan plan_;
  std::vector<Layer> layers_;
};

}  // namespace plenum::egress::testing
