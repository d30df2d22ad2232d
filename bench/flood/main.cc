#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>

#include "bars.h"
#include "garbage.h"
#include "live_room.h"

namespace plenum::bench {
namespace {

constexpr int kPacketsPerSecond = 300'000;
constexpr double kMaxGrowthKib = 1024;
constexpr double kMaxAddedMs = 5;

double resident_kib() {
  std::ifstream statm("/proc/self/statm");
  double size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
}

void print(const char* what, const LiveRoom::Delays& d) {
  std::printf("%-12s %8llu sent %8llu received | delay ms: p50 %.3f, p99 %.3f, max %.3f\n", what,
              static_cast<unsigned long long>(d.sent), static_cast<unsigned long long>(d.received),
              d.at(0.5), d.at(0.99), d.at(1));
  std::fflush(stdout);
}

int run(Duration length) {
  LiveRoom room;
  Garbage garbage(room.media_address(), kPacketsPerSecond);
  room.talk(5s);
  const LiveRoom::Delays quiet = room.talk(10s);
  print("quiet", quiet);

  garbage.start();
  room.talk(2s);  // buffers that fill once
  room.make_room(static_cast<std::size_t>(length / 1ms));
  const double before = resident_kib();
  const std::uint64_t sent_before = garbage.sent();
  const LiveRoom::Delays flooded = room.talk(length);
  const double growth = resident_kib() - before;
  const double rate = static_cast<double>(garbage.sent() - sent_before) /
                      std::chrono::duration<double>(length + 200ms).count();
  garbage.stop();
  print("flooded", flooded);
  const double added = flooded.at(0.99) - quiet.at(0.99);
  std::printf("%.0f datagrams of garbage a second, %llu answered; RSS %+.0f KiB; p99 %+.3f ms\n",
              rate, static_cast<unsigned long long>(garbage.answers()), growth, added);

  return judge({{rate > 0.98 * kPacketsPerSecond, "300 000 datagrams a second were sent"},
                {garbage.answers() == 0, "none was answered"},
                {growth < kMaxGrowthKib, "RSS grew by less than 1 MiB"},
                {flooded.received == flooded.sent, "the room lost nothing"},
                {added < kMaxAddedMs, "its p99 delay grew by less than 5 ms"}});
}

}  // namespace
}  // namespace plenum::bench

/// `plenum_flood_bench [SECONDS]`: what a live room feels while a stranger sends 300 000 datagrams
/// a second to the media port. Ends with 1 when a bar is missed. 60 seconds unless told.
int main(int argc, char** argv) try {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 60;
  if (seconds <= 0) throw std::runtime_error("usage: plenum_flood_bench [SECONDS]");
  return plenum::bench::run(std::chrono::seconds(seconds));
} catch (const std::exception& e) {
  std::fprintf(stderr, "flood: %s\n", e.what());
  return 1;
}
