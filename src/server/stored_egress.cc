#include "server/stored_egress.h"

#include <utility>

#include "api/videosdk/store_call.h"
#include "base/log.h"
#include "history/egress_rows.h"
#include "store/error.h"
#include "store/jobs.h"
#include "store/sessions.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;
using livekit_api::EgressPage;
using livekit_api::EgressQuery;

/// Of each kind, of all keys.
constexpr std::int64_t kMostActive = 1000;

livekit_api::EgressView view_of(store::Database& db, const store::Job& row) {
  livekit_api::EgressView view{history::egress_job_of(row), "", row.updated_ms};
  if (const auto session = store::find_session(db, row.api_key, row.session_id))
    view.room_sid = session->livekit_sid;
  return view;
}

bool fits(const store::Job& row, const EgressQuery& query) {
  return !row.deleted && (query.room.empty() || row.room_id == query.room) &&
         (!query.only_active || !row.ended_ms);
}

/// All of them: each has a process, so there are not many.
std::vector<livekit_api::EgressView> active_of(store::Database& db, const EgressQuery& query) {
  using enum control::EgressKind;
  std::vector<livekit_api::EgressView> out;
  for (const auto kind : {composite, recording, livestream, hls, participant, track}) {
    const std::string name(control::egress_kind_name(kind));
    const auto rows = query.room.empty() ? store::unfinished_jobs(db, name, kMostActive)
                                         : store::active_jobs(db, query.api_key, query.room, name);
    for (const store::Job& row : rows)
      if (row.api_key == query.api_key && fits(row, query)) out.push_back(view_of(db, row));
  }
  return out;
}

EgressPage page_of(store::Database& db, const EgressQuery& query) {
  EgressPage out;
  if (!query.job_id.empty()) {
    const auto row = store::find_job(db, query.api_key, query.job_id);
    if (row && fits(*row, query)) out.views.push_back(view_of(db, *row));
    return out;
  }
  if (query.only_active) {
    out.views = active_of(db, query);
    return out;
  }
  store::JobFilter filter;
  if (!query.room.empty()) filter.room_id = query.room;
  const store::PageRequest page{.page = query.page, .per_page = livekit_api::kEgressPageSize};
  const auto rows = store::list_jobs(db, query.api_key, filter, page);
  for (const store::Job& row : rows.items) out.views.push_back(view_of(db, row));
  out.has_more = rows.total > page.page * page.per_page;
  return out;
}

}  // namespace

asio::awaitable<std::optional<EgressPage>> stored_egress(store::Store& store,
                                                         const EgressQuery& query) {
  try {
    auto step = videosdk_api::on_store(store, store::Access::read,
                                       [query](store::Database& db) { return page_of(db, query); });
    co_return co_await std::move(step);
  } catch (const store::StoreError& e) {
    log::error("egress: {}", e.what());
  }
  co_return std::nullopt;
}

livekit_api::EgressLinks egress_links(const videosdk_api::MediaLinks& media) {
  return {.file = [media](const auto& file,
                          std::int64_t now_ms) { return media.file_url(file, now_ms); },
          .playback = [media](const auto& job) { return media.playback_url(job); },
          .live = [media](const auto& job) { return media.live_url(job); }};
}

livekit_api::EgressLinks egress_links(videosdk_api::MediaLinks media, const std::string& public_url,
                                      const http::Request& request) {
  const bool secure = http::equal_ignoring_case(request.header("X-Forwarded-Proto"), "https");
  media.base = public_url.empty()
                   ? (secure ? "https://" : "http://") + std::string(request.header("Host"))
                   : public_url;
  return egress_links(media);
}

}  // namespace plenum::server
