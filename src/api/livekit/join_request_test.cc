#include "api/livekit/join_request.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "base/bytes.h"
#include "base/crypto.h"

namespace plenum::livekit_api {
namespace {

using ::livekit::ClientInfo;
using ::livekit::WrappedJoinRequest;

http::Request request_with(std::string_view query) {
  http::Request request;
  request.query = http::Query::parse(query);
  request.client = *Address::parse("192.0.2.7", 4000);
  return request;
}

std::string gzip(std::string_view text) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  std::string in(text);
  z.next_in = reinterpret_cast<Bytef*>(in.data());
  z.avail_in = static_cast<uInt>(in.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::string wrap(std::string content, WrappedJoinRequest::Compression compression) {
  WrappedJoinRequest wrapped;
  wrapped.set_compression(compression);
  wrapped.set_join_request(std::move(content));
  return wrapped.SerializeAsString();
}

::livekit::JoinRequest sample() {
  ::livekit::JoinRequest join;
  join.mutable_client_info()->set_sdk(ClientInfo::JS);
  join.mutable_client_info()->set_address("spoofed");
  join.mutable_connection_settings()->set_adaptive_stream(true);
  join.mutable_connection_settings()->set_subscriber_allow_pause(false);
  (*join.mutable_participant_attributes())["k"] = "v";
  join.set_metadata("m");
  join.add_add_track_requests()->set_cid("cid");
  join.mutable_publisher_offer()->set_sdp("v=0??\?>>>~~~");
  return join;
}

TEST(JoinParameters, have_the_defaults_of_v0) {
  const auto p = read_join_parameters(request_with(""), false);
  ASSERT_TRUE(p);
  EXPECT_FALSE(p->single_peer_connection);
  EXPECT_TRUE(p->auto_subscribe);
  EXPECT_EQ(p->auto_subscribe_data_track, std::nullopt);
  EXPECT_FALSE(p->adaptive_stream);
  EXPECT_EQ(p->subscriber_allow_pause, std::nullopt);
  EXPECT_FALSE(p->reconnect);
  EXPECT_EQ(p->client.address(), "192.0.2.7");
}

TEST(JoinParameters, read_the_query_of_v0) {
  const auto p = read_join_parameters(
      request_with("sdk=ios&protocol=16&client_protocol=1&version=2.1.0&os=iOS&auto_subscribe=0&"
                   "adaptive_stream=true&subscriber_allow_pause=false&reconnect=1&sid=PA_x&"
                   "reconnect_reason=3&publish=screen&unknown=1&device_model=iPhone+15&"
                   "capabilities=CAP_PACKET_TRAILER,CAP_NEW,CAP_COMPRESSION_DEFLATE_RAW&"
                   "attributes=eyJhIjoiYiJ9"),
      false);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->client.sdk(), ClientInfo::SWIFT);
  EXPECT_EQ(p->client.protocol(), 16);
  EXPECT_EQ(p->client.client_protocol(), 1);
  EXPECT_EQ(p->client.device_model(), "iPhone 15");
  EXPECT_EQ(p->client.capabilities_size(), 2);
  EXPECT_FALSE(p->auto_subscribe);
  EXPECT_TRUE(p->adaptive_stream);
  EXPECT_EQ(p->subscriber_allow_pause, false);
  EXPECT_TRUE(p->reconnect);
  EXPECT_EQ(p->participant_sid, "PA_x");
  EXPECT_EQ(p->reconnect_reason, ::livekit::RR_SUBSCRIBER_FAILED);
  EXPECT_EQ(p->publish_only, "screen");
  EXPECT_EQ(p->attributes, (Attributes{{"a", "b"}}));
}

TEST(JoinParameters, take_only_1_and_true_for_true) {
  for (const char* text : {"yes", "TRUE", "True", "2", "t", "on"})
    EXPECT_FALSE(read_join_parameters(request_with(std::string("adaptive_stream=") + text), false)
                     ->adaptive_stream);
  const auto nonsense =
      read_join_parameters(request_with("protocol=99999999999999&reconnect_reason=77"), false);
  ASSERT_TRUE(nonsense);
  EXPECT_EQ(nonsense->client.protocol(), 0);
  EXPECT_EQ(nonsense->reconnect_reason, ::livekit::RR_UNKNOWN);
}

TEST(JoinParameters, refuse_broken_attributes) {
  for (const char* text : {"!!!", "e30x", "W10", "eyJhIjoxfQ"}) {  // ..., [], {"a":1}
    const auto p = read_join_parameters(request_with(std::string("attributes=") + text), false);
    ASSERT_FALSE(p) << text;
    EXPECT_EQ(p.error().status, 400);
  }
}

TEST(JoinParameters, demand_a_join_request_on_v1) {
  const auto p = read_join_parameters(request_with("sdk=js"), true);
  ASSERT_FALSE(p);
  EXPECT_EQ(p.error().status, 400);
  EXPECT_EQ(p.error().text, "join_request is required");
}

TEST(JoinParameters, read_a_join_request_in_any_dialect_of_base64) {
  const std::string plain = wrap(sample().SerializeAsString(), WrappedJoinRequest::NONE);
  const std::string packed = wrap(gzip(sample().SerializeAsString()), WrappedJoinRequest::GZIP);
  for (const std::string& bytes : {plain, packed}) {
    for (const std::string& text :
         {crypto::base64url(as_bytes(bytes)), crypto::base64(as_bytes(bytes))}) {
      const auto p = read_join_parameters(request_with("join_request=" + text), false);
      ASSERT_TRUE(p) << text;
      EXPECT_TRUE(p->single_peer_connection);
      EXPECT_EQ(p->client.sdk(), ClientInfo::JS);
      EXPECT_EQ(p->client.address(), "192.0.2.7");
      EXPECT_FALSE(p->auto_subscribe);
      EXPECT_TRUE(p->adaptive_stream);
      EXPECT_EQ(p->subscriber_allow_pause, false);
      EXPECT_EQ(p->auto_subscribe_data_track, std::nullopt);
      EXPECT_EQ(p->metadata, "m");
      EXPECT_EQ(p->attributes, (Attributes{{"k", "v"}}));
      ASSERT_EQ(p->add_track_requests.size(), 1u);
      EXPECT_EQ(p->add_track_requests[0].cid(), "cid");
      ASSERT_TRUE(p->publisher_offer);
      EXPECT_EQ(p->publisher_offer->sdp(), "v=0??\?>>>~~~");
      EXPECT_FALSE(p->sync_state);
    }
  }
}

TEST(JoinParameters, refuse_a_zip_bomb) {
  const std::string bomb =
      wrap(gzip(std::string(std::size_t{64} << 20, '\0')), WrappedJoinRequest::GZIP);
  ASSERT_LT(bomb.size(), std::size_t{70} << 10);
  const auto p = decode_join_request(crypto::base64url(as_bytes(bomb)));
  ASSERT_FALSE(p);
  EXPECT_EQ(p.error().status, 400);

  ::livekit::JoinRequest most;  // just below the limit passes
  most.set_metadata(std::string(kMaxJoinRequestBytes - 10, 'a'));
  EXPECT_TRUE(decode_join_request(
      crypto::base64url(as_bytes(wrap(gzip(most.SerializeAsString()), WrappedJoinRequest::GZIP)))));
  most.set_metadata(std::string(kMaxJoinRequestBytes, 'a'));
  EXPECT_FALSE(decode_join_request(
      crypto::base64url(as_bytes(wrap(gzip(most.SerializeAsString()), WrappedJoinRequest::GZIP)))));
}

TEST(JoinParameters, refuse_oversized_metadata_and_attributes) {
  ::livekit::JoinRequest join;
  join.set_metadata(std::string(kMaxMetadataBytes + 1, 'a'));
  const auto encode = [&] {
    return "join_request=" +
           crypto::base64url(as_bytes(wrap(join.SerializeAsString(), WrappedJoinRequest::NONE)));
  };
  EXPECT_FALSE(read_join_parameters(request_with(encode()), true));
  join.clear_metadata();
  (*join.mutable_participant_attributes())["k"] = std::string(kMaxAttributesBytes, 'a');
  EXPECT_FALSE(read_join_parameters(request_with(encode()), true));
}

TEST(JoinParameters, survive_truncation_and_random_changes) {
  const std::string bytes = wrap(gzip(sample().SerializeAsString()), WrappedJoinRequest::GZIP);
  for (std::size_t n = 1; n < bytes.size(); ++n)
    EXPECT_FALSE(
        decode_join_request(crypto::base64url(as_bytes(std::string_view(bytes).substr(0, n)))) &&
        n > 2)
        << n;
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string changed = bytes;
    changed[random() % changed.size()] = static_cast<char>(random());
    (void)decode_join_request(crypto::base64url(as_bytes(changed)));
  }
  EXPECT_FALSE(decode_join_request("a"));
  EXPECT_FALSE(decode_join_request("%%%"));
}

TEST(TokenOf, prefers_the_header_to_the_query) {
  http::Request request = request_with("access_token=from-query");
  EXPECT_EQ(token_of(request), "from-query");
  request.headers.set("Authorization", "Bearer from-header");
  EXPECT_EQ(token_of(request), "from-header");
  EXPECT_EQ(token_of(request_with("")), std::nullopt);
}

}  // namespace
}  // namespace plenum::livekit_api
