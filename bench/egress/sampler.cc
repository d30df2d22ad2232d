#include "sampler.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace plenum::bench {
namespace {

constexpr std::size_t kMost = 100'000;
std::array<std::uintptr_t, kMost> places;
std::atomic<std::size_t> count{0};

std::uintptr_t place_in([[maybe_unused]] const ucontext_t& context) {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.pc);
#else
  return 0;
#endif
}

void note(int, siginfo_t*, void* context) {
  const std::size_t at = count.fetch_add(1, std::memory_order_relaxed);
  if (at < kMost) places[at] = place_in(*static_cast<const ucontext_t*>(context));
}

void set_timer(suseconds_t each_us) {
  const itimerval interval{.it_interval = {.tv_sec = 0, .tv_usec = each_us},
                           .it_value = {.tv_sec = 0, .tv_usec = each_us}};
  ::setitimer(ITIMER_PROF, &interval, nullptr);
}

std::string library_of(std::uintptr_t place) {
  Dl_info info;
  if (!::dladdr(reinterpret_cast<void*>(place), &info) || !info.dli_fname) return "other";
  std::string name = info.dli_fname;
  name.erase(0, name.find_last_of('/') + 1);
  if (!name.starts_with("lib")) return "plenum";
  return name.substr(3, name.find_first_of(".-", 3) - 3);
}

}  // namespace

Sampler::Sampler() {
  count = 0;
  struct sigaction action {};
  action.sa_sigaction = note;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigaction(SIGPROF, &action, nullptr);
  set_timer(2000);
}

Sampler::~Sampler() { set_timer(0); }

std::map<std::string, double> Sampler::shares() const {
  std::map<std::string, double> shares;
  const std::size_t n = std::min(count.load(), kMost);
  for (std::size_t i = 0; i < n; ++i) shares[library_of(places[i])] += 1.0 / double(n);
  return shares;
}

}  // namespace plenum::bench
