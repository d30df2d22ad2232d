#include "control/egress_jobs.h"

#include "control/test_room.h"

namespace plenum::control::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What a worker was told, and a way to speak for it.
struct FakeWorker : EgressWorker {
  struct Told {
    std::vector<EgressJob> started;
    std::vector<EgressScene> shown;
    std::vector<EgressLayout> layouts;
    std::vector<EgressOutput> added;
    std::vector<std::string> ended;
    std::vector<EgressSnapshot> snapshots;
    int stops = 0;
    bool gone = false;
    Listener listener;
  };
  explicit FakeWorker(Told& t) : told(t) {}
  ~FakeWorker() override { told.gone = true; }
  void start(const EgressJob& job) override { told.started.push_back(job); }
  void show(const EgressScene& scene) override { told.shown.push_back(scene); }
  void set_layout(const EgressLayout& layout) override { told.layouts.push_back(layout); }
  void add_output(const EgressOutput& output) override { told.added.push_back(output); }
  void end_output(const std::string& id) override { told.ended.push_back(id); }
  void take_snapshot(const EgressSnapshot& s) override { told.snapshots.push_back(s); }
  void stop() override { ++told.stops; }
  std::vector<int> media_sockets(std::uint32_t shards) override {
    return std::vector<int>(shards, -1);
  }
  Told& told;
};

struct Recording {
  TestRoom t;
  FakeWorker::Told told;
  std::vector<EgressState> states;
  Client& alice = t.active("alice");
  std::string sid = t.publish_video(alice);

  Recording() {
    t.control.on_domain_event([this](const DomainEvent& e) {
      const auto* changed = std::get_if<EgressChanged>(&e.what);
      if (!changed) return;
      if (changed->state_changed) states.push_back(changed->job.state);
      last = changed->job;
    });
    t.control.egress().work_in(
        {.spawn =
             [this](EgressWorker::Listener l) {
               told.listener = std::move(l);
               return std::make_unique<FakeWorker>(told);
             },
         .session = [](const std::string&) { return std::string("session"); },
         .new_id = [this] { return "job" + std::to_string(++ids); },
         .now = [this] { return t.now; },
         .recover = [this](const std::string& path,
                           auto done) { recoveries.emplace_back(path, std::move(done)); },
         .cores = 1.0});
  }
  Result<EgressJob, EgressRefusal> start(bool parallel = false) {
    EgressJobs::Wish wish;
    wish.job.outputs.emplace_back();
    return start(std::move(wish), parallel);
  }
  Result<EgressJob, EgressRefusal> start(EgressJobs::Wish wish, bool parallel = false) {
    wish.job.api_key = "key";
    wish.job.room = "room";
    wish.parallel = parallel;
    return t.control.egress().start(std::move(wish), t.now);
  }
  static EgressJobs::Wish stream_to(const EgressTarget& target) {
    EgressJobs::Wish wish;
    wish.job.kind = EgressKind::composite;
    wish.job.outputs.emplace_back().type = EgressOutput::Type::stream;
    wish.job.outputs.back().target = target;
    return wish;
  }
  static EgressJobs::Wish copy_of(const std::string& identity, const std::string& source) {
    EgressJobs::Wish wish;
    wish.job.kind = EgressKind::track;
    wish.job.subjects = {{identity, {source}}};
    wish.job.copy = {.per_track = true, .container = "webm"};
    return wish;
  }
  void stop() {
    static_cast<void>(t.control.egress().stop("key", "room", EgressKind::recording, ""));
  }
  std::vector<shard::SetTapLayers> layers() {
    std::vector<shard::SetTapLayers> out;
    for (const auto& [to, command] : t.posted)
      if (const auto* c = std::get_if<shard::SetTapLayers>(&command)) out.push_back(*c);
    return out;
  }
  int ids = 0;
  EgressJob last;
  std::vector<std::pair<std::string, std::function<void(std::optional<EgressJobs::Recovered>)>>>
      recoveries;
};

TEST(EgressJobs, go_from_start_to_stop_and_say_each_step) {
  Recording r;
  const auto job = r.start();
  ASSERT_TRUE(job);
  EXPECT_EQ(job->outputs[0].path, "recordings/job1/job1.mp4");
  EXPECT_EQ(job->session, "session");
  ASSERT_THAT(r.told.shown, SizeIs(1));
  EXPECT_EQ(r.told.shown[0].members[0].identity, "alice");
  ASSERT_THAT(r.told.shown[0].members[0].tracks, SizeIs(1));
  r.told.listener.status({{.id = "file", .started = true, .bytes = 10}});
  r.stop();
  r.stop();
  EXPECT_EQ(r.told.stops, 1);
  r.told.listener.finished(true, "", {{.id = "file", .bytes = 20, .duration_ms = 1500}});

  EXPECT_THAT(r.states, ElementsAre(EgressState::starting, EgressState::started,
                                    EgressState::stopping, EgressState::stopped));
  EXPECT_TRUE(r.told.gone);
  EXPECT_EQ(r.t.control.egress().active_count(), 0u);
}

TEST(EgressJobs, go_on_in_a_further_part_when_their_worker_dies) {
  Recording r;
  ASSERT_TRUE(r.start());
  r.told.listener.status({{.id = "file", .started = true, .bytes = 10}});
  r.told.listener.finished(false, "signal 9", {});

  ASSERT_THAT(r.told.started, SizeIs(2));
  EXPECT_EQ(r.told.started[1].outputs[1].path, "recordings/job1/job1-2.mp4");
  EXPECT_THAT(r.told.shown, SizeIs(2));
  EXPECT_EQ(r.last.error, "the worker ended unexpectedly: signal 9");
  ASSERT_THAT(r.recoveries, SizeIs(1));
  EXPECT_EQ(r.recoveries[0].first, "recordings/job1/job1.mp4");
  r.told.listener.status({{.id = "file-2", .started = true}});
  r.stop();
  r.told.listener.finished(
      true, "",
      {{.id = "file-2", .state = EgressOutput::State::ended, .bytes = 5, .duration_ms = 500}});
  EXPECT_EQ(r.states.back(), EgressState::stopping);  // the first part is not final yet
  r.recoveries[0].second(EgressJobs::Recovered{.bytes = 9, .duration_ms = 1000});

  EXPECT_THAT(r.states,
              ElementsAre(EgressState::starting, EgressState::started, EgressState::starting,
                          EgressState::started, EgressState::stopping, EgressState::stopped));
  EXPECT_EQ(r.last.bytes(), 14u);
  EXPECT_EQ(r.last.duration_ms(), 1500u);
  EXPECT_EQ(r.last.restarts, 1u);
  EXPECT_EQ(r.t.control.egress().active_count(), 0u);
}

TEST(EgressJobs, fail_when_their_workers_die_again_and_again) {
  Recording r;
  ASSERT_TRUE(r.start());
  for (std::uint32_t i = 0; i < EgressJobs::kMostRestarts; ++i) {
    r.told.listener.finished(false, "signal 9", {});
    EXPECT_EQ(r.states.back(), EgressState::starting);
  }
  r.told.listener.finished(false, "signal 9", {});

  EXPECT_EQ(r.states.back(), EgressState::failed);
  EXPECT_THAT(r.last.outputs, SizeIs(1));  // nothing had been written
  EXPECT_TRUE(r.start());
}

TEST(EgressJobs, keep_what_a_worker_wrote_that_dies_while_it_ends) {
  Recording r;
  ASSERT_TRUE(r.start());
  r.told.listener.status({{.id = "file", .started = true}});
  r.stop();
  r.told.listener.finished(false, "signal 9", {});
  ASSERT_THAT(r.recoveries, SizeIs(1));
  r.recoveries[0].second(EgressJobs::Recovered{.bytes = 9, .duration_ms = 1000});

  EXPECT_EQ(r.states.back(), EgressState::stopped);
  EXPECT_EQ(r.last.bytes(), 9u);
}

TEST(EgressJobs, stream_to_more_and_to_fewer_while_they_run) {
  Recording r;
  const EgressTarget first{"rtmp://a/app", "1"}, second{"rtmp://b/app", "2"};
  const auto job = r.start(Recording::stream_to(first));
  ASSERT_TRUE(job);
  EgressJobs& jobs = r.t.control.egress();
  ASSERT_TRUE(jobs.add_targets("key", job->id, {second}));
  ASSERT_THAT(r.told.added, SizeIs(1));
  EXPECT_EQ(r.told.added[0].id, "rtmp-2");
  EXPECT_EQ(jobs.end_targets("key", job->id, {first, {"rtmp://c", ""}}).error(),
            EgressRefusal::not_running);
  ASSERT_TRUE(jobs.end_targets("key", job->id, {first}));
  EXPECT_THAT(r.told.ended, ElementsAre("rtmp"));
  EXPECT_EQ(jobs.add_targets("other", job->id, {second}).error(), EgressRefusal::not_found);
  ASSERT_TRUE(jobs.stop("key", job->id));

  EXPECT_EQ(jobs.add_targets("key", job->id, {first}).error(), EgressRefusal::not_running);
}

TEST(EgressJobs, are_refused_when_they_do_not_fit_and_say_when_they_compose_less) {
  Recording r;
  ASSERT_TRUE(r.start());
  ASSERT_TRUE(r.start(true));
  EXPECT_EQ(r.start(true).error(), EgressRefusal::no_capacity);  // 0.4 cores each
  r.told.listener.load({.cpu = 0s});
  r.t.advance(30s);
  r.told.listener.load({.cpu = 3s, .degradation = 1});
  EXPECT_EQ(r.last.degradation, 1u);
  EXPECT_EQ(r.t.control.egress().load().degraded, 1u);

  EXPECT_TRUE(r.start(true));
}

TEST(EgressJobs, answer_for_each_image_once) {
  Recording r;
  const auto job = r.start();
  EgressJobs& jobs = r.t.control.egress();
  std::vector<std::string> answers;
  const auto take = [&](const std::string& name) {
    return jobs.take_snapshot("key", job->id, {.name = name}, [&](const auto& done) {
      answers.push_back(done.name + ":" + done.error);
    });
  };
  ASSERT_TRUE(take("a.jpg"));
  ASSERT_TRUE(take("b.jpg"));
  EXPECT_THAT(r.told.snapshots, SizeIs(2));
  r.told.listener.snapshot_done({.name = "a.jpg"});
  r.told.listener.snapshot_done({.name = "a.jpg"});
  EXPECT_THAT(answers, ElementsAre("a.jpg:"));
  r.stop();
  EXPECT_EQ(take("c.jpg").error(), EgressRefusal::not_running);
  r.told.listener.finished(true, "", {});

  EXPECT_THAT(answers, ElementsAre("a.jpg:", "b.jpg:the composition has ended"));
}

TEST(EgressJobs, change_their_layout_but_not_their_canvas) {
  Recording r;
  const auto job = r.start();
  ASSERT_TRUE(r.t.control.egress().change_layout("key", job->id, [](EgressLayout& layout) {
    layout = {.type = "SIDEBAR", .orientation = "portrait", .quality = "high"};
  }));

  ASSERT_THAT(r.told.layouts, SizeIs(1));
  EXPECT_EQ(r.told.layouts[0], (EgressLayout{.type = "SIDEBAR"}));
}

TEST(EgressJobs, show_their_subjects_and_end_with_the_last_of_them) {
  Recording r;
  EgressJobs::Wish wish = Recording::stream_to({"rtmp://a/app", "1"});
  wish.job.subjects = {{"bob", {}}, {"alice", {"microphone"}}};
  r.t.active("bob");
  ASSERT_TRUE(r.start(wish));
  ASSERT_THAT(r.told.shown, SizeIs(1));
  ASSERT_THAT(r.told.shown[0].members, SizeIs(1));
  EXPECT_EQ(r.told.shown[0].members[0].identity, "bob");
  ASSERT_TRUE(r.t.control.moderation().remove_participant("room", "bob", r.t.now));
  r.t.advance(1s);

  EXPECT_EQ(r.told.stops, 1);
}

TEST(EgressJobs, run_one_of_a_kind_unless_asked_otherwise) {
  Recording r;
  ASSERT_TRUE(r.start());
  EXPECT_EQ(r.start().error(), EgressRefusal::already_running);
  EXPECT_TRUE(r.start(true));
  r.stop();

  EXPECT_EQ(r.start().error(), EgressRefusal::stopping);
}

TEST(EgressJobs, need_somebody_in_a_room_of_their_key) {
  Recording r;
  EgressJobs::Wish wish;
  wish.job.api_key = "other";
  wish.job.room = "room";
  EXPECT_EQ(r.t.control.egress().start(wish, r.t.now).error(), EgressRefusal::no_session);
  wish.job.api_key = "key";
  wish.job.room = "nowhere";
  EXPECT_EQ(r.t.control.egress().start(wish, r.t.now).error(), EgressRefusal::no_session);
  ASSERT_TRUE(r.start());
  EXPECT_EQ(r.t.control.egress().stop("other", "room", EgressKind::recording, "").error(),
            EgressRefusal::not_found);
}

TEST(EgressJobs, end_with_their_room) {
  Recording r;
  ASSERT_TRUE(r.start());
  ASSERT_TRUE(r.t.control.moderation().delete_room("room", r.t.now));
  r.t.advance(1s);

  EXPECT_EQ(r.told.stops, 1);
  EXPECT_EQ(r.states.back(), EgressState::stopping);
}

TEST(EgressJobs, are_told_when_the_room_changes_and_only_then) {
  Recording r;
  ASSERT_TRUE(r.start());
  r.t.advance(1s);
  EXPECT_THAT(r.told.shown, SizeIs(1));
  r.t.active("bob");
  r.t.advance(1s);

  ASSERT_THAT(r.told.shown, SizeIs(2));
  EXPECT_THAT(r.told.shown[1].members, SizeIs(2));
}

TEST(EgressJobs, show_the_room_as_recorded) {
  Recording r;
  ASSERT_TRUE(r.start());
  EXPECT_TRUE(r.alice.last<RoomUpdated>().room.active_recording);
  r.told.listener.finished(true, "", {});

  EXPECT_FALSE(r.alice.last<RoomUpdated>().room.active_recording);
}

TEST(EgressJobs, copy_each_track_of_each_participant_once) {
  Recording r;
  r.t.active("bob");
  ASSERT_TRUE(r.start(Recording::copy_of("alice", "camera")));
  EXPECT_EQ(r.start(Recording::copy_of("alice", "camera")).error(), EgressRefusal::already_running);
  EXPECT_TRUE(r.start(Recording::copy_of("alice", "microphone")));
  EXPECT_TRUE(r.start(Recording::copy_of("bob", "camera")));

  EXPECT_EQ(r.start(Recording::copy_of("nobody", "camera")).error(), EgressRefusal::no_participant);
  EXPECT_EQ(r.last.width, 0u);
}

TEST(EgressJobs, list_the_files_that_a_copy_reports_but_no_others) {
  Recording r;
  const auto job = r.start(Recording::copy_of("alice", "camera"));
  r.told.listener.status(
      {{.id = "job1-camera.webm", .started = true, .bytes = 7, .copied = true},
       {.id = "job1/../x.webm", .started = true, .copied = true},
       {.id = "other.webm", .started = true, .copied = true},
       {.id = "job1", .state = EgressOutput::State::failed, .error = "g722 cannot be written"}});
  r.told.listener.finished(false, "signal 9", {});
  ASSERT_THAT(r.told.started, SizeIs(2));
  r.told.listener.status({{.id = "job1-2-camera.webm", .started = true, .copied = true}});

  ASSERT_THAT(r.recoveries, SizeIs(1));
  EXPECT_EQ(r.recoveries[0].first, "recordings/job1/job1-camera.webm");
  ASSERT_THAT(r.last.outputs, SizeIs(2));
  EXPECT_EQ(r.last.outputs[0].path, "recordings/job1/job1-camera.webm");
  EXPECT_EQ(r.last.outputs[0].state, EgressOutput::State::ended);
  EXPECT_EQ(r.last.outputs[0].bytes, 7u);
  EXPECT_EQ(r.last.part_name(r.told.started[1].restarts), "job1-2");
  EXPECT_EQ(r.last.state, EgressState::started);
}

TEST(EgressJobs, copy_until_the_participant_has_left) {
  Recording r;
  r.t.active("bob");  // sends nothing yet
  ASSERT_TRUE(r.start(Recording::copy_of("bob", "camera")));
  ASSERT_THAT(r.told.shown[0].members, SizeIs(1));
  r.t.advance(10s);
  EXPECT_EQ(r.told.stops, 0);
  ASSERT_TRUE(r.t.control.moderation().remove_participant("room", "bob", r.t.now));
  r.t.advance(1s);

  EXPECT_EQ(r.told.stops, 1);
}

TEST(Taps, get_the_layers_that_are_wanted_and_of_their_own_room_only) {
  Recording r;
  ASSERT_TRUE(r.start());
  JoinRequest elsewhere = TestRoom::request("eve");
  elsewhere.room = "elsewhere";
  Client& eve = r.t.active(elsewhere);
  const std::string other = r.t.publish_video(eve);
  const TrackId camera = r.t.track_id(r.alice, r.sid), foreign = r.t.track_id(eve, other);
  r.told.listener.wanted({{{camera, 1}, {foreign, 0}, {TrackId(999), 0}}});
  ASSERT_THAT(r.layers(), SizeIs(1));
  EXPECT_EQ(r.layers()[0].track, camera);
  EXPECT_EQ(r.layers()[0].layers, 0b011);
  r.told.listener.wanted({{{camera, 1}}});
  EXPECT_THAT(r.layers(), SizeIs(1));
  r.told.listener.wanted({{{camera, 7}}});
  EXPECT_EQ(r.layers().back().layers, 0b111);
  r.told.listener.wanted({});

  EXPECT_EQ(r.layers().back().layers, 0);
}

TEST(Taps, ask_for_key_frames_of_what_they_get) {
  Recording r;
  ASSERT_TRUE(r.start());
  const TrackId camera = r.t.track_id(r.alice, r.sid);
  const auto asked = [&] {
    return std::ranges::count_if(r.t.posted, [](const auto& p) {
      return std::holds_alternative<shard::AskKeyFrame>(p.second);
    });
  };
  r.told.listener.key_frame_needed(camera, 0);
  EXPECT_EQ(asked(), 0);
  r.told.listener.wanted({{{camera, 0}}});
  r.told.listener.key_frame_needed(camera, 0);

  EXPECT_EQ(asked(), 1);
}

}  // namespace
}  // namespace plenum::control::testing
