// POST, GET and DELETE /v2/plenum/images: what recordings show besides the room.
#include "api/videosdk/image_store.h"
#include "api/videosdk/pool_call.h"
#include "api/videosdk/rest_api.h"
#include "store/ids.h"

namespace plenum::videosdk_api {
namespace {

namespace json = boost::json;
using Refusal = ImageStore::Refusal;

json::object image_json(const ImageStore::Image& image) {
  return {{"id", image.id},
          {"type", image.type},
          {"size", image.bytes},
          {"createdAt", time_text(image.created_ms)}};
}

Problem problem_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::bad_type:
      return {415, "UNSUPPORTED_IMAGE", "The body must be a PNG or JPEG file"};
    case Refusal::too_large:
      return {413, "IMAGE_TOO_LARGE", "An image may have 2 MiB"};
    case Refusal::too_many:
      return {409, "TOO_MANY_IMAGES", "There are 100 images: delete one first"};
    case Refusal::failed:
      break;
  }
  return {503, "IMAGE_NOT_STORED", "The server cannot store the image now: try again"};
}

Problem no_image() { return {404, "IMAGE_NOT_FOUND", "There is no such image"}; }

}  // namespace

std::optional<Problem> RestApi::scenery_fault(const Call& call,
                                              const control::EgressScenery& scenery) const {
  for (const std::string& id : {scenery.image, scenery.logo})
    if (!id.empty() &&
        (around_.images.empty() || !ImageStore(around_.images).has(call.caller.api_key, id)))
      return no_image();
  return std::nullopt;
}

// One writes at a time, so that nobody gets beyond the limit.

auto RestApi::add_image(const Call& call) -> Task {
  if (!call.caller.room.empty()) co_return Err{problems::wrong_room()};
  const std::string key = call.caller.api_key, file = call.raw_body;
  const std::int64_t now_ms = around_.unix_ms();
  const ImageStore images(around_.images);
  const std::string id = store::new_id(now_ms);
  using Added = std::optional<Result<ImageStore::Image, Refusal>>;
  const auto adding = std::make_shared<const std::function<Added()>>(
      [=] { return Added(images.add(key, id, file, now_ms)); });
  auto step = run_on<Added>(disk_, adding);
  const Added added = co_await std::move(step);
  if (!*added) co_return Err{problem_of(added->error())};
  co_return image_json(**added);
}

auto RestApi::list_images(const Call& call) -> Task {
  if (!call.caller.room.empty()) co_return Err{problems::wrong_room()};
  const std::string key = call.caller.api_key;
  const ImageStore images(around_.images);
  using Found = std::vector<ImageStore::Image>;
  const auto listing =
      std::make_shared<const std::function<Found()>>([=] { return images.list(key); });
  auto step = run_on<Found>(disk_, listing);
  const Found found = co_await std::move(step);
  json::array data;
  for (const ImageStore::Image& image : found) data.push_back(image_json(image));
  co_return json::object{{"data", std::move(data)}};
}

auto RestApi::delete_image(const Call& call) -> Task {
  if (!call.caller.room.empty()) co_return Err{problems::wrong_room()};
  const std::string key = call.caller.api_key, id = call.text("id");
  const ImageStore images(around_.images);
  const auto removing =
      std::make_shared<const std::function<bool()>>([=] { return images.remove(key, id); });
  auto step = run_on<bool>(disk_, removing);
  if (!co_await std::move(step)) co_return Err{no_image()};
  co_return json::value("Image deleted successfully");
}

}  // namespace plenum::videosdk_api
