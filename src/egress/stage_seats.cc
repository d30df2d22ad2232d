// The places of Stage: who has one, who takes whose.
#include "egress/stage.h"

namespace plenum::egress {

void Stage::decide_seats(TimePoint now) {
  std::vector<const Member*> members;
  for (const auto& e : entries_) members.push_back(&e->member);
  const Seating plan = seating(members, config_);
  const std::vector<Entry*> before = seats_;
  main_has_seat_ = plan.main_camera && main_ && plan.admits(main_->member);
  vacate(plan, now);
  seat_main(plan, now);
  fit(plan, now);
  take_over(plan, now);
  if (seats_ != before) ++revision_;
}

bool Stage::seated(const Entry& e) const {
  return std::find(seats_.begin(), seats_.end(), &e) != seats_.end();
}

Stage::Rank Stage::rank(const Entry& e, TimePoint now) const {
  return {.pinned = e.member.pinned_camera,
          .spoke = spoken_enough(e, now) ? kNever : e.spoke_until.value_or(TimePoint::min()),
          .active = !e.passive()};
}

/// Whoever has a place and begins to speak keeps it, or it would come back elsewhere 1.2 s later.
Stage::Rank Stage::rank_of_seat(const Entry& e, TimePoint now) const {
  Rank r = rank(e, now);
  if (e.loudness != kSilent) r.spoke = kNever;
  return r;
}

/// Of those without a place the one with most right to it, of equals who joined first; or null.
Stage::Entry* Stage::best_waiting(const Seating& plan, TimePoint now) const {
  Entry* best = nullptr;
  for (const auto& e : entries_)
    if (plan.admits(e->member) && !seated(*e) && (!best || rank(*e, now) > rank(*best, now)))
      best = e.get();
  return best;
}

/// Index of the seat with the least right, of equals the last. Not of the main place.
std::size_t Stage::lowest_seat(TimePoint now) const {
  std::size_t lowest = seats_.size() - 1;
  for (std::size_t i = seats_.size(); i-- > 0;)
    if (seats_[lowest] == main_ && main_has_seat_)
      lowest = i;
    else if (!(main_has_seat_ && seats_[i] == main_) &&
             rank_of_seat(*seats_[i], now) < rank_of_seat(*seats_[lowest], now))
      lowest = i;
  return lowest;
}

/// Who may no longer be shown goes. Somebody who waits takes that very place, so that nobody moves.
void Stage::vacate(const Seating& plan, TimePoint now) {
  for (auto it = seats_.begin(); it != seats_.end();) {
    if (plan.admits((*it)->member)) {
      ++it;
    } else if (Entry* next = best_waiting(plan, now)) {
      next->safe_until = TimePoint::min();
      *it++ = next;
    } else {
      it = seats_.erase(it);
    }
  }
}

/// The main place is the first. Whoever had it goes where its new owner was.
void Stage::seat_main(const Seating& plan, TimePoint now) {
  if (!main_has_seat_) return;
  auto at = std::find(seats_.begin(), seats_.end(), main_);
  if (at == seats_.end()) {
    if (seats_.size() < plan.cameras)
      at = seats_.insert(seats_.end(), main_);
    else
      at = seats_.begin() + static_cast<std::ptrdiff_t>(lowest_seat(now));
    *at = main_;
  }
  std::swap(seats_.front(), *at);
}

/// As many seats as the layout has, or as there are members.
void Stage::fit(const Seating& plan, TimePoint now) {
  while (seats_.size() > plan.cameras)
    seats_.erase(seats_.begin() + static_cast<std::ptrdiff_t>(lowest_seat(now)));
  while (seats_.size() < plan.cameras) {
    Entry* next = best_waiting(plan, now);
    if (!next) return;
    next->safe_until = TimePoint::min();
    seats_.push_back(next);
  }
}

/// Gives places to those who have more right to them, and says when the next is due.
void Stage::take_over(const Seating& plan, TimePoint now) {
  next_seat_ = kNever;
  if (plan.cameras <= first_open_seat()) return;
  while (Entry* newcomer = best_waiting(plan, now)) {
    const Rank right = rank(*newcomer, now);
    Entry** lowest = nullptr;
    for (std::size_t i = first_open_seat(); i < seats_.size(); ++i) {
      const Rank held = rank_of_seat(*seats_[i], now);
      if (held >= right) continue;
      if (now < seats_[i]->safe_until && right.pinned == held.pinned)
        next_seat_ = std::min(next_seat_, seats_[i]->safe_until);
      else if (!lowest || held <= rank_of_seat(**lowest, now))
        lowest = &seats_[i];
    }
    if (!lowest) break;
    *lowest = newcomer;
    newcomer->safe_until = now + timing_.min_stay;
    next_seat_ = kNever;
  }
  for (const auto& e : entries_)
    if (e->loudness != kSilent && !spoken_enough(*e, now) && plan.admits(e->member) && !seated(*e))
      next_seat_ = std::min(next_seat_, e->speaks_since + timing_.hold);
}

}  // namespace plenum::egress
