#pragma once
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/crypto.h"
#include "base/ids.h"
#include "base/slab.h"
#include "base/token_bucket.h"
#include "media/peer/peer.h"
#include "sfu/subscription.h"
#include "shard/messages.h"

namespace plenum::shard {

/// The data that one peer sends and gets; see shard_data.cc.
struct PeerData {
  TokenBucket sent_messages, sent_bytes;
  /// Reliable messages for it that its association cannot take yet. Shared by all receivers.
  std::list<SharedBytes> waiting;
  std::size_t waiting_bytes = 0;
  /// When the association last took one of them, or the first began to wait.
  TimePoint drained_at{};
  /// Reliable data can no longer be complete; control has been told.
  bool failed = false;

  void drop_waiting() {
    waiting.clear();
    waiting_bytes = 0;
  }
};

struct PeerEntry;

/// A subscription with the peer that gets it, so that no packet has to search for it.
struct SubscriptionEntry : sfu::Subscription, slab::Object {
  SubscriptionEntry(PeerEntry& peer, PeerId id, sfu::Track& track)
      : Subscription(id, track), to(peer) {}
  PeerEntry& to;
};

/// A peer and what the shard knows around it.
struct PeerEntry : slab::Object {
  PeerEntry(AddPeer a, peer::Peer p) : info(std::move(a)), peer(std::move(p)) {}

  AddPeer info;
  peer::Peer peer;
  /// Tracks that the client announced on this peer, bound to a section or not.
  std::unordered_map<TrackId, TrackInfo> announced;
  /// What is sent to it, by track, and the same by SSRC (media and RTX) for its feedback.
  std::unordered_map<TrackId, std::unique_ptr<SubscriptionEntry>> subscriptions;
  std::unordered_map<std::uint32_t, sfu::Subscription*> by_ssrc;
  /// Counted, not drawn: an SSRC used twice under one SRTP key could repeat a nonce.
  std::uint32_t next_ssrc = crypto::random_u32() & ~1u;
  /// Stream ids of LiveKit's data channels, once open.
  std::optional<std::uint16_t> channels[3];
  PeerData data;
  std::vector<std::string> ufrags;
  std::vector<Path> paths;
  Duration rtt{};
  /// What its subscriptions were told last.
  bool sendable = false;
  bool touched = false;
  bool connected_reported = false;
};

/// address → peer for everything that was authenticated, user fragment → peer for a first STUN
/// check. One shard.
class PeerTable {
 public:
  PeerEntry& add(AddPeer info, peer::Peer peer) {
    const PeerId id = info.peer;
    auto& slot = peers_[id];
    slot = std::make_unique<PeerEntry>(std::move(info), std::move(peer));
    bind_ufrag(*slot);
    return *slot;
  }
  void remove(PeerId id);
  PeerEntry* find(PeerId id) {
    const auto it = peers_.find(id);
    return it == peers_.end() ? nullptr : it->second.get();
  }
  PeerEntry* find(const Path& path) {
    const auto it = by_path_.find(path);
    return it == by_path_.end() ? nullptr : it->second;
  }
  PeerEntry* find_ufrag(std::string_view ufrag) {
    const auto it = by_ufrag_.find(ufrag);
    return it == by_ufrag_.end() ? nullptr : it->second;
  }
  /// A check on this path was authentic; the peer takes it from whoever had it, unless that one is
  /// heard there: addresses can be forged, and checks carry no other proof of where they are from.
  void bind_path(PeerEntry& entry, const Path& path, TimePoint now);
  void unbind_path(const Path& path);
  /// Call after the peer's local credentials may have changed; older ones stay valid.
  void bind_ufrag(PeerEntry& entry);
  std::size_t size() const { return peers_.size(); }
  template <class F>
  void for_each(F&& f) {
    for (auto& [id, entry] : peers_) f(*entry);
  }

 private:
  std::unordered_map<PeerId, std::unique_ptr<PeerEntry>> peers_;
  std::unordered_map<Path, PeerEntry*> by_path_;
  std::map<std::string, PeerEntry*, std::less<>> by_ufrag_;
};

}  // namespace plenum::shard
