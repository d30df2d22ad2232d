#include "server/shard_host.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace plenum::server {
namespace {

std::vector<shard::ShardThread::Config> one_shard() {
  shard::ShardThread::Config config;
  config.pin_to_core = false;
  std::vector<shard::ShardThread::Config> all;
  all.push_back(std::move(config));
  return all;
}

/// Until its ring takes no more; the shard has not started to read yet.
void fill_ring(ShardHost& host) {
  while (host.post(ShardId(0), shard::RemovePeer{})) {
  }
}

TEST(ShardHost, may_be_destroyed_while_the_ring_of_a_shard_is_full) {
  boost::asio::io_context io;
  auto host = std::make_unique<ShardHost>(io, one_shard());
  fill_ring(*host);
  host->start([](ShardId, shard::Event&&) {}, [] {});
  host.reset();

  SUCCEED() << "it returned";
}

TEST(ShardHost, stops_a_shard_whose_ring_is_full) {
  boost::asio::io_context io;
  ShardHost host(io, one_shard());
  fill_ring(host);
  host.start([](ShardId, shard::Event&&) {}, [] {});
  bool stopped = false;
  boost::asio::co_spawn(
      io,
      [&]() -> boost::asio::awaitable<void> {
        stopped = co_await host.stop(20s);
        io.stop();
      },
      boost::asio::detached);
  io.run();

  EXPECT_TRUE(stopped);
}

TEST(ShardHost, may_be_destroyed_before_it_starts) {
  boost::asio::io_context io;
  auto host = std::make_unique<ShardHost>(io, one_shard());
  host.reset();

  SUCCEED() << "it returned";
}

}  // namespace
}  // namespace plenum::server
