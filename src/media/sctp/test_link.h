#pragma once
#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <string_view>
#include <vector>

#include "base/overloaded.h"
#include "media/sctp/association.h"

/// Two associations and a seeded network between them, in virtual time.
namespace plenum::sctp::test {

inline std::vector<std::byte> bytes_of(std::string_view text) {
  const Bytes b = as_bytes(text);
  return {b.begin(), b.end()};
}

inline std::vector<std::byte> random_bytes(std::size_t size, std::mt19937& random) {
  std::vector<std::byte> out(size);
  for (std::byte& b : out) b = static_cast<std::byte>(random());
  return out;
}

class Link {
 public:
  struct Config {
    unsigned loss_percent = 0;
    unsigned damage_percent = 0;
    unsigned seed = 1;
    Duration delay = 20ms;
    std::size_t max_send_message_size = 65536;
  };
  /// One association and what it told its owner.
  struct End {
    Association association;
    std::vector<ChannelOpened> opened{};
    std::vector<Message> messages{};
    std::vector<std::uint16_t> closed{};
    int aborts = 0;
  };

  Link() : Link(Config{}) {}
  explicit Link(Config c) : config(c), random_(c.seed) {}

  Association& client() { return client_end.association; }
  Association& server() { return server_end.association; }
  void connect_both() {
    client().connect(now);
    server().connect(now);
  }

  /// False if `done` did not come true in time.
  bool run_until(const std::function<bool()>& done, Duration limit = 120s) {
    const TimePoint end = now + limit;
    while (true) {
      drain(client_end, server_end);
      drain(server_end, client_end);
      if (done()) return true;
      const TimePoint next = std::min({client().next_timeout(), server().next_timeout(),
                                       in_flight_.empty() ? kNever : in_flight_.begin()->first});
      if (next > end) {
        now = end;
        return false;
      }
      now = std::max(now, next);
      step();
    }
  }
  void run_for(Duration d) {
    run_until([] { return false; }, d);
  }

  Config config;
  const TimePoint start{1000s};
  TimePoint now = start;
  std::size_t largest_packet = 0;
  End client_end{Association(association_config(true))};
  End server_end{Association(association_config(false))};

 private:
  struct InFlight {
    End* to;
    Buffer packet;
  };

  sctp::Config association_config(bool is_client) const {
    return {.is_dtls_client = is_client, .max_send_message_size = config.max_send_message_size};
  }

  void step() {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now) {
      auto node = in_flight_.extract(in_flight_.begin());
      node.mapped().to->association.handle_packet(node.mapped().packet.bytes(), now);
    }
    for (End* end : {&client_end, &server_end})
      if (end->association.next_timeout() <= now) end->association.handle_timeout(now);
  }

  void drain(End& end, End& other) {
    while (auto output = end.association.poll_output()) {
      std::visit(overloaded{
                     [&](Transmit& t) { transmit(std::move(t.packet), other); },
                     [&](ChannelOpened& o) { end.opened.push_back(std::move(o)); },
                     [&](Message& m) { end.messages.push_back(std::move(m)); },
                     [&](ChannelClosed& c) { end.closed.push_back(c.stream_id); },
                     [&](Aborted&) { ++end.aborts; },
                 },
                 *output);
    }
  }

  void transmit(Buffer packet, End& to) {
    largest_packet = std::max(largest_packet, packet.size());
    if (random_() % 100 < config.loss_percent) return;
    if (random_() % 100 < config.damage_percent)
      packet.bytes()[random_() % packet.size()] ^= static_cast<std::byte>(1 + random_() % 255);
    in_flight_.emplace(now + config.delay, InFlight{&to, std::move(packet)});
  }

  std::mt19937 random_;
  std::multimap<TimePoint, InFlight> in_flight_;
};

}  // namespace plenum::sctp::test
