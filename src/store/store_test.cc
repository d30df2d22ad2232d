#include "store/store.h"

#include <atomic>
#include <future>

#include "store/test_database.h"

namespace plenum::store {
namespace {

using Kind = StoreError::Kind;

/// Waits for one submission.
class Outcome {
 public:
  Store::Done done() {
    return [this](std::exception_ptr error) { promise_.set_value(std::move(error)); };
  }
  std::exception_ptr wait() { return promise_.get_future().get(); }
  Kind kind() {
    const std::exception_ptr error = wait();
    return kind_thrown_by([&] {
      if (error) std::rethrow_exception(error);
    });
  }

 private:
  std::promise<std::exception_ptr> promise_;
};

void insert(Database& db, std::int64_t n) {
  db.execute(
      "INSERT INTO signing_keys (kid, private_pem, public_pem, created_ms, active) "
      "VALUES ($1, '', '', $2, 0)",
      {std::to_string(n), n});
}
std::int64_t count(Database& db) {
  return db.execute("SELECT count(*) FROM signing_keys").rows[0].integer(0);
}

/// Keeps the writing thread busy until `release`, so that what is submitted after it waits
/// together.
void hold_writer(Store& store, std::promise<void>& release) {
  std::promise<void> started;
  ASSERT_TRUE(store.submit(
      [&started, &release](Database&) {
        auto released = release.get_future();
        started.set_value();
        released.wait();
      },
      [](std::exception_ptr) {}));
  started.get_future().wait();
}

class StoreTest : public OnBothDatabases {
 protected:
  std::int64_t stored() { return count(*database.connect()); }
  void hold() { hold_writer(*store, release); }

  std::promise<void> release;
  std::unique_ptr<Store> store = open_store(database.where());
};
ON_BOTH_DATABASES(StoreTest);

TEST_P(StoreTest, done_is_called_when_the_work_is_durable) {
  Outcome outcome;
  ASSERT_TRUE(store->submit([](Database& db) { insert(db, 1); }, outcome.done()));

  EXPECT_EQ(outcome.wait(), nullptr);
  EXPECT_EQ(stored(), 1);
}

TEST_P(StoreTest, what_waits_together_is_committed_together) {
  hold();
  std::vector<std::int64_t> seen_when_done;
  for (int i = 0; i < 20; ++i)
    ASSERT_TRUE(store->submit([i](Database& db) { insert(db, i); },
                              [&](std::exception_ptr) { seen_when_done.push_back(stored()); }));
  release.set_value();
  store->flush();

  EXPECT_EQ(seen_when_done, std::vector<std::int64_t>(20, 20));
}

TEST_P(StoreTest, one_job_that_fails_does_not_spoil_the_others) {
  hold();
  Outcome good, constraint, own_error, after;
  ASSERT_TRUE(store->submit([](Database& db) { insert(db, 1); }, good.done()));
  ASSERT_TRUE(store->submit(
      [](Database& db) {
        insert(db, 2);
        insert(db, 1);
      },
      constraint.done()));
  ASSERT_TRUE(store->submit(
      [](Database& db) {
        insert(db, 3);
        throw std::runtime_error("changed my mind");
      },
      own_error.done()));
  ASSERT_TRUE(store->submit([](Database& db) { insert(db, 4); }, after.done()));
  release.set_value();

  EXPECT_EQ(good.wait(), nullptr);
  EXPECT_EQ(constraint.kind(), Kind::constraint);
  EXPECT_THROW(std::rethrow_exception(own_error.wait()), std::runtime_error);
  EXPECT_EQ(after.wait(), nullptr);
  EXPECT_EQ(stored(), 2);
}

TEST_P(StoreTest, a_job_that_hides_an_sql_error_is_never_told_that_it_was_stored_when_it_was_not) {
  Outcome outcome;
  ASSERT_TRUE(store->submit(
      [](Database& db) {
        insert(db, 1);
        try {
          insert(db, 1);
        } catch (const StoreError&) {
        }
      },
      outcome.done()));

  const bool told = outcome.wait() == nullptr;
  EXPECT_EQ(told, stored() == 1);
}

TEST_P(StoreTest, an_exclusive_job_shares_its_transaction_with_nobody) {
  hold();
  std::int64_t before = -1;
  Outcome outcome;
  ASSERT_TRUE(store->submit([](Database& db) { insert(db, 1); }, [](std::exception_ptr) {}));
  ASSERT_TRUE(store->submit_exclusive([&](Database&) { before = stored(); }, outcome.done()));
  ASSERT_TRUE(store->submit([](Database& db) { insert(db, 2); }, [](std::exception_ptr) {}));
  release.set_value();
  outcome.wait();
  store->flush();

  EXPECT_EQ(before, 1);
  EXPECT_EQ(stored(), 2);
}

TEST_P(StoreTest, a_reader_goes_on_while_a_write_takes_its_time) {
  store->run([](Database& db) { insert(db, 1); });
  hold();
  std::int64_t seen = 0;
  Outcome reading;
  ASSERT_TRUE(store->submit_read([&](Database& db) { seen = count(db); }, reading.done()));

  EXPECT_EQ(reading.wait(), nullptr);
  EXPECT_EQ(seen, 1);
  release.set_value();
}

TEST_P(StoreTest, a_reader_that_writes_is_refused) {
  Outcome outcome;
  ASSERT_TRUE(store->submit_read([](Database& db) { insert(db, 1); }, outcome.done()));

  EXPECT_NE(outcome.wait(), nullptr);
  EXPECT_EQ(stored(), 0);
}

TEST_P(StoreTest, stopping_finishes_what_was_accepted_and_refuses_the_rest) {
  hold();
  for (int i = 0; i < 50; ++i)
    ASSERT_TRUE(store->submit([i](Database& db) { insert(db, i); }, [](std::exception_ptr) {}));
  release.set_value();
  store->stop();

  EXPECT_EQ(stored(), 50);
  EXPECT_FALSE(store->submit([](Database&) {}, [](std::exception_ptr) {}));
  EXPECT_EQ(kind_thrown_by([&] { store->run([](Database&) {}); }), Kind::unavailable);
}

TEST_P(StoreTest, run_throws_what_the_work_threw) {
  EXPECT_THROW(store->run([](Database&) { throw std::out_of_range("x"); }), std::out_of_range);
}

TEST(StoreInMemory, forgets_with_the_process_but_works_the_same) {
  const auto store = open_store(":memory:");
  store->run([](Database& db) { insert(db, 1); });
  std::int64_t seen = 0;
  Outcome reading;
  ASSERT_TRUE(store->submit_read([&](Database& db) { seen = count(db); }, reading.done()));

  EXPECT_EQ(reading.wait(), nullptr);
  EXPECT_EQ(seen, 1);
}

TEST(StoreQueue, refuses_work_beyond_its_bound) {
  const TestDatabase database(Dialect::sqlite);
  Store store([&] { return database.connect(); }, {.max_waiting = 2});
  std::promise<void> release;
  hold_writer(store, release);
  const Store::Done ignore = [](std::exception_ptr) {};
  EXPECT_TRUE(store.submit([](Database&) {}, ignore));
  EXPECT_TRUE(store.submit([](Database&) {}, ignore));
  EXPECT_FALSE(store.submit([](Database&) {}, ignore));
  release.set_value();
  store.flush();

  EXPECT_TRUE(store.submit([](Database&) {}, ignore));
}

/// An SQLite database that loses its connection when it is told to.
class Fragile final : public Database {
 public:
  Fragile(std::unique_ptr<Database> inner, std::atomic<bool>& cut)
      : inner_(std::move(inner)), cut_(cut) {}

  void script(std::string_view sql) override { checked().script(sql); }
  void begin(Access access) override { checked().begin(access); }
  void commit() override { checked().commit(); }
  void rollback() override { checked().rollback(); }
  void savepoint() override { checked().savepoint(); }
  void release_savepoint() override { checked().release_savepoint(); }
  void undo_to_savepoint() override { checked().undo_to_savepoint(); }
  Dialect dialect() const override { return inner_->dialect(); }
  bool alive() const override { return alive_; }
  void interrupt() noexcept override { inner_->interrupt(); }

 private:
  Answer run(std::string_view sql, std::span<const Param> params) override {
    return checked().execute(sql, params);
  }
  Database& checked() {
    if (cut_) alive_ = false;
    if (!alive_) throw StoreError(Kind::unavailable, "cut");
    return *inner_;
  }
  std::unique_ptr<Database> inner_;
  std::atomic<bool>& cut_;
  bool alive_ = true;
};

class StoreWithoutDatabase : public testing::Test {
 protected:
  StoreError::Kind try_insert(std::int64_t n) {
    return kind_thrown_by([&] { store.run([n](Database& db) { insert(db, n); }); });
  }

  TestDatabase database{Dialect::sqlite};
  std::atomic<bool> cut = false;
  std::atomic<int> refused = 0;
  std::promise<void> several_refused;
  Store store{
      [this]() -> std::unique_ptr<Database> {
        if (cut) {
          if (++refused == 6) several_refused.set_value();
          throw StoreError(Kind::unavailable, "cut");
        }
        return std::make_unique<Fragile>(database.connect(), cut);
      },
      {.retry_min = std::chrono::milliseconds(1), .retry_max = std::chrono::milliseconds(2)}};
};

TEST_F(StoreWithoutDatabase, fails_at_once_and_goes_on_when_the_database_is_back) {
  store.run([](Database& db) { insert(db, 1); });
  cut = true;
  EXPECT_EQ(try_insert(2), Kind::unavailable);
  EXPECT_EQ(try_insert(3), Kind::unavailable);
  several_refused.get_future().wait();
  EXPECT_EQ(try_insert(4), Kind::unavailable);
  cut = false;
  for (bool back = false; !back;) try {
      store.run([](Database& db) { insert(db, 5); });
      back = true;
    } catch (const StoreError&) {
      std::this_thread::yield();
    }

  EXPECT_EQ(count(*database.connect()), 2);
}

TEST_F(StoreWithoutDatabase, losing_it_in_the_middle_of_a_group_fails_the_whole_group) {
  std::promise<void> release;
  Outcome before, cutting, after;
  hold_writer(store, release);
  ASSERT_TRUE(store.submit([](Database& db) { insert(db, 1); }, before.done()));
  ASSERT_TRUE(store.submit(
      [&](Database& db) {
        cut = true;
        insert(db, 2);
      },
      cutting.done()));
  ASSERT_TRUE(store.submit([](Database& db) { insert(db, 3); }, after.done()));
  release.set_value();

  EXPECT_EQ(before.kind(), Kind::unavailable);
  EXPECT_EQ(cutting.kind(), Kind::unavailable);
  EXPECT_EQ(after.kind(), Kind::unavailable);
  EXPECT_EQ(count(*database.connect()), 0);
}

TEST_F(StoreWithoutDatabase, stopping_answers_everybody) {
  cut = true;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(store.submit([](Database& db) { insert(db, 1); },
                             [&](std::exception_ptr error) { answered += error != nullptr; }));
  store.stop();

  EXPECT_EQ(answered, 10);
}

class StoreOnPostgres : public OnBothDatabases {
 protected:
  static Store::Work sleep() {
    return [](Database& db) { db.execute("SELECT pg_sleep(60)"); };
  }
};
INSTANTIATE_TEST_SUITE_P(PostgreSQL, StoreOnPostgres, testing::Values(Dialect::postgres));

TEST_P(StoreOnPostgres, a_server_that_does_not_answer_is_given_up_within_a_second) {
  const auto store = open_store(database.where());
  const auto started = std::chrono::steady_clock::now();
  Outcome reading, writing;
  ASSERT_TRUE(store->submit_read(sleep(), reading.done()));
  ASSERT_TRUE(store->submit(sleep(), writing.done()));

  EXPECT_EQ(reading.kind(), Kind::unavailable);
  EXPECT_EQ(writing.kind(), Kind::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - started, 1s);
}

TEST_P(StoreOnPostgres, a_long_job_of_which_each_statement_is_answered_is_not_given_up) {
  const auto store = open_store(database.where());
  Outcome writing;
  const Store::Work work = [](Database& db) {
    for (int i = 0; i < 4; ++i) db.execute("SELECT pg_sleep(0.3)");
  };
  ASSERT_TRUE(store->submit(work, writing.done()));

  EXPECT_EQ(writing.wait(), nullptr);
}

TEST_P(StoreOnPostgres, comes_back_after_the_server_has_ended_its_connections) {
  const auto store = open_store(database.where());
  std::int64_t pid = 0;
  store->run([&](Database& db) { pid = db.execute("SELECT pg_backend_pid()").rows[0].integer(0); });
  (void)database.connect()->execute("SELECT pg_terminate_backend($1::int, 5000)", {pid});
  EXPECT_EQ(kind_thrown_by([&] { store->run([](Database& db) { insert(db, 1); }); }),
            Kind::unavailable);
  for (bool back = false; !back;) try {
      store->run([](Database& db) { insert(db, 2); });
      back = true;
    } catch (const StoreError& e) {
      ASSERT_EQ(e.kind(), Kind::unavailable);
      std::this_thread::yield();
    }

  EXPECT_EQ(count(*database.connect()), 1);
}

}  // namespace
}  // namespace plenum::store
