// T9: every request that needs a grant, with each single grant missing. A request has its effect
// unless a grant that it needs is the missing one.
#include <set>

#include "api/livekit/test_session.h"

namespace plenum::livekit_api::testing {
namespace {

struct Grant {
  const char* name;
  void (*take_away)(Grants&);
};
const Grant kGrants[] = {
    {"none", [](Grants&) {}},
    {"canPublish",
     [](Grants& g) {
       g.can_publish = false;
       g.can_publish_data = true;  // absent it would follow canPublish
     }},
    {"canPublishSources", [](Grants& g) { g.can_publish_sources = {"camera"}; }},
    {"canSubscribe", [](Grants& g) { g.can_subscribe = false; }},
    {"canPublishData", [](Grants& g) { g.can_publish_data = false; }},
    {"canUpdateOwnMetadata", [](Grants& g) { g.can_update_own_metadata = false; }},
    {"canSubscribeMetrics", [](Grants& g) { g.can_subscribe_metrics = false; }},
};

/// A room of its own: bob, who publishes, and eve, who lacks one grant and asks for one thing.
class Cell : public SignalSessionTest {
 public:
  explicit Cell(const Grant& missing) {
    connect("bob");
    make_active("bob");
    say(sockets[0], add_microphone());
    bind_last_track("bob");
    AccessToken t = token("eve");
    t.grants.can_update_own_metadata = t.grants.can_subscribe_metrics = true;
    missing.take_away(t.grants);
    JoinParameters p = parameters();
    p.auto_subscribe = false;
    connect(t, p);
    make_active("eve");
    for (const auto channel : {shard::DataChannel::reliable, shard::DataChannel::lossy})
      for (const char* identity : {"bob", "eve"})
        room.event(shard::DataChannelChanged{who(identity).transports.primary, channel});
  }

  bool publishes(pb::TrackSource source) {
    pb::SignalRequest r;
    r.mutable_add_track()->set_cid("c");
    r.mutable_add_track()->set_source(source);
    if (source != pb::MICROPHONE) r.mutable_add_track()->set_type(pb::VIDEO);
    say(eve(), r);
    return eve().count(Kind::kTrackPublished) > 0;
  }
  bool subscribes() {
    pb::SignalRequest r;
    r.mutable_subscription()->set_subscribe(true);
    r.mutable_subscription()->add_track_sids(who("bob").tracks.front()->sid());
    say(eve(), r);
    const auto all = room.commands<shard::Subscribe>();
    return std::any_of(all.begin(), all.end(),
                       [this](const auto& s) { return s.peer == who("eve").transports.primary; });
  }
  bool is_heard(shard::DataChannel channel) {
    const Bytes bytes = as_bytes("hello");
    room.event(
        shard::DataReceived{who("eve").transports.primary, channel, {bytes.begin(), bytes.end()}});
    return !room.commands<shard::SendData>().empty();
  }
  bool is_renamed() {
    pb::SignalRequest r;
    r.mutable_update_metadata()->set_name("n");
    r.mutable_update_metadata()->set_metadata("m");
    (*r.mutable_update_metadata()->mutable_attributes())["a"] = "b";
    say(eve(), r);
    const control::Participant& p = who("eve");
    EXPECT_EQ(p.name == "n", p.metadata == "m");
    EXPECT_EQ(p.name == "n", p.attributes.contains("a"));
    return p.name == "n";
  }
  /// Nobody gets a data track here, but who must not have one is told so.
  bool may_have_a_data_track() {
    pb::SignalRequest r;
    r.mutable_publish_data_track_request()->set_name("d");
    say(eve(), r);
    return eve().last(Kind::kRequestResponse).request_response().reason() !=
           pb::RequestResponse::NOT_ALLOWED;
  }

 private:
  void TestBody() override {}
  Socket& eve() { return sockets[1]; }
};

struct Asked {
  const char* what;
  std::set<std::string> needs;
  std::function<bool(Cell&)> has_effect;
};

TEST(GrantsMatrix, a_request_has_its_effect_unless_its_grant_is_missing) {
  const std::vector<Asked> requests = {
      {"microphone",
       {"canPublish", "canPublishSources"},
       [](Cell& c) { return c.publishes(pb::MICROPHONE); }},
      {"camera", {"canPublish"}, [](Cell& c) { return c.publishes(pb::CAMERA); }},
      {"screen",
       {"canPublish", "canPublishSources"},
       [](Cell& c) { return c.publishes(pb::SCREEN_SHARE); }},
      {"subscription", {"canSubscribe"}, [](Cell& c) { return c.subscribes(); }},
      {"reliable data",
       {"canPublishData"},
       [](Cell& c) { return c.is_heard(shard::DataChannel::reliable); }},
      {"lossy data",
       {"canPublishData"},
       [](Cell& c) { return c.is_heard(shard::DataChannel::lossy); }},
      {"data track", {"canPublishData"}, [](Cell& c) { return c.may_have_a_data_track(); }},
      {"profile", {"canUpdateOwnMetadata"}, [](Cell& c) { return c.is_renamed(); }},
  };
  for (const Asked& asked : requests)
    for (const Grant& grant : kGrants) {
      Cell cell(grant);
      EXPECT_EQ(asked.has_effect(cell), !asked.needs.contains(grant.name))
          << asked.what << " without " << grant.name;
    }
}

}  // namespace
}  // namespace plenum::livekit_api::testing
