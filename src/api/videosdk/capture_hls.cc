// POST /v2/hls/capture: a picture of what an HLS stream shows (videosdk-api 3.5).
#include <fmt/format.h>
#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "api/videosdk/egress_wish.h"
#include "api/videosdk/resources.h"
#include "api/videosdk/rest_api.h"

namespace plenum::videosdk_api {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using control::EgressJob;
using control::EgressKind;
using control::EgressReport;
using control::EgressSnapshot;

std::uint32_t side_in(const json::object& body, std::string_view name) {
  const json::value* side = body.if_contains(name);
  if (!side || side->is_null()) return 0;
  return static_cast<std::uint32_t>(side->to_number<std::uint64_t>()) / 2 * 2;
}

EgressSnapshot::Format format_from(const std::string& word) {
  if (word == "png") return EgressSnapshot::Format::png;
  return word == "webp" ? EgressSnapshot::Format::webp : EgressSnapshot::Format::jpg;
}

json::object shown(const EgressReport::Snapshot& image, const EgressJob& job,
                   const std::string& format, const MediaLinks& links) {
  return {{"message", "Captured successfully"},
          {"roomId", job.room},
          {"meta",
           {{"createdAt", time_text(image.created_ms)},
            {"width", image.width},
            {"height", image.height},
            {"format", format}}},
          {"filePath", fmt::format("hls/{}/{}", job.id, image.name)},
          {"fileUrl", fmt::format("{}/hls/{}/{}", links.base, job.id, image.name)},
          {"fileSize", image.bytes},
          {"fileName", image.name}};
}

}  // namespace

auto RestApi::capture_hls(const Call& call) -> Task {
  const auto room = co_await room_of(call, call.body_room());
  if (!room) co_return Err{room.error()};
  const json::object& body = call.arguments.body;
  if (const json::value* time = body.if_contains("time"); time && !time->is_null())
    co_return Err{
        Problem{501, "NOT_IMPLEMENTED", "Only what is shown now can be captured: leave time out"}};
  const auto jobs = around_.egress.active
                        ? around_.egress.active(call.caller.api_key, room->room_id)
                        : std::vector<EgressJob>();
  const auto job = std::ranges::find(jobs, EgressKind::hls, &EgressJob::kind);
  if (job == jobs.end()) co_return Err{problems::egress_not_found(EgressKind::hls)};

  std::string format = call.body_text("format");
  if (format.empty()) format = "jpg";
  EgressSnapshot wanted;
  wanted.name = fmt::format("capture-{}-{}.{}", around_.unix_ms(), ++captures_, format);
  wanted.width = side_in(body, "width");
  wanted.height = side_in(body, "height");
  wanted.format = format_from(format);
  const auto start = [this, key = call.caller.api_key, id = job->id, wanted](auto handler) {
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    const auto answer = [waiting](EgressReport::Snapshot image) {
      asio::post(asio::get_associated_executor(*waiting),
                 [waiting, image = std::move(image)] { std::move (*waiting)(image); });
    };
    if (!around_.egress.take_snapshot(key, id, wanted, answer))
      answer({.name = wanted.name, .error = "the stream is being closed, or too many wait"});
  };
  auto step = asio::async_initiate<const asio::use_awaitable_t<>&, void(EgressReport::Snapshot)>(
      start, asio::use_awaitable);
  const EgressReport::Snapshot image = co_await std::move(step);
  if (!image.error.empty()) co_return Err{Problem{409, "HLS_NOT_CAPTURED", image.error}};
  co_return shown(image, *job, format, links_for(call));
}

}  // namespace plenum::videosdk_api
