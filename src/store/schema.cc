#include "store/migrations.h"

/// The tables. Integers are 64 bits wide, booleans are 0 or 1, times are milliseconds since 1970
/// UTC unless their name says seconds. Each row that belongs to a tenant carries his API key. Keys
/// that stand only in the configuration have no row in api_keys, hence no foreign key to it.
namespace plenum::store {
namespace {

constexpr const char* kFirst = R"sql(
CREATE TABLE api_keys (
  api_key TEXT PRIMARY KEY,
  secret TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled BIGINT NOT NULL,
  revoked BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  not_before_s BIGINT NOT NULL
);

CREATE TABLE revoked_tokens (
  api_key TEXT NOT NULL,
  jti TEXT NOT NULL,
  expires_at_s BIGINT NOT NULL,
  PRIMARY KEY (api_key, jti)
);
CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_at_s);

CREATE TABLE revoked_participants (
  api_key TEXT NOT NULL,
  room TEXT NOT NULL,
  identity TEXT NOT NULL,
  issued_before_s BIGINT NOT NULL,
  expires_at_s BIGINT NOT NULL,
  PRIMARY KEY (api_key, room, identity)
);
CREATE INDEX revoked_participants_expiry ON revoked_participants (expires_at_s);

CREATE TABLE rooms (
  id TEXT PRIMARY KEY,
  api_key TEXT NOT NULL,
  room_id TEXT NOT NULL,
  custom_room_id TEXT,
  geo_fence TEXT,
  webhook_endpoint TEXT,
  webhook_events TEXT NOT NULL,
  auto_close_type TEXT NOT NULL,
  auto_close_duration_s BIGINT NOT NULL,
  auto_start TEXT,
  multi_composition TEXT NOT NULL,
  allowed_participant_ids TEXT NOT NULL,
  disabled BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  -- Made by a join, not by its owner.
  implicit BIGINT NOT NULL,
  UNIQUE (api_key, custom_room_id),
  UNIQUE (api_key, room_id)
);
CREATE UNIQUE INDEX rooms_made ON rooms (room_id) WHERE implicit = 0;
CREATE INDEX rooms_newest ON rooms (api_key, created_ms, id) WHERE implicit = 0;
CREATE INDEX rooms_implicit ON rooms (created_ms) WHERE implicit = 1;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  api_key TEXT NOT NULL,
  room TEXT NOT NULL REFERENCES rooms (id),
  room_id TEXT NOT NULL,
  livekit_sid TEXT NOT NULL,
  node TEXT NOT NULL,
  started_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  end_reason TEXT,
  last_seen_ms BIGINT NOT NULL
);
CREATE INDEX sessions_newest ON sessions (api_key, started_ms, id, ended_ms);
CREATE INDEX sessions_of_room ON sessions (api_key, room, started_ms, id, ended_ms);
CREATE UNIQUE INDEX sessions_open_of_room ON sessions (room) WHERE ended_ms IS NULL;
CREATE INDEX sessions_open_of_key ON sessions (api_key, started_ms, id, ended_ms)
  WHERE ended_ms IS NULL;
CREATE INDEX sessions_open_of_node ON sessions (node) WHERE ended_ms IS NULL;
CREATE INDEX sessions_ended ON sessions (ended_ms) WHERE ended_ms IS NOT NULL;

CREATE TABLE participants (
  session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  participant_id TEXT NOT NULL,
  api_key TEXT NOT NULL,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,
  device TEXT,
  init_time_s DOUBLE PRECISION,
  joined_ms BIGINT NOT NULL,
  present BIGINT NOT NULL,
  PRIMARY KEY (session, participant_id)
);
CREATE INDEX participants_newest ON participants (session, joined_ms, participant_id, present);

CREATE TABLE stays (
  id {serial},
  session TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  api_key TEXT NOT NULL,
  start_ms BIGINT NOT NULL,
  end_ms BIGINT,
  FOREIGN KEY (session, participant_id)
    REFERENCES participants (session, participant_id) ON DELETE CASCADE
);
CREATE INDEX stays_of_participant ON stays (session, participant_id, id);

CREATE TABLE streams (
  id {serial},
  session TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  api_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  start_ms BIGINT NOT NULL,
  end_ms BIGINT,
  FOREIGN KEY (session, participant_id)
    REFERENCES participants (session, participant_id) ON DELETE CASCADE
);
CREATE INDEX streams_of_participant ON streams (session, participant_id, id);

CREATE TABLE mode_changes (
  id {serial},
  session TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  api_key TEXT NOT NULL,
  mode TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  FOREIGN KEY (session, participant_id)
    REFERENCES participants (session, participant_id) ON DELETE CASCADE
);
CREATE INDEX mode_changes_of_participant ON mode_changes (session, participant_id, id);

CREATE TABLE outbox_events (
  seq {serial},
  event_id TEXT NOT NULL UNIQUE,
  api_key TEXT NOT NULL,
  order_key TEXT NOT NULL,
  type TEXT NOT NULL,
  body {bytes} NOT NULL,
  created_ms BIGINT NOT NULL
);

CREATE TABLE deliveries (
  id {serial},
  event BIGINT NOT NULL REFERENCES outbox_events (seq),
  api_key TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  order_key TEXT NOT NULL,
  family TEXT NOT NULL,
  job TEXT,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  last_status BIGINT,
  last_error TEXT,
  finished_ms BIGINT
);
CREATE INDEX deliveries_of_event ON deliveries (event);
CREATE INDEX deliveries_of_job ON deliveries (api_key, job, id) WHERE job IS NOT NULL;
CREATE INDEX deliveries_waiting ON deliveries (api_key, endpoint, order_key, id)
  WHERE state = 'pending';
CREATE INDEX deliveries_dead ON deliveries (api_key, endpoint, id) WHERE state = 'dead';
CREATE INDEX deliveries_done ON deliveries (finished_ms) WHERE state = 'delivered';

-- One row while something waits for this endpoint under this order key.
CREATE TABLE delivery_queues (
  api_key TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  order_key TEXT NOT NULL,
  next_attempt_ms BIGINT NOT NULL,
  PRIMARY KEY (api_key, endpoint, order_key)
);
CREATE INDEX delivery_queues_due ON delivery_queues (api_key, endpoint, next_attempt_ms);
CREATE INDEX delivery_queues_next ON delivery_queues (next_attempt_ms);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  api_key TEXT NOT NULL,
  room_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  status TEXT NOT NULL,
  config TEXT NOT NULL,
  result TEXT,
  webhook_url TEXT,
  started_ms BIGINT,
  ended_ms BIGINT,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  deleted BIGINT NOT NULL
);
CREATE INDEX jobs_newest ON jobs (api_key, kind, created_ms, id);
CREATE INDEX jobs_of_room ON jobs (api_key, room_id, kind, created_ms, id);
CREATE INDEX jobs_of_session ON jobs (session_id);
CREATE INDEX jobs_open ON jobs (kind, created_ms) WHERE ended_ms IS NULL;

CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY,
  private_pem TEXT NOT NULL,
  public_pem TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  active BIGINT NOT NULL
);

CREATE TABLE idempotency (
  api_key TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  route TEXT NOT NULL,
  status BIGINT NOT NULL,
  body {bytes} NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (api_key, idempotency_key)
);
CREATE INDEX idempotency_age ON idempotency (created_ms);
)sql";

constexpr const char* kRecordedRuns = R"sql(
CREATE TABLE recorded_runs (
  run TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  last BIGINT NOT NULL
);
CREATE INDEX recorded_runs_of_node ON recorded_runs (node);
)sql";

constexpr const char* kParticipantStats = R"sql(
CREATE TABLE participant_stats (
  id {serial},
  session TEXT NOT NULL,
  participant_id TEXT NOT NULL,
  api_key TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  audio_send_lost BIGINT NOT NULL,
  audio_receive_lost BIGINT NOT NULL,
  audio_send_bps DOUBLE PRECISION NOT NULL,
  audio_receive_bps DOUBLE PRECISION NOT NULL,
  audio_rtt_ms DOUBLE PRECISION,
  audio_jitter_ms DOUBLE PRECISION,
  audio_mos DOUBLE PRECISION,
  video_send_lost BIGINT NOT NULL,
  video_receive_lost BIGINT NOT NULL,
  video_send_bps DOUBLE PRECISION NOT NULL,
  video_receive_bps DOUBLE PRECISION NOT NULL,
  video_rtt_ms DOUBLE PRECISION,
  video_jitter_ms DOUBLE PRECISION,
  video_mos DOUBLE PRECISION,
  watched_180_s BIGINT NOT NULL,
  watched_360_s BIGINT NOT NULL,
  watched_720_s BIGINT NOT NULL,
  watched_1080_s BIGINT NOT NULL,
  watched_1440_s BIGINT NOT NULL,
  watched_2160_s BIGINT NOT NULL,
  FOREIGN KEY (session, participant_id)
    REFERENCES participants (session, participant_id) ON DELETE CASCADE
);
CREATE INDEX participant_stats_of_participant ON participant_stats (session, participant_id, id);
)sql";

constexpr const char* kUploads = R"sql(
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  api_key TEXT NOT NULL,
  job TEXT NOT NULL,
  -- Whose disk the files are on.
  node TEXT NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  target TEXT NOT NULL,
  state TEXT NOT NULL,
  claims BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  next_attempt_ms BIGINT NOT NULL,
  error TEXT,
  location TEXT,
  bytes BIGINT,
  -- Still to be deleted once it is uploaded.
  delete_local BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  finished_ms BIGINT
);
CREATE INDEX uploads_waiting ON uploads (node, next_attempt_ms) WHERE state = 'waiting';
CREATE INDEX uploads_running ON uploads (node) WHERE state = 'running';
CREATE INDEX uploads_of_job ON uploads (api_key, job);
CREATE INDEX uploads_local ON uploads (node) WHERE state = 'done' AND delete_local = 1;
CREATE INDEX uploads_finished ON uploads (finished_ms) WHERE finished_ms IS NOT NULL;

-- What is known of single files: those that are done, and multipart uploads that were begun.
CREATE TABLE upload_files (
  upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  multipart TEXT,
  part_bytes BIGINT NOT NULL,
  done BIGINT NOT NULL,
  PRIMARY KEY (upload, name)
);
)sql";

constexpr Migration kMigrations[] = {{.version = 1, .sql = kFirst},
                                     {.version = 2, .sql = kRecordedRuns},
                                     {.version = 3, .sql = kParticipantStats},
                                     {.version = 4, .sql = kUploads}};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace plenum::store
