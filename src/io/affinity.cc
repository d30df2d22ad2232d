#include "io/affinity.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cstring>

namespace plenum::io {

unsigned usable_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (::sched_getaffinity(0, sizeof mask, &mask) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&mask)));
}

bool pin_thread(unsigned n) {
  cpu_set_t usable;
  CPU_ZERO(&usable);
  if (::pthread_getaffinity_np(::pthread_self(), sizeof usable, &usable) != 0) return false;
  unsigned skip = n % static_cast<unsigned>(std::max(1, CPU_COUNT(&usable)));
  for (unsigned core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &usable) || skip-- != 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one) == 0;
  }
  return false;
}

void name_thread(const char* name) {
  char text[16] = {};  // TASK_COMM_LEN, with the final zero
  std::strncpy(text, name, sizeof text - 1);
  ::pthread_setname_np(::pthread_self(), text);
}

}  // namespace plenum::io
