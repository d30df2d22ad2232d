#include "control/shared_values.h"

#include <utility>

namespace plenum::control {
namespace {

/// What the map takes besides, roughly.
constexpr std::size_t kOverheadBytes = 128;

Status<Refusal> check(const Participant& p, std::string_view key) {
  if (p.waiting) return Err{Refusal::not_allowed};
  if (key.empty() || key.size() > SharedValues::kMaxKeyBytes) return Err{Refusal::invalid_request};
  return Ok{};
}

std::size_t bytes_of(std::string_view key, const SharedValue& value) {
  return kOverheadBytes + key.size() + value.text.size() + value.set_by.size();
}

}  // namespace

Status<Refusal> SharedValues::set(Participant& setter, const std::string& key,
                                  std::optional<std::string> value) {
  if (auto fault = check(setter, key); !fault) return fault;
  if (!setter.permissions.can_publish_data) return Err{Refusal::not_allowed};
  if (value && value->size() > kMaxValueBytes) return Err{Refusal::invalid_request};
  RoomMemory& memory = setter.room->memory;
  const auto old = memory.values.find(key);
  const std::size_t freed = old == memory.values.end() ? 0 : bytes_of(key, old->second);
  std::size_t taken = 0;
  if (value) {
    SharedValue next{std::move(*value), setter.visible() ? setter.identity : std::string()};
    taken = bytes_of(key, next);
    const bool fits = (freed > 0 || memory.values.size() < kMaxKeys) &&
                      memory.bytes - freed + taken <= world_.config.room_memory_bytes &&
                      world_.memory_bytes - freed + taken <= world_.config.memory_bytes;
    if (!fits) return Err{Refusal::limit_exceeded};
    memory.values.insert_or_assign(key, std::move(next));
  } else if (old != memory.values.end()) {
    memory.values.erase(old);
  }
  memory.bytes = memory.bytes - freed + taken;
  world_.memory_bytes = world_.memory_bytes - freed + taken;
  return Ok{};
}

Result<const SharedValue*, Refusal> SharedValues::get(const Participant& reader,
                                                      std::string_view key) const {
  if (auto fault = check(reader, key); !fault) return Err{fault.error()};
  const auto& values = reader.room->memory.values;
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

Status<Refusal> SharedValues::observe(Participant& p, std::string_view key) const {
  if (auto fault = check(p, key); !fault) return fault;
  if (p.observed.contains(key)) return Ok{};
  if (p.observed.size() >= kMaxObserved) return Err{Refusal::limit_exceeded};
  p.observed.emplace(key);
  return Ok{};
}

Status<Refusal> SharedValues::unobserve(Participant& p, std::string_view key) const {
  if (auto fault = check(p, key); !fault) return fault;
  if (const auto it = p.observed.find(key); it != p.observed.end()) p.observed.erase(it);
  return Ok{};
}

std::vector<std::string> SharedValues::observers(const Room& room, std::string_view key) {
  std::vector<std::string> out;
  for (const auto& [id, p] : room.participants)
    if (!p->waiting && p->observed.contains(key)) out.push_back(p->identity);
  return out;
}

}  // namespace plenum::control
