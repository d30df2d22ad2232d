#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/bytes.h"
#include "base/output_queue.h"
#include "base/time.h"
#include "media/sctp/association.h"
#include "media/sctp/dcep.h"
#include "media/sctp/usrsctp_stack.h"

namespace plenum::sctp {

/// The data channels of one association: opening and closing (RFC 8832, RFC 8831 section 6.7),
/// PPIDs, and putting messages together. Sees one association; sends through its Socket.
class Channels {
 public:
  Channels(const Config& config, Socket& socket) : config_(config), socket_(socket) {}

  void handle(SocketEvent event, TimePoint now);
  /// Tries again what usrsctp had no room for.
  void flush(TimePoint now);
  std::optional<Output> poll();
  void report(Output output) { outputs_.push(std::move(output)); }

  Result<std::uint16_t, OpenError> open(const ChannelConfig& config, TimePoint now);
  void close(std::uint16_t stream_id, TimePoint now);
  Status<SendError> send(std::uint16_t stream_id, Bytes message, bool binary, TimePoint now);

  bool is_connected() const { return is_connected_; }
  /// Bytes held here because the association is not up or usrsctp is full.
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  /// True while a reset of ours is on its way or messages wait here.
  bool has_work() const;

 private:
  struct Channel {
    dcep::Open description{};
    bool by_peer = false;
    /// The ACK came or was sent: before that everything is sent in order (RFC 8832 section 6).
    bool is_open = false;
    bool is_closing = false;
    bool is_outgoing_reset = false;
    bool is_incoming_reset = false;
  };
  struct Waiting {
    std::uint16_t stream_id = 0;
    std::uint32_t ppid = 0;
    Delivery delivery{};
    std::vector<std::byte> bytes{};
  };
  struct Partial {
    std::vector<std::byte> bytes{};
    /// Grew over the limit: what still comes of it is thrown away.
    bool is_refused = false;
  };

  void handle_data(SocketEvent event, TimePoint now);
  void handle_message(std::uint16_t stream_id, std::uint32_t ppid, std::vector<std::byte> bytes,
                      TimePoint now);
  void handle_dcep(std::uint16_t stream_id, Bytes message, TimePoint now);
  void handle_open(std::uint16_t stream_id, dcep::Open open, TimePoint now);
  void handle_reset(std::uint16_t stream_id, bool is_ours, TimePoint now);
  void confirm(std::uint16_t stream_id, Channel& channel);
  void finish_if_reset(std::uint16_t stream_id);
  void request_reset(std::uint16_t stream_id, TimePoint now);
  Delivery delivery_of(const Channel& channel) const;
  /// Sends, or keeps for flush(): for what must not be lost, whatever the buffers say.
  void post(Waiting message, TimePoint now);

  Config config_;
  Socket& socket_;
  bool is_connected_ = false;
  std::map<std::uint16_t, Channel> channels_;
  std::map<std::uint16_t, Partial> partials_;
  std::list<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::set<std::uint16_t> resets_;  // ids whose reset has not been asked for yet
  OutputQueue<Output> outputs_;
};

}  // namespace plenum::sctp
