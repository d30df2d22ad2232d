#pragma once
#include <cstdio>
#include <initializer_list>

namespace plenum::bench {

struct Bar {
  bool holds = false;
  const char* what;
};

/// Says which hold. The exit code of the program: 1 when one does not.
inline int judge(std::initializer_list<Bar> bars) {
  int missed = 0;
  for (const Bar& b : bars) {
    std::printf("%s: %s\n", b.holds ? "ok" : "NOT OK", b.what);
    if (!b.holds) missed = 1;
  }
  return missed;
}

}  // namespace plenum::bench
