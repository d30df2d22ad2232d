#include "harness/impair/proxy.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>
#include <utility>

namespace plenum::impair {
namespace {

static_assert(UdpRoute::kTokens == TcpRoute::kTokens);

/// The word in front, and what follows it.
std::pair<std::string_view, std::string_view> split(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return {line, {}};
  return {line.substr(0, space), line.substr(space + 1)};
}

double ms(Duration d) { return static_cast<double>(d.count()) / 1000; }

std::string as_json(const load::LinkModel& link, TimePoint now) {
  const load::LinkCounters& c = link.counters();
  return fmt::format(
      R"({{"packets":{},"bytes":{},"lost":{},"queue_full":{},"too_long":{},"blackhole":{},)"
      R"("duplicated":{},"reordered":{},"stream_bytes":{},"queue_ms":{},"longest_queue_ms":{}}})",
      c.packets, c.bytes, c.lost, c.queue_full, c.too_long, c.blackhole, c.duplicated, c.reordered,
      c.stream_bytes, ms(link.queueing(now)), ms(c.longest_queue));
}

template <class Routes, class F>
auto total(const Routes& routes, F&& of) {
  return std::accumulate(
      routes.begin(), routes.end(), std::uint64_t{0},
      [&](std::uint64_t sum, const auto& route) { return sum + std::invoke(of, route); });
}

template <class Routes>
std::string listening(const Routes& routes) {
  std::string quoted;
  for (const auto& route : routes)
    quoted += (quoted.empty() ? "\"" : ",\"") + route.local_address().text() + '"';
  return quoted;
}

}  // namespace

Proxy::Proxy(io::EventLoop& loop, const Options& options, TimePoint now)
    : links_{{options.up, now}, {options.down, now}}, rebind_every_(options.rebind_every) {
  std::uint64_t token = 0;
  for (const Route& route : options.udp) {
    udp_.emplace_back(loop, links_, route, options, token);
    token += UdpRoute::kTokens;
  }
  for (const Route& route : options.tcp) {
    tcp_.emplace_back(loop, links_, route, options, token);
    token += TcpRoute::kTokens;
  }
  if (rebind_every_ > 0us) next_rebind_ = now + rebind_every_;
}

void Proxy::on_ready(const io::Ready& ready, TimePoint now) {
  const std::size_t route = ready.token / UdpRoute::kTokens;
  if (route < udp_.size()) return udp_[route].on_ready(ready.token, now);
  if (route - udp_.size() < tcp_.size())
    tcp_[route - udp_.size()].on_ready(ready.token, ready.events, now);
}

void Proxy::handle_timeout(TimePoint now) {
  for (UdpRoute& route : udp_) route.handle_timeout(now);
  for (TcpRoute& route : tcp_) route.handle_timeout(now);
  if (now < next_rebind_) return;
  next_rebind_ = now + rebind_every_;
  rebind();
}

TimePoint Proxy::next_timeout() const {
  TimePoint next = next_rebind_;
  for (const UdpRoute& route : udp_) next = std::min(next, route.next_timeout());
  for (const TcpRoute& route : tcp_) next = std::min(next, route.next_timeout());
  return next;
}

void Proxy::rebind() {
  ++rebinds_;
  for (UdpRoute& route : udp_) route.rebind();
}

Status<std::string> Proxy::change(std::string_view which, std::string_view text, TimePoint now) {
  // Both directions take the same texts, so that none is changed when one refuses.
  if (which != "down")
    if (auto status = links_.up.change(text, now); !status) return status;
  if (which != "up") return links_.down.change(text, now);
  return Ok{};
}

Status<std::string> Proxy::set_target(std::string_view arguments) {
  const auto [number, address] = split(arguments);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
  const auto target = parse_endpoint(address);
  if (error != std::errc{} || end != number.data() + number.size() || index >= udp_.size() ||
      !target || target->port == 0)
    return Err{std::string("takes the number of a --udp, from 0, and HOST:PORT")};
  udp_[index].set_target(*target);
  return Ok{};
}

Result<std::string, std::string> Proxy::command(std::string_view line, TimePoint now) {
  const auto [verb, rest] = split(line);
  const auto answer = [](const Status<std::string>& status) -> Result<std::string, std::string> {
    if (!status) return Err{status.error()};
    return std::string("ok");
  };
  if (verb == "up" || verb == "down" || verb == "both") return answer(change(verb, rest, now));
  if (verb == "target") return answer(set_target(rest));
  if (verb == "blackhole" && (rest == "on" || rest == "off"))
    return answer(change("both", "blackhole=" + std::string(rest), now));
  if (line == "stats") return stats(now);
  if (line == "rebind") {
    rebind();
    return std::string("ok");
  }
  if (line == "cut") {
    for (TcpRoute& route : tcp_) route.cut();
    return std::string("ok");
  }
  return Err{
      std::string("a command is up, down or both MODEL, blackhole on or off, rebind, cut, target "
                  "NUMBER HOST:PORT, stats")};
}

std::string Proxy::stats(TimePoint now) const {
  return fmt::format(
      R"({{"up":{},"down":{},"clients":{},"connections":{},"in_flight":{},"refused":{},"rebinds":{}}})",
      as_json(links_.up, now), as_json(links_.down, now), total(udp_, &UdpRoute::clients),
      total(tcp_, &TcpRoute::connections), total(udp_, &UdpRoute::in_flight),
      total(udp_, &UdpRoute::refused) + total(tcp_, &TcpRoute::refused), rebinds_);
}

std::string Proxy::addresses() const {
  return fmt::format(R"({{"udp":[{}],"tcp":[{}]}})", listening(udp_), listening(tcp_));
}

}  // namespace plenum::impair
