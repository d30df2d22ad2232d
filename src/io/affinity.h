#pragma once

namespace plenum::io {

/// Cores that this process may use (its affinity mask), at least 1.
unsigned usable_cores();
/// Keeps the calling thread on the n-th usable core (modulo their number). False if refused.
bool pin_thread(unsigned n);
/// Name of the calling thread in ps and gdb; cut to 15 characters.
void name_thread(const char* name);

}  // namespace plenum::io
