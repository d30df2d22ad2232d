// Work that waits for a disk as a step of a coroutine: runs on a pool, comes back on the caller's
// executor.
#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace plenum::videosdk_api {

template <class T>
using Work = std::shared_ptr<const std::function<T()>>;

/// Runs `work` on the pool and comes back. It owns what it uses: the caller may be gone by then.
template <class T>
boost::asio::awaitable<T> run_on(boost::asio::thread_pool& pool, Work<T> work) {
  namespace asio = boost::asio;
  const auto executor =
      asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
  const auto result = std::make_shared<std::optional<T>>();
  const auto start = [&pool, executor, work, result](auto handler) {
    const auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    asio::post(pool, [executor, work, result, waiting]() mutable {
      result->emplace((*work)());
      asio::post(executor, [waiting = std::move(waiting)] { std::move (*waiting)(); });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(start, asio::use_awaitable);
  co_return std::move(**result);
}

}  // namespace plenum::videosdk_api
