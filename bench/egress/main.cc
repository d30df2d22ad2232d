#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>

#include "clips.h"
#include "feed.h"
#include "sampler.h"

/// `plenum_egress_bench [SECONDS [CASE]]`: what a composition costs, by the real worker fed with
/// prepared media in virtual time, the recording written to the temporary folder. Cores are CPU
/// seconds of all threads for each second of output; each case is a process of its own, and what it
/// keeps of prepared media (up to some MB) counts as its memory.
namespace plenum::bench {
namespace {

namespace fs = std::filesystem;

/// Rooms and voices that differ; people beyond share them.
constexpr int kVariants = 4;
/// Until everybody is there and the encoder's rate control has settled.
constexpr Duration kWarmUp = 4s;

struct Case {
  const char* name;
  int people;
  /// "" = sound only.
  const char* camera;
  const char* quality;
};
constexpr Case kCases[] = {
    {"1 x 720p to 720p", 1, "720p", "med"},
    {"4 x 360p to 720p", 4, "360p", "med"},
    {"9 x 360p to 720p", 9, "360p", "med"},
    {"16 x 180p to 720p", 16, "180p", "med"},
    {"25 x 180p to 720p", 25, "180p", "med"},
    {"9 x 360p to 1080p", 9, "360p", "high"},
    {"sound of 1", 1, "", "med"},
    {"sound of 25", 25, "", "med"},
};
struct Camera {
  const char* name;
  egress::Size size;
  int kbps;
};
constexpr Camera kCameras[] = {
    {"180p", {320, 180}, 160}, {"360p", {640, 360}, 500}, {"720p", {1280, 720}, 1700}};

std::string clip_path(const fs::path& folder, const std::string& kind, int variant) {
  return (folder / (kind + std::to_string(variant))).string();
}

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024;
}

double now_mb() {
  std::ifstream in("/proc/self/statm");
  long total = 0, resident = 0;
  in >> total >> resident;
  return double(resident) * double(::sysconf(_SC_PAGESIZE)) / (1024 * 1024);
}

/// Throws std::runtime_error if it failed.
void in_a_child(const std::function<void()>& work) {
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    try {
      work();
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s\n", e.what());
      std::_Exit(1);
    }
    std::fflush(stdout);
    std::_Exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error("a case failed");
}

void prepare(const fs::path& folder) {
  egress::silence_ffmpeg();
  for (int v = 0; v < kVariants; ++v) {
    save(clip_path(folder, "speech", v), speech(v));
    for (const Camera& c : kCameras) save(clip_path(folder, c.name, v), webcam(c.size, c.kbps, v));
  }
}

void measure(const Case& c, const fs::path& folder, int seconds) {
  Feed::Options options{.people = c.people, .quality = c.quality, .folder = folder.string()};
  for (int v = 0; v < std::min(kVariants, c.people); ++v) {
    options.voices.push_back(load(clip_path(folder, "speech", v)));
    if (*c.camera) options.cameras.push_back(load(clip_path(folder, c.camera, v)));
  }
  Feed feed(std::move(options));
  feed.run(kWarmUp);
  const double before = cpu_s();
  const Sampler sampler;
  feed.run(std::chrono::seconds(seconds));
  const double cores = (cpu_s() - before) / seconds;
  const auto shares = sampler.shares();
  const double end_mb = now_mb();
  std::printf("%-18s | %6.3f | %6.1f %6.1f |", c.name, cores, peak_mb(), end_mb);
  for (const char* library : {"x264", "avcodec", "yuv", "plenum"}) {
    const auto at = shares.find(library);
    std::printf(" %6.3f", at == shares.end() ? 0.0 : at->second * cores);
  }
  std::printf("\n");
  feed.stop();
}

/// Only the cases whose name holds `wanted`.
void run(int seconds, const std::string& wanted) {
  std::string pattern = (fs::temp_directory_path() / "egress-bench-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  const fs::path folder = pattern;
  try {
    in_a_child([&] { prepare(folder); });
    std::printf("Composition, 30 fps, VP8 and Opus in, MP4 out; cores, and where they go\n");
    std::printf("%-18s | %6s | %6s %6s | %6s %6s %6s %6s\n", "", "cores", "peak", "end MB", "x264",
                "codecs", "yuv", "own");
    for (const Case& c : kCases)
      if (std::string(c.name).find(wanted) != std::string::npos)
        in_a_child([&] { measure(c, folder, seconds); });
  } catch (...) {
    fs::remove_all(folder);
    throw;
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace plenum::bench

int main(int argc, char** argv) try {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 10;
  if (seconds < 1) throw std::runtime_error("usage: plenum_egress_bench [SECONDS [CASE]]");
  plenum::bench::run(seconds, argc > 2 ? argv[2] : "");
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "plenum_egress_bench: %s\n", e.what());
  return 1;
}
