#include "harness/network.h"

namespace plenum::harness {

void Network::rebind(const Address& inside, const Address& outside) {
  if (const auto old = nat_out_.find(inside); old != nat_out_.end()) nat_in_.erase(old->second);
  nat_out_[inside] = outside;
  nat_in_[outside] = inside;
}

TimePoint Network::pass(std::map<std::string, TimePoint>& busy, const Address& key,
                        const Link& link, std::size_t size, TimePoint now) {
  if (chance(link.loss)) return kNever;
  TimePoint at = now;
  if (link.rate_bps) {
    TimePoint& until = busy[key.text()];
    if (until < now) until = now;
    if (until - now > link.queue) return kNever;
    until += Duration(static_cast<std::int64_t>(size * 8 * 1'000'000 / link.rate_bps));
    at = until;
  }
  at += link.delay;
  if (link.jitter > 0us)
    at += Duration(std::uniform_int_distribution<std::int64_t>(0, link.jitter.count())(random_));
  return at;
}

void Network::send(const Address& from, const Address& to, Bytes bytes, TimePoint now) {
  const auto outside = nat_out_.find(from);
  const Address seen_from = outside == nat_out_.end() ? from : outside->second;
  const auto inside = nat_in_.find(to);
  const Address real_to = inside == nat_in_.end() ? to : inside->second;
  // Sent to an address that a NAT has given up: nobody is there.
  if (inside == nat_in_.end() && nat_out_.contains(to)) return;
  const Link out = out_.contains(from) ? out_[from] : Link{};
  const Link in = in_.contains(real_to) ? in_[real_to] : Link{};
  const int copies = chance(out.duplicate) || chance(in.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    TimePoint at = pass(busy_out_, from, out, bytes.size(), now);
    if (at != kNever) at = pass(busy_in_, real_to, in, bytes.size(), at);
    if (at == kNever) {
      ++lost_;
      continue;
    }
    queue_.push({at, order_++, seen_from, real_to, {bytes.begin(), bytes.end()}});
  }
}

Network::Datagram Network::pop() {
  Datagram d = queue_.top();
  queue_.pop();
  if (tap) tap(d);
  return d;
}

}  // namespace plenum::harness
