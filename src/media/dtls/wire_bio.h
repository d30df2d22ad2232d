#pragma once
#include <openssl/bio.h>

namespace plenum::dtls {

/// A BIO between the library and an association's queues: a read takes the waiting datagram, a
/// write is one datagram out.
struct WireBio {
  /// `wire` is the Association::Wire; it must outlive the BIO. Throws std::bad_alloc.
  static BIO* create(void* wire);

 private:
  static int write(BIO* bio, const char* bytes, int n);
  static int read(BIO* bio, char* out, int n);
  static long ctrl(BIO* bio, int command, long number, void* pointer);
};

}  // namespace plenum::dtls
