#include "shard/peer_table.h"

#include <algorithm>

namespace plenum::shard {

void PeerTable::remove(PeerId id) {
  const auto it = peers_.find(id);
  if (it == peers_.end()) return;
  PeerEntry* entry = it->second.get();
  for (const Path& path : entry->paths)
    if (const auto p = by_path_.find(path); p != by_path_.end() && p->second == entry)
      by_path_.erase(p);
  for (const std::string& ufrag : entry->ufrags) by_ufrag_.erase(ufrag);
  peers_.erase(it);
}

void PeerTable::bind_path(PeerEntry& entry, const Path& path, TimePoint now) {
  constexpr std::size_t kMaxPaths = 32;  // the ICE agent remembers fewer
  constexpr Duration kHeld = 3s;         // longer than a live client is ever silent
  PeerEntry*& owner = by_path_[path];
  if (owner == &entry) return;
  if (owner && owner->peer.path() == path && now - owner->peer.last_heard() < kHeld) return;
  owner = &entry;
  entry.paths.push_back(path);
  if (entry.paths.size() <= kMaxPaths) return;
  const Path oldest = entry.paths.front();
  entry.paths.erase(entry.paths.begin());
  if (entry.peer.path() == oldest) return entry.paths.push_back(oldest);
  if (const auto it = by_path_.find(oldest); it != by_path_.end() && it->second == &entry)
    by_path_.erase(it);  // else another peer has taken it meanwhile
}

void PeerTable::unbind_path(const Path& path) {
  const auto it = by_path_.find(path);
  if (it == by_path_.end()) return;
  std::erase(it->second->paths, path);
  by_path_.erase(it);
}

void PeerTable::bind_ufrag(PeerEntry& entry) {
  const std::string& ufrag = entry.peer.local_credentials().ufrag;
  if (std::find(entry.ufrags.begin(), entry.ufrags.end(), ufrag) != entry.ufrags.end()) return;
  entry.ufrags.push_back(ufrag);
  by_ufrag_[ufrag] = &entry;
  constexpr std::size_t kKeep = 4;  // an ICE restart may overlap the one before it
  if (entry.ufrags.size() <= kKeep) return;
  by_ufrag_.erase(entry.ufrags.front());
  entry.ufrags.erase(entry.ufrags.begin());
}

}  // namespace plenum::shard
