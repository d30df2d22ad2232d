// Webhooks that were given up, and sending them again.
#include <charconv>

#include "api/videosdk/rest_api.h"
#include "api/videosdk/store_call.h"
#include "store/dead_letters.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using store::Access;

json::object letter_json(const store::DeadLetter& letter) {
  const store::Delivery& d = letter.delivery;
  json::object out;
  out["id"] = std::to_string(d.id);
  out["eventId"] = d.event.event_id;
  out["type"] = d.event.type;
  out["endPoint"] = d.target.endpoint;
  out["attempts"] = d.attempts;
  out["lastStatus"] = d.last_status ? json::value(*d.last_status) : json::value();
  out["lastError"] = d.last_error ? json::value(*d.last_error) : json::value();
  out["createdAt"] = time_text(d.event.created_ms);
  out["diedAt"] = time_text(letter.died_ms);
  return out;
}

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end) return std::nullopt;
  return number;
}

}  // namespace

auto RestApi::list_dead_letters(const Call& call) -> Task {
  if (!call.caller.room.empty()) co_return Err{problems::wrong_room()};
  const std::string key = call.caller.api_key;
  const store::PageRequest page = call.page();
  auto letters_step = on_store(store_, Access::read, [=](store::Database& db) {
    return store::list_dead_letters(db, key, page);
  });
  const auto letters = co_await std::move(letters_step);
  json::array data;
  for (const store::DeadLetter& letter : letters.items) data.push_back(letter_json(letter));
  co_return page_json(page, letters.total, std::move(data));
}

auto RestApi::replay_dead_letters(const Call& call) -> Task {
  if (!call.caller.room.empty()) co_return Err{problems::wrong_room()};
  const std::string key = call.caller.api_key, endpoint = call.body_text("endPoint"),
                    id = call.body_text("id");
  const std::int64_t now_ms = around_.unix_ms();
  auto replayed_step = on_store(store_, Access::write, [=](store::Database& db) -> std::int64_t {
    if (id.empty()) return store::replay_dead_letters(db, key, endpoint, now_ms);
    const auto number = number_in(id);
    return number && store::replay_dead_letter(db, key, *number, now_ms) ? 1 : 0;
  });
  const std::int64_t replayed = co_await std::move(replayed_step);
  if (replayed == 0) co_return Err{Problem{404, "NOT_FOUND", "There is no such dead letter"}};
  if (around_.replayed) around_.replayed();
  co_return json::object{{"replayed", replayed}};
}

}  // namespace plenum::videosdk_api
