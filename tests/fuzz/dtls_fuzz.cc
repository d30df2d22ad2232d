#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "media/dtls/endpoint.h"

namespace {

using namespace plenum;
using namespace std::chrono_literals;

struct Handshake {
  static const dtls::Certificate& certificate() {
    static const dtls::Certificate c = dtls::Certificate::generate();
    return c;
  }
  dtls::Endpoint client{certificate(), dtls::Role::client};
  dtls::Endpoint server{certificate(), dtls::Role::server};
  TimePoint now{};
  int connected = 0;

  /// Moves one flight from one side to the other; an answer waits for the next call.
  void carry(dtls::Endpoint& from, dtls::Endpoint& to) {
    while (auto output = from.poll_output()) {
      if (auto* t = std::get_if<dtls::Transmit>(&*output))
        to.handle_datagram(std::as_const(t->datagram).bytes(), now);
      if (std::holds_alternative<dtls::Connected>(*output)) ++connected;
    }
  }
};

}  // namespace

// A script: each command byte lets the real handshake go on, lets time pass, or injects the next
// length-prefixed piece of the input into one side. Nothing may crash, and each side connects at
// most once.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader in(std::as_bytes(std::span(data, size)));
  Handshake h;
  h.client.set_remote_fingerprint(Handshake::certificate().sha256());
  h.server.set_remote_fingerprint(Handshake::certificate().sha256());
  h.client.start(h.now);
  for (int step = 0; step < 32 && in.left() != 0; ++step) {
    const unsigned command = in.u8();
    switch (command % 6) {
      case 0:
        h.carry(h.client, h.server);
        break;
      case 1:
        h.carry(h.server, h.client);
        break;
      case 2:
        h.now += 100ms;
        if (h.client.next_timeout() <= h.now) h.client.handle_timeout(h.now);
        if (h.server.next_timeout() <= h.now) h.server.handle_timeout(h.now);
        break;
      case 3:
        (void)h.client.send(as_bytes("application data"));
        break;
      default: {
        const Bytes piece = in.bytes(std::min<std::size_t>(in.u16(), in.left()));
        (command % 6 == 4 ? h.server : h.client).handle_datagram(piece, h.now);
      }
    }
  }
  if (h.connected > 2) std::abort();
  return 0;
}
