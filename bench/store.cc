#include "store/store.h"

#include <stdlib.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <latch>
#include <semaphore>

#include "bench.h"
#include "store/participants.h"
#include "store/rooms.h"
#include "store/sessions.h"

/// `plenum_store_bench`: room creation through the store's queue, and the listing of sessions, on
/// an SQLite file in the temporary folder and, if PLENUM_TEST_POSTGRES names a server, there too.
namespace plenum::bench {
namespace {

using Clock = std::chrono::steady_clock;
using store::Database;

constexpr int kSessions = 100'000;
constexpr int kRooms = 500;
constexpr std::int64_t kStart = 1'767'000'000'000;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

store::Room a_room(int n) {
  store::Room room;
  room.api_key = "bench";
  room.custom_room_id = "room-" + std::to_string(n);
  room.created_ms = room.updated_ms = kStart + n;
  return room;
}

/// As a server under load does it: so many requests are under way at any time, each a job of its
/// own.
void create_rooms(store::Store& store, int under_way, int total, int first) {
  std::counting_semaphore<> slots(under_way);
  std::latch all(total);
  std::vector<double> waits(static_cast<std::size_t>(total));
  const auto start = Clock::now();
  for (int i = 0; i < total; ++i) {
    slots.acquire();
    const auto asked = Clock::now();
    const bool accepted =
        store.submit([=](Database& db) { store::create_room(db, a_room(first + i)); },
                     [&, i, asked](std::exception_ptr error) {
                       if (error) std::rethrow_exception(error);
                       waits[static_cast<std::size_t>(i)] = ms_since(asked);
                       slots.release();
                       all.count_down();
                     });
    if (!accepted) throw std::runtime_error("refused");
  }
  all.wait();
  const double seconds = ms_since(start) / 1000;
  std::sort(waits.begin(), waits.end());
  std::printf("create room, %3d under way   %9.0f creates/s   median %7.2f ms   p99 %7.2f ms\n",
              under_way, total / seconds, median(waits), waits[waits.size() * 99 / 100]);
  std::fflush(stdout);
}

void join_two(Database& db, const store::Session& session, std::int64_t at_ms) {
  for (const char* who : {"ada", "bob"}) {
    store::participant_joined(db, {.api_key = "bench",
                                   .session = session.id,
                                   .participant_id = who,
                                   .name = who,
                                   .mode = "SEND_AND_RECV",
                                   .device = "{}",
                                   .at_ms = at_ms});
    store::stream_started(db, {"bench", session.id, who}, "mic", at_ms);
  }
}

/// The newest have people in them, the last of each room is still running.
void fill_sessions(store::Store& store) {
  std::vector<store::Room> rooms;
  for (int i = 0; i < kRooms; ++i)
    store.run(
        [&](Database& db) { rooms.push_back(store::create_room(db, a_room(1'000'000 + i)).room); });
  constexpr int kPortion = 50;  // short enough for a server's limit on one job
  for (int done = 0; done < kSessions; done += kPortion)
    store.run([&](Database& db) {
      for (int i = done; i < done + kPortion; ++i) {
        const store::Room& room = rooms[static_cast<std::size_t>(i % kRooms)];
        store::Session session;
        session.api_key = room.api_key;
        session.room = room.id;
        session.node = "bench";
        session.started_ms = kStart + i * 1000;
        session = store::start_session(db, session).session;
        if (i >= kSessions - 50) join_two(db, session, session.started_ms);
        if (i < kSessions - kRooms)
          store::end_session(db, "bench", session.id, session.started_ms + 500, "bench");
      }
    });
}

template <class F>
void time_listing(store::Store& store, const char* name, F query) {
  std::vector<double> times;
  for (int i = 0; i < 21; ++i) {
    const auto start = Clock::now();
    std::latch done(1);
    if (!store.submit_read(query, [&](std::exception_ptr error) {
          if (error) std::rethrow_exception(error);
          done.count_down();
        }))
      throw std::runtime_error("refused");
    done.wait();
    times.push_back(ms_since(start));
  }
  std::printf("%-42s   median %7.2f ms\n", name, median(times));
  std::fflush(stdout);
}

void list_sessions(store::Store& store) {
  const auto page = [](const store::SessionFilter& filter, std::int64_t number) {
    return [=](Database& db) {
      store::list_sessions(db, "bench", filter, {.page = number, .per_page = 20});
    };
  };
  using Status = store::SessionFilter::Status;
  time_listing(store, "page of 100 000 sessions: first", page({}, 1));
  time_listing(store, "page of 100 000 sessions: middle", page({}, 2500));
  time_listing(store, "page of 100 000 sessions: last", page({}, kSessions / 20));
  time_listing(store, "page of 100 000 sessions: ongoing", page({.status = Status::ongoing}, 1));
  time_listing(store, "page of 100 000 sessions: ended", page({.status = Status::ended}, 1));
  time_listing(store, "page of 100 000 sessions: one room", page({.room = "room-1000007"}, 1));
  time_listing(store, "page of 100 000 sessions: half the time",
               page({.started_from_ms = kStart + kSessions * 500}, 1));
  time_listing(store, "page of 100 000 sessions: with participants", [](Database& db) {
    for (const auto& s : store::list_sessions(db, "bench", {}, {}).items)
      store::list_participants(db, "bench", s.id, store::Present::all, {});
  });
}

void run(const char* name, const std::string& where) {
  const auto store = store::open_store(where);
  std::printf("%s\n", name);
  create_rooms(*store, 1, 500, 0);
  create_rooms(*store, 16, 5000, 10'000);
  create_rooms(*store, 256, 20'000, 100'000);
  const auto start = Clock::now();
  fill_sessions(*store);
  std::printf("100 000 sessions started and ended in %.1f s\n", ms_since(start) / 1000);
  list_sessions(*store);
}

}  // namespace
}  // namespace plenum::bench

int main() try {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "store-bench-XXXXXX").string();
  if (!mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
  plenum::bench::run("SQLite", folder + "/plenum.db");
  fs::remove_all(folder);
  if (const char* url = std::getenv("PLENUM_TEST_POSTGRES")) plenum::bench::run("PostgreSQL", url);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "store bench: %s\n", e.what());
  return 1;
}
