#include "clips.h"

#include <cmath>
#include <fstream>
#include <numbers>
#include <random>
#include <stdexcept>

#include "egress/audio_testing.h"

namespace plenum::bench {
namespace {

using egress::Size;
using egress::testing::TestFrame;

constexpr int kFps = 30;

std::uint32_t hash(std::uint32_t n) {
  n = (n ^ 61) ^ n >> 16;
  n *= 0x9e3779b1;
  return n ^ n >> 15;
}

std::uint8_t level(int v) { return static_cast<std::uint8_t>(std::clamp(v, 16, 235)); }

/// The still room, painted once: walls, shelves and what stands on them.
std::vector<std::uint8_t> room_of(Size size, int seed) {
  std::vector<std::uint8_t> luma(static_cast<std::size_t>(size.width * size.height));
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const int column = x * 24 / size.width, shelf = y * 8 / size.height;
      const auto thing = static_cast<int>(
          hash(static_cast<std::uint32_t>(column * 131 + shelf * 17 + seed * 7919)) % 90);
      luma[static_cast<std::size_t>(y * size.width + x)] =
          level(70 + thing + 40 * y / size.height + ((x ^ y) & 3));
    }
  return luma;
}

class Webcam {
 public:
  Webcam(Size size, int seed) : size_(size), seed_(seed), room_(room_of(size, seed)) {}

  void paint(AVFrame& f, int n) {
    const double t = double(n) / kFps;
    const double sway = std::sin(2 * std::numbers::pi * (0.31 * t + 0.1 * seed_));
    const double nod = std::sin(2 * std::numbers::pi * 0.47 * t);
    const int cx = int(size_.width * (0.5 + 0.05 * sway));
    const int cy = int(size_.height * (0.48 + 0.02 * nod));
    const int rx = size_.width / 7, ry = size_.height / 3;
    const int mouth = int(ry * (0.06 + 0.07 * std::abs(std::sin(9 * t))));
    for (int y = 0; y < size_.height; ++y)
      for (int x = 0; x < size_.width; ++x) {
        int v = room_[static_cast<std::size_t>(y * size_.width + x)];
        if (is_head(x - cx, y - cy, rx, ry)) v = face(x - cx, y - cy, rx, ry, mouth);
        f.data[0][y * f.linesize[0] + x] = level(v + noise());
      }
    for (int y = 0; y < size_.height / 2; ++y)
      for (int x = 0; x < size_.width / 2; ++x) {
        const bool skin = is_head(2 * x - cx, 2 * y - cy, rx, ry);
        f.data[1][y * f.linesize[1] + x] = skin ? 112 : level(124 + 8 * x / size_.width);
        f.data[2][y * f.linesize[2] + x] = skin ? 152 : level(126 + 6 * y / size_.height);
      }
  }

 private:
  /// The head, and the shoulders below it.
  static bool is_head(int dx, int dy, int rx, int ry) {
    if (dy > ry) return std::abs(dx) < 2 * rx;
    return dx * dx * ry * ry + dy * dy * rx * rx < rx * rx * ry * ry;
  }
  static int face(int dx, int dy, int rx, int ry, int mouth) {
    if (std::abs(dy - ry / 2) < mouth && std::abs(dx) < rx / 3) return 60;
    const bool eye = std::abs(dy + ry / 4) < ry / 16 && std::abs(std::abs(dx) - rx / 3) < rx / 8;
    return eye ? 50 : 150 + 30 * dx / rx - 10 * dy / ry;
  }
  int noise() {
    state_ = state_ * 1'664'525 + 1'013'904'223;
    return static_cast<int>(state_ >> 29) - 3;
  }

  Size size_;
  int seed_;
  std::vector<std::uint8_t> room_;
  std::uint32_t state_ = 1;
};

}  // namespace

std::vector<TestFrame> webcam(Size size, int kbps, int seed) {
  Webcam camera(size, seed);
  const egress::CodecContext encoder = egress::testing::open_encoder(
      {.size = size, .gop = kClipSeconds * kFps, .bit_rate = std::int64_t{kbps} * 1000});
  const egress::Frame frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = size.width;
  frame->height = size.height;
  if (av_frame_get_buffer(frame.get(), 0) < 0) throw std::bad_alloc();
  const egress::Packet packet(av_packet_alloc());
  std::vector<TestFrame> clip;
  for (int n = 0; n < kClipSeconds * kFps; ++n) {
    if (av_frame_make_writable(frame.get()) < 0) throw std::bad_alloc();
    camera.paint(*frame, n);
    frame->pts = n;
    avcodec_send_frame(encoder.get(), frame.get());
    while (avcodec_receive_packet(encoder.get(), packet.get()) == 0) {
      const auto* data = reinterpret_cast<const std::byte*>(packet->data);
      clip.push_back(
          {.bytes = {data, data + packet->size}, .key = (packet->flags & AV_PKT_FLAG_KEY) != 0});
      av_packet_unref(packet.get());
    }
  }
  return clip;
}

std::vector<TestFrame> speech(int seed) {
  egress::audio_testing::TestEncoder opus("libopus");
  std::minstd_rand random(static_cast<unsigned>(seed) + 1);
  const double pitch = 110 + 17 * seed;
  std::vector<TestFrame> clip;
  for (int packet = 0; packet < kClipSeconds * 50; ++packet) {
    const double syllable = std::abs(std::sin(packet * 0.2 + seed));
    auto bytes = opus.encode([&](std::size_t i) {
      const double t = (packet * 960 + double(i)) / 48'000;
      double v = 0;
      for (int k = 1; k <= 12; ++k) v += std::sin(2 * std::numbers::pi * pitch * k * t) / k;
      const double breath = double(random() % 1000) / 1000 - 0.5;
      return static_cast<float>((0.08 * v + 0.02 * breath) * syllable);
    });
    if (!bytes.empty()) clip.push_back({.bytes = std::move(bytes)});
  }
  return clip;
}

void save(const std::string& path, const std::vector<TestFrame>& clip) {
  std::ofstream out(path, std::ios::binary);
  for (const TestFrame& f : clip) {
    const auto size = static_cast<std::uint32_t>(f.bytes.size());
    out.write(reinterpret_cast<const char*>(&size), sizeof size);
    out.put(f.key ? 1 : 0);
    out.write(reinterpret_cast<const char*>(f.bytes.data()), size);
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

std::vector<TestFrame> load(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<TestFrame> clip;
  std::uint32_t size = 0;
  while (in.read(reinterpret_cast<char*>(&size), sizeof size)) {
    TestFrame f;
    f.key = in.get() == 1;
    f.bytes.resize(size);
    in.read(reinterpret_cast<char*>(f.bytes.data()), size);
    clip.push_back(std::move(f));
  }
  if (clip.empty()) throw std::runtime_error("cannot read " + path);
  return clip;
}

}  // namespace plenum::bench
