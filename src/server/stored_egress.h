#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "api/http/request.h"
#include "api/livekit/egress_service.h"
#include "api/videosdk/media_links.h"
#include "store/store.h"

/// What livekit.Egress needs of the store and of the links to files.
namespace plenum::server {

/// nullopt: the store cannot answer now. `query` must outlive the answer.
boost::asio::awaitable<std::optional<livekit_api::EgressPage>> stored_egress(
    store::Store& store, const livekit_api::EgressQuery& query);

livekit_api::EgressLinks egress_links(const videosdk_api::MediaLinks& media);
/// For an answer to `request`: with `public_url`, or as the request came.
livekit_api::EgressLinks egress_links(videosdk_api::MediaLinks media, const std::string& public_url,
                                      const http::Request& request);

}  // namespace plenum::server
