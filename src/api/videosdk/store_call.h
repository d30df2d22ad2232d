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

/// Runs `work(Database&)` in a transaction (Access::write) or a snapshot (Access::read) and answers
/// what it returned. Throws what the store reports, mostly StoreError. `work` must own what it
/// uses: the caller may be gone before it runs.
template <class F>
auto on_store(store::Store& store, store::Access access, F work)
    -> boost::asio::awaitable<std::invoke_result_t<F&, store::Database&>> {
  namespace asio = boost::asio;
  using T = std::invoke_result_t<F&, store::Database&>;
  // Shared with the store's thread, which may still hold it when this coroutine has ended.
  const auto result = std::make_shared<std::optional<T>>();
  const auto executor =
      asio::prefer(co_await asio::this_coro::executor, asio::execution::outstanding_work.tracked);
  const auto start = [&](auto handler) {
    using Handler = decltype(handler);
    auto waiting = std::make_shared<Handler>(std::move(handler));
    const auto resume = [executor](std::shared_ptr<Handler> h, std::exception_ptr error) {
      asio::post(executor, [h = std::move(h), error = std::move(error)] { (*h)(error); });
    };
    store::Store::Work job = [result, work = std::move(work)](store::Database& db) mutable {
      result->emplace(work(db));
    };
    store::Store::Done done = [resume, waiting](std::exception_ptr error) mutable {
      resume(std::move(waiting), std::move(error));
    };
    const bool accepted = access == store::Access::read
                              ? store.submit_read(std::move(job), std::move(done))
                              : store.submit(std::move(job), std::move(done));
    if (accepted) return;
    resume(waiting, std::make_exception_ptr(store::StoreError(store::StoreError::Kind::unavailable,
                                                              "the store takes no more work")));
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(std::exception_ptr)>(
      start, asio::use_awaitable);
  co_return std::move(**result);
}

}  // namespace plenum::videosdk_api
