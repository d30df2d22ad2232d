// SQL as a step of a coroutine: runs on the store's threads, comes back on the caller's executor.
#pragma once
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "store/store.h"

namespace plenum::videosdk_api {

/// See on_store.
template <class T>
boost::asio::awaitable<T> run_on_store(store::Store& store, store::Access access,
                                       std::shared_ptr<std::optional<T>> result,
                                       std::shared_ptr<const store::Store::Work> work) {
  namespace asio = boost::asio;
  const auto executor =
      asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
  const auto start = [&store, access, work, executor](auto handler) {
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    const auto resume = [executor](auto h, std::exception_ptr error) {
      asio::post(executor, [h = std::move(h), error = std::move(error)] { (*h)(error); });
    };
    store::Store::Work job = [work](store::Database& db) { (*work)(db); };
    store::Store::Done done = [resume, waiting](std::exception_ptr error) mutable {
      resume(std::move(waiting), std::move(error));
    };
    const bool accepted = access == store::Access::read
                              ? store.submit_read(std::move(job), std::move(done))
                              : store.submit(std::move(job), std::move(done));
    if (accepted) return;
    resume(std::move(waiting), std::make_exception_ptr(store::StoreError(
                                   store::StoreError::Kind::busy, "the store takes no more work")));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(
      start, asio::use_awaitable);
  co_return std::move(**result);
}

/// Runs `work(Database&)` in a transaction (Access::write) or a snapshot (Access::read) and answers
/// what it returned. Throws what the store reports, mostly StoreError. `work` must own what it
/// uses: the caller may be gone before it runs. Not a coroutine itself, and called in
/// a statement of its own before `co_await std::move(step)`: GCC 12 copies a closure
/// that is a coroutine's argument bytewise, which breaks its strings.
template <class F>
auto on_store(store::Store& store, store::Access access, const F& work) {
  using T = std::invoke_result_t<F&, store::Database&>;
  // Shared with the store's thread, which may still hold it when the coroutine has ended.
  const auto result = std::make_shared<std::optional<T>>();
  const auto job = std::make_shared<const store::Store::Work>(
      [result, work](store::Database& db) mutable { result->emplace(work(db)); });
  return run_on_store<T>(store, access, result, job);
}

}  // namespace plenum::videosdk_api
