#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "media/dtls/certificate.h"
#include "shard/relay.h"
#include "shard/shard_thread.h"

namespace plenum::server {

/// The shards of this process as the control thread sees them: starts and stops their threads,
/// brings their events into the io_context, and gathers their counters. Sees one node.
class ShardHost {
 public:
  using OnEvent = std::function<void(ShardId, shard::Event&&)>;

  /// Binds the sockets of all shards; throws std::system_error naming the address that fails.
  ShardHost(boost::asio::io_context& io, std::vector<shard::ShardThread::Config> configs);
  /// Ends the threads that stop() has not.
  ~ShardHost();

  /// `on_event` gets what is control's business; `after_events` is called after each batch.
  void start(OnEvent on_event, std::function<void()> after_events);
  std::uint32_t count() const { return static_cast<std::uint32_t>(shards_.size()); }
  bool post(ShardId to, shard::Command&& command);
  const shard::ShardThread& shard(std::uint32_t index) const { return *shards_[index]; }

  /// Counters of all shards that answer within `patience`.
  boost::asio::awaitable<std::vector<shard::ShardSnapshot>> scrape(Duration patience);
  /// Has all peers closed and the threads ended; false if one has not ended by `patience`.
  boost::asio::awaitable<bool> stop(Duration patience);

 private:
  /// Somebody waits for an answer from every shard.
  struct Waiting {
    std::size_t missing = 0;
    std::vector<shard::ShardSnapshot> snapshots;
    boost::asio::steady_timer* done = nullptr;
  };
  void watch(std::uint32_t index);
  void read_events(std::uint32_t index);
  void answered(Waiting& waiting);

  boost::asio::io_context& io_;
  dtls::Certificate certificate_;
  shard::RelayMesh relays_;
  std::vector<std::unique_ptr<shard::ShardThread>> shards_;
  std::vector<boost::asio::posix::stream_descriptor> readable_;
  OnEvent on_event_;
  std::function<void()> after_events_;
  std::map<std::uint64_t, Waiting> scrapes_;
  std::uint64_t last_scrape_ = 0;
  Waiting stopping_;
  bool started_ = false;
};

}  // namespace plenum::server
