#include "media/dtls/wire_bio.h"

#include <sys/time.h>

#include <cstring>
#include <new>

#include "media/dtls/association.h"

namespace plenum::dtls {

BIO* WireBio::create(void* wire) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "plenum wire");
    if (m == nullptr) throw std::bad_alloc();
    BIO_meth_set_write(m, &WireBio::write);
    BIO_meth_set_read(m, &WireBio::read);
    BIO_meth_set_ctrl(m, &WireBio::ctrl);
    return m;
  }();
  BIO* bio = BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, wire);
  BIO_set_init(bio, 1);
  return bio;
}

int WireBio::write(BIO* bio, const char* bytes, int n) {
  auto& wire = *static_cast<Association::Wire*>(BIO_get_data(bio));
  const auto size = static_cast<std::size_t>(n);
  if (size > Buffer::kCapacity) return -1;
  wire.outbox.push_back(Buffer::copy_of(std::as_bytes(std::span(bytes, size))));
  return n;
}

int WireBio::read(BIO* bio, char* out, int n) {
  auto& wire = *static_cast<Association::Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (wire.inbox.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t size = std::min(wire.inbox.size(), static_cast<std::size_t>(n));
  std::memcpy(out, wire.inbox.data(), size);
  wire.inbox = {};
  return static_cast<int>(size);
}

long WireBio::ctrl(BIO* bio, int command, long, void* pointer) {
  auto& wire = *static_cast<Association::Wire*>(BIO_get_data(bio));
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
      wire.library_deadline = static_cast<timeval*>(pointer);
      wire.timer_running =
          wire.library_deadline->tv_sec != 0 || wire.library_deadline->tv_usec != 0;
      wire.timer_started = wire.timer_running;
      return 1;
    default:
      return 0;
  }
}

}  // namespace plenum::dtls
