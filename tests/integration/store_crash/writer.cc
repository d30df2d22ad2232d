#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "store/outbox.h"
#include "store/participants.h"
#include "store/rooms.h"
#include "store/sessions.h"
#include "store/store.h"

/// `plenum_store_crash_writer FILE RUN`: writes rooms with a session, a participant and a webhook
/// event each, many at a time, and prints the room's id once the store has said that all of it is
/// durable. Runs until it is killed. RUN goes into the names, so that runs do not meet.
namespace plenum::store {
namespace {

constexpr int kUnderWay = 40;

void write_one(Database& db, const std::string& name, std::int64_t now_ms, std::string& id) {
  Room wanted;
  wanted.api_key = "key";
  wanted.custom_room_id = name;
  wanted.created_ms = wanted.updated_ms = now_ms;
  const Room room = create_room(db, wanted).room;
  Session opened;
  opened.api_key = "key";
  opened.room = room.id;
  opened.node = "node";
  opened.started_ms = now_ms;
  const Session session = start_session(db, opened).session;
  participant_joined(db, {.api_key = "key",
                          .session = session.id,
                          .participant_id = "ada",
                          .name = "Ada",
                          .mode = "SEND_AND_RECV",
                          .at_ms = now_ms});
  put_event(db,
            {.event_id = name,
             .api_key = "key",
             .order_key = session.id,
             .type = "session-started",
             .body = Blob(200, std::byte{'x'}),
             .created_ms = now_ms},
            std::vector<Target>{{.endpoint = "https://app.example/hooks"}});
  id = room.id;
}

/// One after the other, until the process dies.
void write_for_ever(Store& store, const std::string& name, std::atomic<std::int64_t>& count) {
  for (;;) {
    const std::int64_t n = ++count;
    std::string id;
    store.run([&](Database& db) { write_one(db, name + std::to_string(n), n, id); });
    id += '\n';
    // One call, so that the line is whole or not there.
    if (::write(STDOUT_FILENO, id.data(), id.size()) < 0) return;
  }
}

}  // namespace
}  // namespace plenum::store

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const auto store = plenum::store::open_store(argv[1]);
  std::atomic<std::int64_t> count = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < plenum::store::kUnderWay; ++i)
    clients.emplace_back(
        [&] { plenum::store::write_for_ever(*store, std::string("run-") + argv[2] + "-", count); });
  for (std::thread& client : clients) client.join();
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "writer: %s\n", e.what());
  return 1;
}
