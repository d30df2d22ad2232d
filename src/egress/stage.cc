#include "egress/stage.h"

#include <utility>

namespace plenum::egress {

void Stage::set_config(const LayoutConfig& config, TimePoint now) {
  config_ = config;
  ++revision_;
  decide(now);
}

void Stage::join(Member member, TimePoint now) {
  leave(member.identity, now);
  auto entry = std::make_unique<Entry>();
  entry->heard = member.microphone && !member.microphone_muted;
  member.speaking = false;
  member.screen_share_order = member.screen_share ? ++counter_ : 0;
  entry->pin_order = member.pinned_camera ? ++counter_ : 0;
  entry->member = std::move(member);
  entries_.push_back(std::move(entry));
  ++revision_;
  decide(now);
}

void Stage::leave(std::string_view identity, TimePoint now) {
  // First it loses its places, then it goes.
  set_may_publish(identity, false, now);
  std::erase_if(entries_, [&](const auto& e) { return e->member.identity == identity; });
}

void Stage::set_name(std::string_view identity, std::string name) {
  Entry* e = find(identity);
  if (!e || e->member.name == name) return;
  e->member.name = std::move(name);
  ++revision_;
}

void Stage::set_may_publish(std::string_view identity, bool may_publish, TimePoint now) {
  Entry* e = find(identity);
  if (!e || e->member.may_publish == may_publish) return;
  e->member.may_publish = may_publish;
  if (!may_publish) silence(*e, now);
  ++revision_;
  decide(now);
}

void Stage::set_camera(std::string_view identity, bool on, TimePoint now) {
  Entry* e = find(identity);
  if (!e || e->member.camera == on) return;
  e->member.camera = on;
  ++revision_;
  decide(now);
}

void Stage::set_microphone(std::string_view identity, bool published, bool muted, TimePoint now) {
  Entry* e = find(identity);
  if (!e || (e->member.microphone == published && e->member.microphone_muted == muted)) return;
  e->member.microphone = published;
  e->member.microphone_muted = muted;
  if (published && !muted) e->heard = true;
  if (!published || muted) silence(*e, now);
  ++revision_;
  decide(now);
}

void Stage::set_screen_share(std::string_view identity, bool on, TimePoint now) {
  Entry* e = find(identity);
  if (!e || e->member.screen_share == on) return;
  e->member.screen_share = on;
  e->member.screen_share_order = on ? ++counter_ : 0;
  ++revision_;
  decide(now);
}

void Stage::set_pins(std::string_view identity, bool camera, bool screen, TimePoint now) {
  Entry* e = find(identity);
  if (!e || (e->member.pinned_camera == camera && e->member.pinned_screen == screen)) return;
  if (e->member.pinned_camera != camera) e->pin_order = camera ? ++counter_ : 0;
  e->member.pinned_camera = camera;
  e->member.pinned_screen = screen;
  ++revision_;
  decide(now);
}

void Stage::set_speakers(std::span<const std::string> loudest_first, TimePoint now) {
  std::vector<std::pair<Entry*, std::size_t>> speaking;
  for (std::size_t i = 0; i < loudest_first.size(); ++i) {
    Entry* e = find(loudest_first[i]);
    if (e && e->member.may_publish && !e->member.microphone_muted) speaking.emplace_back(e, i);
  }
  for (const auto& e : entries_)
    if (std::none_of(speaking.begin(), speaking.end(),
                     [&](const auto& s) { return s.first == e.get(); }))
      silence(*e, now);
  // Backwards, so that of an identity named twice the louder counts.
  for (auto it = speaking.rbegin(); it != speaking.rend(); ++it) {
    auto& [e, loudness] = *it;
    if (e->loudness == kSilent) {
      e->speaks_since = now;
      e->heard = e->member.speaking = true;
      ++revision_;
    }
    e->loudness = loudness;
  }
  decide(now);
}

Cast Stage::cast() const {
  std::vector<Entry*> order = seats_;
  std::stable_partition(order.begin() + static_cast<std::ptrdiff_t>(first_open_seat()), order.end(),
                        [](const Entry* e) { return e->member.pinned_camera; });
  Cast cast;
  for (const Entry* e : order) cast.members.push_back(e->member);
  for (const auto& e : entries_)
    if (e->member.may_publish && !seated(*e)) cast.members.push_back(e->member);
  return cast;
}

Stage::Entry* Stage::find(std::string_view identity) {
  for (const auto& e : entries_)
    if (e->member.identity == identity) return e.get();
  return nullptr;
}

bool Stage::spoken_enough(const Entry& e, TimePoint now) const {
  return e.loudness != kSilent && now >= e.speaks_since + timing_.hold;
}

void Stage::silence(Entry& e, TimePoint now) {
  if (e.loudness == kSilent) return;
  if (spoken_enough(e, now)) e.spoke_until = now;
  e.loudness = kSilent;
  e.member.speaking = false;
  ++revision_;
}

void Stage::decide(TimePoint now) {
  pins_ = std::any_of(entries_.begin(), entries_.end(), [](const auto& e) {
    return e->member.may_publish && e->member.pinned_camera;
  });
  keep_main(now);
  challenge_main(now);
  decide_seats(now);
}

void Stage::keep_main(TimePoint now) {
  if (main_ && !may_be_main(*main_)) main_ = nullptr;
  Entry* other = default_main();
  if (other && (!main_ || (main_->passive() && !other->passive()))) give_main(*other, now);
}

Stage::Entry* Stage::default_main() const {
  const auto goes_before = [](const Entry& a, const Entry& b) {
    if (a.loudness != b.loudness) return a.loudness < b.loudness;
    if (a.spoke_until != b.spoke_until) return a.spoke_until > b.spoke_until;
    if (a.passive() != b.passive()) return b.passive();
    return a.pin_order < b.pin_order;
  };
  Entry* best = nullptr;
  for (const auto& e : entries_)
    if (may_be_main(*e) && (!best || goes_before(*e, *best))) best = e.get();
  return best;
}

void Stage::give_main(Entry& e, TimePoint now) {
  main_ = &e;
  main_safe_until_ = e.loudness == kSilent ? TimePoint::min() : now + timing_.min_stay;
  ++revision_;
}

void Stage::compare_with_main(TimePoint now) {
  for (const auto& e : entries_) {
    const bool ahead = main_ && may_be_main(*e) && e->loudness < main_->loudness;
    if (!ahead)
      e->ahead_since.reset();
    else if (!e->ahead_since)
      e->ahead_since = now;
  }
}

void Stage::challenge_main(TimePoint now) {
  for (;;) {
    compare_with_main(now);
    next_main_ = kNever;
    Entry* winner = nullptr;
    for (const auto& e : entries_) {
      if (!e->ahead_since) continue;
      const TimePoint due = std::max(*e->ahead_since + timing_.hold, main_safe_until_);
      if (due > now)
        next_main_ = std::min(next_main_, due);
      else if (!winner || e->loudness < winner->loudness)
        winner = e.get();
    }
    if (!winner) return;
    give_main(*winner, now);
  }
}

}  // namespace plenum::egress
