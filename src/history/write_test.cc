#include "history/write.h"

#include <gmock/gmock.h>

#include "store/participants.h"
#include "store/test_database.h"

namespace plenum::history {
namespace {

std::optional<Message> render(const Record& r) {
  if (std::holds_alternative<control::ParticipantLeft>(r.event.what))
    return Message{"left " + r.event.participant->identity, "{}"};
  return r.what == Record::What::session_end ? std::optional(Message{"ended", "{}"}) : std::nullopt;
}

TEST(HistoryWrite, ends_a_session_that_nobody_has_any_more_once_and_tells_of_it) {
  const store::TestDatabase database(store::Dialect::sqlite);
  const auto db = database.connect();
  store::migrate(*db);
  const store::Room room = store::create_room(*db, store::some_room("key")).room;
  const store::Session session = store::start_session(*db, store::some_session(room)).session;
  store::participant_joined(*db, {.api_key = "key",
                                  .session = session.id,
                                  .participant_id = "ada",
                                  .name = "Ada",
                                  .mode = "SEND_AND_RECV",
                                  .at_ms = 3000});
  const Audience audience{.livekit = {},
                          .videosdk = {render, {"https://example.com/"}},
                          .asks_for = [](const auto&, const auto&) { return true; }};
  EXPECT_TRUE(end_forgotten(*db, session, 9000, audience));
  EXPECT_FALSE(end_forgotten(*db, session, 9500, audience));

  EXPECT_EQ(store::find_session(*db, "key", session.id)->ended_ms, 9000);
  std::vector<std::string> told;
  for (const store::Row& row : db->execute("SELECT type FROM outbox_events ORDER BY seq").rows)
    told.push_back(row.text(0));
  EXPECT_THAT(told, testing::ElementsAre("left ada", "ended"));
}

}  // namespace
}  // namespace plenum::history
