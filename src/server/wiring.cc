#include "server/wiring.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <thread>

#include "api/http/server.h"
#include "api/livekit/data_packet.h"
#include "api/livekit/egress_service.h"
#include "api/livekit/room_service.h"
#include "api/livekit/service.h"
#include "api/videosdk/egress_rules.h"
#include "api/videosdk/media_files.h"
#include "api/videosdk/rest_api.h"
#include "api/videosdk/room_calls.h"
#include "api/videosdk/room_events.h"
#include "api/videosdk/room_gate.h"
#include "api/videosdk/room_topics.h"
#include "api/videosdk/temporary_files.h"
#include "base/log.h"
#include "control/control.h"
#include "io/affinity.h"
#include "io/clock.h"
#include "io/fd.h"
#include "outbound/guard.h"
#include "server/chronicle.h"
#include "server/egress_process.h"
#include "server/egress_recovery.h"
#include "server/http_routes.h"
#include "server/listening.h"
#include "server/media_secret.h"
#include "server/metrics.h"
#include "server/shard_host.h"
#include "server/shutdown.h"
#include "server/stored_egress.h"
#include "store/ids.h"
#include "store/revocations.h"
#include "store/store.h"

namespace plenum::server {
namespace {

namespace asio = boost::asio;

/// How long a scrape waits for a busy shard.
constexpr Duration kScrapePatience = 1s;
/// What webhooks may still be sent within when the server stops; the rest goes after its restart.
constexpr Duration kLastWebhooks = 2s;
/// How long a revocation of a participant's tokens is kept: longer than they live.
constexpr std::int64_t kRevocationSeconds = std::int64_t{7} * 24 * 3600;

control::Config control_config(const Config& config) {
  control::Config c;
  c.auto_create_rooms = config.auto_create;
  c.empty_timeout = config.empty_timeout;
  c.departure_timeout = config.departure_timeout;
  c.max_participants = config.max_participants;
  c.placement = config.placement == Placement::pack ? control::Placement::Policy::pack
                                                    : control::Placement::Policy::spread;
  c.pack_limit = config.pack_limit;
  c.moderators_end = config.require_mod.empty() || config.require_mod.contains("end");
  return c;
}

livekit_api::SignalConfig signal_config(const Config& config) {
  const auto in_seconds = [](Duration d) {
    return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(d).count());
  };
  livekit_api::SignalConfig s;
  s.offer_v1 = !config.no_v1;
  s.dev = config.dev;
  s.join_rate_per_address = config.join_rate_per_address;
  s.ping_interval_seconds = in_seconds(config.ping_interval);
  s.ping_timeout_seconds = in_seconds(config.ping_timeout);
  for (const IceServer& i : config.ice_servers)
    s.ice_servers.push_back({{i.url}, i.username, i.credential});
  return s;
}

/// What REST v2 refuses, in the words of the signalling.
livekit_api::TokenError token_error(const videosdk_api::Problem& problem) {
  if (problem.status == 404) return livekit_api::join_refusal(control::JoinRefusal::room_not_found);
  return {problem.status, problem.message};
}

/// Everything there is, in the order in which it is made; it goes in the opposite order.
class Node {
 public:
  explicit Node(const Config& config)
      : config_(config),
        store_(open_store(config)),
        keys_(config.keys),
        links_(media_links(config)),
        chronicle_(io_, *store_, keys_, config, links_,
                   [this](const store::Session& s) {
                     return close_room(s.api_key, s.room_id, s.livekit_sid);
                   }),
        shards_(io_, shard_configs(config)),
        control_(
            control_config(config), shards_.count(),
            [this](ShardId to, shard::Command&& c) { return shards_.post(to, std::move(c)); },
            livekit_api::edit_data_packet, io::unix_ms),
        signalling_(io_, control_, keys_, signal_config(config),
                    {io::now, io::unix_ms,
                     [this](const livekit_api::AccessToken& token) { return may_enter(token); },
                     [this](std::string token) { return exchange(std::move(token)); }}),
        room_service_(control_, keys_,
                      {io::now, io::unix_ms, [this] { signalling_.kick(); },
                       [this](const auto&... whom) { keep_revocation(whom...); },
                       [this](const livekit_api::AccessToken& token) { return may_enter(token); },
                       [this](std::string key, std::string room) {
                         return may_open(std::move(key), std::move(room));
                       }}),
        egress_service_(
            control_, keys_,
            {io::now, io::unix_ms, [this] { signalling_.kick(); },
             [this](const http::Request& request) {
               return egress_links(links_, config_.public_url, request);
             },
             [this](const livekit_api::EgressQuery& query) { return stored_egress_of(query); },
             outbound::hook_fault}),
        rest_(*store_, control_,
              {.now = io::now,
               .unix_ms = io::unix_ms,
               .keys = keys_,
               .changed = [this] { signalling_.kick(); },
               .settled = [this] { return chronicle_.settled(); },
               .replayed = [this] { chronicle_.wake_sender(); },
               .hook_fault = outbound::hook_fault,
               .upload_fault =
                   [](const std::string& url) {
                     return outbound::url_fault(url, storage::kMaxUrlBytes);
                   },
               .public_url = config.public_url,
               .egress = composition(),
               .images = config.data_dir,
               .media = links_,
               .rate_per_address = config.rest_rate_per_address}),
        room_events_(control_,
                     {.flush_soon = [this] { asio::post(io_, [this] { flush_events(); }); },
                      .send =
                          [this](const auto&... what) {
                            send_message(videosdk_api::kRoomEventsTopic, what...);
                          },
                      .media = links_}),
        room_calls_(
            control_,
            {.sequence =
                 [this](const auto& sid) {
                   room_events_.flush();  // what the snapshot holds is not told after it
                   return room_events_.sequence(sid);
                 },
             .session = [this](const auto& sid) { return chronicle_.session_of(sid); },
             .composition = [this](const auto& sid) { return room_events_.composition(sid); },
             .voice = {.event = [this](const auto&... what) { room_events_.tell(what...); },
                       .message =
                           [this](const auto&... what) {
                             send_message(videosdk_api::kPubSubTopic, what...);
                           }},
             .egress =
                 [this](auto wish, auto done) {
                   asio::co_spawn(io_, compose_for(std::move(wish), std::move(done)),
                                  asio::detached);
                 },
             .moderators_compose = config.require_mod.contains("egress")}),
        egress_rules_(*store_,
                      {.io = io_,
                       .egress = composition(),
                       .end_session = [this](const auto& key, const auto& room,
                                             const auto& sid) { close_room(key, room, sid); },
                       .is_running = [this](const auto& key, const auto& room,
                                            auto kind) { return is_composed(key, room, kind); },
                       .changed = [this] { signalling_.kick(); }}),
        shutdown_(io_, config.shutdown_deadline) {
    control_.on_domain_event([this](const auto& event) {
      chronicle_.on_event(event);
      room_events_.on_event(event);
      egress_rules_.on_event(event);
    });
    control_.answer_calls(
        {.answer = [this](auto caller, const auto& call,
                          TimePoint now) { return room_calls_.answer(caller, call, now); },
         .encode = livekit_api::encode_rpc_reply});
    start_composing();
    restore_revocations();
    if (!config.data_dir.empty()) serve_files();
    http_ = std::make_unique<http::Server>(io_, routes());
    for (const Address& a : config.admin) {
      if (!admin_) admin_ = std::make_unique<http::Server>(io_, admin_routes());
      admin_->listen(a);
    }
    listen(*http_, config);
    shards_.start([this](ShardId from,
                         shard::Event&& e) { control_.on_event(from, std::move(e), io::now()); },
                  [this] { signalling_.kick(); });
    shutdown_.on_signal([this] { asio::co_spawn(io_, shut_down(), asio::detached); });
  }

  ~Node() {
    http_.reset();
    admin_.reset();
    temporary_files_.reset();
    media_files_.reset();
    store_->stop();  // what it still owes is posted before the last turn
    io_.restart();
    io_.poll();  // lets the coroutines of connections just cut leave what is about to go
  }

  int run() {
    ready_ = true;
    announce(*http_, config_, shards_);
    io_.run();
    log::info("stopped");
    return 0;
  }

 private:
  http::Router routes() {
    http::Router router;
    signalling_.add_routes(router);
    room_service_.add_routes(router);
    egress_service_.add_routes(router);
    rest_.add_routes(router);
    if (media_files_) media_files_->add_routes(router);
    if (temporary_files_) temporary_files_->add_routes(router);
    if (config_.admin.empty()) add_life_signs(router, life_signs());
    if (config_.dev) add_dev_tokens(router, config_);
    add_console(router, std::make_shared<http::StaticFiles>(load_console()), config_.public_url);
    add_web_page(router, std::make_shared<http::StaticFiles>(load_web_page(config_)));
    return router;
  }

  void serve_files() {
    media_files_ =
        std::make_unique<videosdk_api::MediaFiles>(config_.data_dir, links_, io::unix_ms);
    if (config_.files_max_mib == 0) return;
    temporary_files_ = std::make_unique<videosdk_api::TemporaryFiles>(
        videosdk_api::TemporaryFiles::Settings{
            .folder = std::filesystem::path(config_.data_dir) / "files",
            .max_bytes = std::size_t{config_.files_max_mib} << 20,
            .keep = config_.files_keep,
            .secret = links_.secret,
            .base = links_.base},
        videosdk_api::TemporaryFiles::Surroundings{io_, keys_, io::unix_ms, *media_files_});
  }

  http::Router admin_routes() {
    http::Router router;
    add_life_signs(router, life_signs());
    return router;
  }

  LifeSigns life_signs() {
    return {[this] { return ready_; }, [this] { return metrics(); }};
  }

  asio::awaitable<std::string> metrics() {
    MetricsSample sample;
    sample.shards = co_await shards_.scrape(kScrapePatience);
    sample.process = read_process();
    sample.rooms = control_.world().rooms.size();
    sample.participants = control_.world().participants.size();
    sample.signalling_flooded = signalling_.counters().flooded;
    sample.joins_limited = signalling_.counters().joins_limited;
    sample.egress = control_.egress().load();
    sample.recorded = chronicle_.recorded();
    sample.sent = chronicle_.sent();
    sample.commands_dropped = control_.world().shards.dropped();
    const http::ServerCounters& counters = http_->counters();
    sample.http_requests = counters.requests;
    sample.http_malformed = counters.malformed;
    sample.http_timed_out = counters.timed_out;
    sample.http_refused_full = counters.refused_full;
    sample.http_connections = http_->connections();
    co_return metrics_text(sample);
  }

  asio::awaitable<Status<livekit_api::TokenError>> may_enter(
      const livekit_api::AccessToken& token) {
    auto step = gate_.check_entry(token.api_key, token.grants.room, token.identity);
    const auto fault = co_await std::move(step);
    if (!fault) co_return Ok{};
    co_return Err{token_error(*fault)};
  }

  asio::awaitable<Status<livekit_api::TokenError>> may_open(std::string api_key, std::string room) {
    auto step = gate_.check_open(std::move(api_key), std::move(room));
    const auto fault = co_await std::move(step);
    if (!fault) co_return Ok{};
    co_return Err{token_error(*fault)};
  }

  asio::awaitable<Result<std::string, livekit_api::TokenError>> exchange(std::string token) {
    if (!videosdk_api::is_videosdk_token(token)) co_return token;
    auto step = rest_.exchange(std::move(token));
    auto exchanged = co_await std::move(step);
    if (!exchanged) co_return Err{token_error(exchanged.error())};
    co_return std::move(*exchanged);
  }

  asio::awaitable<std::optional<livekit_api::EgressPage>> stored_egress_of(
      const livekit_api::EgressQuery& query) {
    auto settled = chronicle_.settled();
    if (!co_await std::move(settled)) co_return std::nullopt;
    auto page = stored_egress(*store_, query);
    co_return co_await std::move(page);
  }

  void flush_events() {
    room_events_.flush();
    signalling_.kick();
  }
  void send_message(const char* topic, const std::string& room, const std::string& text,
                    std::vector<std::string> to) {
    static_cast<void>(control_.moderation().send_data(
        room, livekit_api::server_message(topic, text, std::move(to)), true, io::now()));
  }

  asio::awaitable<void> compose_for(videosdk_api::RestApi::InRoom wish,
                                    videosdk_api::RoomCalls::EgressDone done) {
    videosdk_api::RestApi::Outcome outcome = Err{videosdk_api::problems::internal()};
    try {
      auto step = rest_.call_in_room(std::move(wish));
      outcome = co_await std::move(step);
    } catch (const std::exception& e) {
      log::error("a participant's recording or stream: {}", e.what());
    }
    done(std::move(outcome));
    signalling_.kick();
  }

  /// Its time is over. A later room of that name has another sid and is none of it.
  bool close_room(const std::string& api_key, const std::string& room, const std::string& sid) {
    const auto live = control_.moderation().list_rooms(api_key, {room});
    if (live.empty() || live.front().sid != sid) return false;
    static_cast<void>(
        control_.moderation().delete_room(room, io::now(), control::DisconnectReason::room_closed));
    signalling_.kick();
    return true;
  }

  void keep_revocation(const std::string& api_key, const std::string& room,
                       const std::string& identity, std::int64_t before_s) {
    const store::RevokedParticipant row{api_key, room, identity, before_s,
                                        io::unix_ms() / 1000 + kRevocationSeconds};
    const bool accepted = store_->submit(
        [row](store::Database& db) { store::revoke_participant(db, row); },
        [](std::exception_ptr error) {
          if (error) log::error("a revocation was not stored: it will not outlive this process");
        });
    if (!accepted) log::error("a revocation was not stored: it will not outlive this process");
  }

  void restore_revocations() {
    store_->run([this](store::Database& db) {
      for (const auto& row : store::list_revocations(db, io::unix_ms() / 1000).participants)
        control_.moderation().revoke_tokens(row.api_key, row.room, row.identity,
                                            row.issued_before_s);
    });
  }

  videosdk_api::RestApi::Egress composition() {
    if (!egress_program(config_).is_complete()) return {};
    return {
        .start =
            [this](control::EgressJobs::Wish wish) {
              return control_.egress().start(std::move(wish), io::now());
            },
        .stop = [this](
                    const std::string& key, const std::string& room, control::EgressKind kind,
                    const std::string& id) { return control_.egress().stop(key, room, kind, id); },
        .active = [this](const auto& key,
                         const auto& room) { return control_.egress().active(key, room); },
        .change_layout =
            [this](const auto& key, const auto& id, const auto& change) {
              return control_.egress().change_layout(key, id, change);
            },
        .take_snapshot =
            [this](const auto& key, const auto& id, const auto& snapshot, auto done) {
              return control_.egress().take_snapshot(key, id, snapshot, std::move(done));
            },
        .remove =
            [this](const std::string& job) {
              if (media_files_) media_files_->remove(job);
            }};
  }

  bool is_composed(const std::string& api_key, const std::string& room, control::EgressKind kind) {
    return std::ranges::any_of(control_.egress().active(api_key, room),
                               [&](const auto& job) { return job.kind == kind; });
  }

  void start_composing() {
    const EgressProgram program = egress_program(config_);
    if (!program.is_complete()) return;
    control_.egress().work_in(
        {.spawn =
             [this, program](control::EgressWorker::Listener listener) {
               return spawn_egress(io_, program, std::move(listener));
             },
         .session = [this](const std::string& sid) { return chronicle_.session_of(sid); },
         .new_id = [] { return store::new_id(io::unix_ms()); },
         .now = io::now,
         .recover = [this, program](
                        const std::string& path,
                        auto done) { recover_recording(io_, program, path, std::move(done)); }});
  }

  /// Lets recordings close their files.
  asio::awaitable<void> stop_composing(Duration patience) {
    control_.egress().stop_all();
    asio::steady_timer timer(io_);
    for (const TimePoint last = io::now() + patience;
         control_.egress().active_count() > 0 && io::now() < last;) {
      timer.expires_after(std::chrono::milliseconds(50));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  /// Clients are told first, so that they hear it on a connection that still stands.
  asio::awaitable<void> shut_down() {
    ready_ = false;
    control_.shut_down(io::now());
    signalling_.kick();
    const auto grace = std::chrono::duration_cast<std::chrono::milliseconds>(shutdown_.left() / 2);
    co_await http_->stop(grace);
    co_await stop_composing(shutdown_.left() / 2);
    if (!co_await shards_.stop(shutdown_.left())) shutdown_.give_up("a shard does not stop");
    if (admin_) co_await admin_->stop({});
    if (!co_await chronicle_.settled()) log::warn("the store did not take the end of the calls");
    chronicle_.stop(std::min(shutdown_.left() / 2, kLastWebhooks));
    shutdown_.finished();
    io_.stop();
  }

  const Config& config_;
  asio::io_context io_{1};
  std::unique_ptr<store::Store> store_;
  http::KeyStore keys_;
  const videosdk_api::MediaLinks links_;
  Chronicle chronicle_;
  videosdk_api::RoomGate gate_{*store_};
  ShardHost shards_;
  control::Control control_;
  livekit_api::SignalService signalling_;
  livekit_api::RoomService room_service_;
  livekit_api::EgressService egress_service_;
  videosdk_api::RestApi rest_;
  videosdk_api::RoomEvents room_events_;
  videosdk_api::RoomCalls room_calls_;
  videosdk_api::EgressRules egress_rules_;
  Shutdown shutdown_;
  std::unique_ptr<videosdk_api::MediaFiles> media_files_;
  std::unique_ptr<videosdk_api::TemporaryFiles> temporary_files_;
  std::unique_ptr<http::Server> http_, admin_;
  bool ready_ = false;
};

}  // namespace

int run(const Config& config) {
  io::raise_open_files_limit();
  return Node(config).run();
}

}  // namespace plenum::server
