#include <cstdlib>
#include <string>

#include "api/http/request.h"
#include "api/livekit/join_request.h"
#include "base/bytes.h"
#include "base/crypto.h"

// Three ways in: the bytes as a query (v0, or v1 if they say so), as a WrappedJoinRequest, and as
// the compressed content of one. What is accepted keeps within the limits.
namespace {

using namespace plenum;

void check(const http::Request& request) {
  for (const bool v1 : {false, true}) {
    const auto joined = livekit_api::read_join_parameters(request, v1);
    if (!joined) {
      if (joined.error().status != 400 || joined.error().text.empty()) std::abort();
      continue;
    }
    if (v1 && !joined->single_peer_connection) std::abort();
    if (joined->metadata.size() > livekit_api::kMaxMetadataBytes) std::abort();
    if (!::livekit::ReconnectReason_IsValid(joined->reconnect_reason)) std::abort();
  }
}

http::Request with_join_request(const std::string& bytes) {
  http::Request request;
  request.query = http::Query::parse("join_request=" + crypto::base64url(as_bytes(bytes)));
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  http::Request request;
  request.query = http::Query::parse(input);
  check(request);
  check(with_join_request(input));

  ::livekit::WrappedJoinRequest wrapped;
  wrapped.set_compression(::livekit::WrappedJoinRequest::GZIP);
  wrapped.set_join_request(input);
  check(with_join_request(wrapped.SerializeAsString()));
  wrapped.set_compression(::livekit::WrappedJoinRequest::NONE);
  check(with_join_request(wrapped.SerializeAsString()));
  return 0;
}
