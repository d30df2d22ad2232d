#include "server/egress_images.h"

#include <algorithm>

#include "api/videosdk/image_store.h"
#include "base/log.h"

namespace plenum::server {
namespace {

/// A datagram of this size fits into every socket's buffer.
constexpr std::size_t kPieceBytes = std::size_t{64} << 10;

void add(const std::string& id, const std::string& file,
         std::vector<egress::pb::ToWorker>& messages) {
  for (std::size_t at = 0; at < file.size(); at += kPieceBytes) {
    egress::pb::ImagePiece& piece = *messages.emplace_back().mutable_image();
    piece.set_id(id);
    piece.set_bytes(file.substr(at, kPieceBytes));
    piece.set_last(at + kPieceBytes >= file.size());
  }
}

}  // namespace

std::vector<egress::pb::ToWorker> image_messages(const std::filesystem::path& data_dir,
                                                 const std::string& api_key,
                                                 const control::EgressScenery& scenery,
                                                 const control::EgressScenery& before) {
  const videosdk_api::ImageStore store(data_dir);
  std::vector<egress::pb::ToWorker> messages;
  std::vector<std::string> ids{scenery.image};
  if (scenery.logo != scenery.image) ids.push_back(scenery.logo);
  for (const std::string& id : ids) {
    if (id.empty() || id == before.image || id == before.logo) continue;
    if (const auto file = store.read(api_key, id))
      add(id, *file, messages);
    else
      log::warn("image {} is not there: what would show it goes on without", id);
  }
  return messages;
}

}  // namespace plenum::server
