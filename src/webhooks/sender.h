#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

#include "base/time.h"
#include "store/store.h"
#include "webhooks/request.h"
#include "webhooks/transport.h"
#include "webhooks/turn.h"

namespace plenum::webhooks {

/// Delivers what lies in the outbox, on a thread of its own: claims deliveries from the store,
/// posts them, records how that ended, and sleeps until the next is due. At least once, in order
/// within an order key; one endpoint never waits for another. Sees one node; several may share a
/// store.
class WebhookSender {
 public:
  struct Options {
    RetryPolicy retry;
    Limits limits;
    Transport::Options transport;
    /// For LiveKit's signature.
    SecretLookup secret_of;
  };
  /// Since the start, but `waiting`: what is in the outbox now, at most ten seconds old.
  struct Counters {
    std::uint64_t delivered = 0, failed = 0, dead = 0;
    std::int64_t waiting = 0;
  };

  /// `store` must outlive it. Makes the signing key at the first start. Throws StoreError, or
  /// std::runtime_error when the key in the store is none.
  WebhookSender(store::Store& store, Options options);
  /// Abandons what is under way.
  ~WebhookSender();
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

  /// Something was put into the outbox and is committed. From any thread; never blocks.
  void wake();
  /// Claims no more, lets requests under way end for so long, records their outcomes and returns.
  /// What is abandoned comes again after its lease.
  void stop(Duration deadline);
  /// From any thread.
  Counters counters() const;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace plenum::webhooks
