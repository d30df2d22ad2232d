// F18: PostgreSQL goes away. Calls go on, REST says so at once, and no row and no webhook is lost or
// doubled, also when the server is killed meanwhile.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { sees } from '../e2e/lib/expect.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer, startServer } from '../e2e/lib/server.mjs';
import { freshRoom } from '../e2e/lib/token.mjs';
import { call } from './lib/rest.mjs';
import { WebhookReceiver } from './lib/webhook_receiver.mjs';

const script = resolve(import.meta.dirname, '../services/postgres');
const REFUSAL_LIMIT_MS = 1000;

/** A PostgreSQL server that can be taken away. */
class Postgres {
  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'plenum-postgres-'));
    chmodSync(this.directory, 0o755);
    this.url = this.run('start').trim();
  }
  run(command) {
    return execFileSync(script, [command, this.directory], { stdio: ['ignore', 'pipe', 'inherit'] }).toString();
  }
  signal(name) {
    for (const pid of this.run('pids').split(/\s+/).filter(Boolean)) process.kill(Number(pid), name);
  }
}

/** Runs `body` with a server on PostgreSQL that tells a receiver of both families. */
async function onPostgres(body) {
  const postgres = new Postgres();
  const dataDir = mkdtempSync(join(tmpdir(), 'plenum-away-'));
  let server;
  const receiver = await WebhookReceiver.start(() => server.httpUrl);
  const options = {
    dataDir,
    flags: [
      ...['--database-url', postgres.url, '--departure-timeout', '0s', '--webhook-allow-private'],
      ...['--webhook-livekit', `${receiver.url}/livekit`, '--webhook-videosdk', `${receiver.url}/videosdk`],
    ],
  };
  try {
    await inScene(options, async (scene) => {
      server = scene.server;
      const restart = async () => {
        receiver.status = 503; // until it can ask for the key of the new server
        server = await startServer(options);
        receiver.status = 200;
        scene.defer(() => server.stop());
        return server;
      };
      await body({ scene, postgres, receiver, restart });
    });
    assert.deepEqual(receiver.faults, []);
  } finally {
    await receiver.close();
    postgres.run('stop');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const metric = async (server, name) => {
  const text = await (await fetch(`${server.httpUrl}/metrics`)).text();
  return Number(text.match(new RegExp(`^${name} (\\d+)$`, 'm'))[1]);
};

async function refusesReads(server, paths) {
  for (const path of paths) {
    const started = performance.now();
    const { status } = await call(server, 'GET', path);
    const took = performance.now() - started;
    assert.equal(status, 503, path);
    assert.ok(took <= REFUSAL_LIMIT_MS, `${path} was refused after ${took.toFixed()} ms`);
  }
}

const sessionsOf = async (server, room) =>
  (await call(server, 'GET', `/v2/sessions?roomId=${room}`)).json.data;

/** The one session of a room, in which each of `names` was once. */
async function theSession(server, room, names) {
  const sessions = await sessionsOf(server, room);
  assert.equal(sessions.length, 1, room);
  const { participants } = sessions[0];
  assert.deepEqual(participants.map((p) => p.participantId).sort(), names);
  for (const p of participants) {
    assert.equal(p.timelog.length, 1, p.participantId);
    assert.ok(p.timelog[0].end, p.participantId);
  }
  return sessions[0];
}

/** Ada joins. Answers the id of the session, once the store has her and the receiver knows. */
async function begins(scene, receiver) {
  await scene.join('native', 'ada');
  const [{ id }] = await until(
    'the session is in the store',
    () => sessionsOf(scene.server, scene.room),
    (sessions) => sessions.length === 1 && sessions[0].participants.length === 1,
    { timeoutMs: 10_000 },
  );
  // To verify a webhook it asks the server for a key, which is in the store.
  await until('the receiver knows', () => receiver.types('videosdk').length, (n) => n === 2);
  return id;
}

/** What came of `types`, as a sorted list. */
const sorted = (types) => [...types].sort();

test('PostgreSQL is away and the server is killed: at its return everything is there, once', { skip: needsOwnServer }, () =>
  onPostgres(async ({ scene, postgres, receiver, restart }) => {
    const { server, room } = scene;
    const id = await begins(scene, receiver);
    postgres.run('halt');

    await refusesReads(server, ['/v2/rooms', `/v2/rooms/${room}`, '/v2/sessions', `/v2/sessions/${id}`]);
    const ben = await scene.join('native', 'ben');
    await ben.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await sees(scene.clients[0], 'ben', 1);
    await ben.close();
    const other = freshRoom('other');
    const cleo = await scene.join('native', 'cleo', { room: other });
    await cleo.close();
    await until(
      'all of it is on disk',
      async () => [
        await metric(server, 'plenum_participants'),
        await metric(server, 'plenum_rooms'),
        (await metric(server, 'plenum_history_waiting')) - (await metric(server, 'plenum_history_spooled')),
        await metric(server, 'plenum_history_spooled'),
      ],
      ([participants, rooms, inMemory, onDisk]) =>
        participants === 1 && rooms === 1 && inMemory === 0 && onDisk === 12,
      { timeoutMs: 30_000 },
    );
    const killed = Date.now();
    await server.kill();
    postgres.run('resume');

    for (const again of [await restart(), undefined]) {
      const now = again ?? (await restart());
      const session = await theSession(now, room, ['ada', 'ben']);
      assert.equal(session.id, id);
      assert.equal(session.status, 'ended');
      const [seen] = session.participants.filter((p) => p.participantId === 'ben');
      assert.equal(seen.events.webcam.length, 1);
      assert.ok(seen.events.webcam[0].end);
      const short = await theSession(now, other, ['cleo']);
      assert.equal(short.status, 'ended');
      assert.ok(Date.parse(short.end) <= killed && Date.parse(session.end) <= killed);
      await until('all webhooks have come', () => receiver.events.length, (n) => n >= 22, {
        timeoutMs: 60_000,
      });
      assert.deepEqual(sorted(receiver.types('videosdk')), [
        ...Array(3).fill('participant-joined'),
        ...Array(3).fill('participant-left'),
        ...Array(2).fill('session-ended'),
        ...Array(2).fill('session-started'),
      ]);
      assert.deepEqual(sorted(receiver.types('livekit')), [
        ...Array(3).fill('participant_joined'),
        ...Array(3).fill('participant_left'),
        ...Array(2).fill('room_finished'),
        ...Array(2).fill('room_started'),
        'track_published',
        'track_unpublished',
      ]);
      if (again) await again.stop();
    }
  }));

test('PostgreSQL answers no more: reads are refused within a second, joins are not', { skip: needsOwnServer }, () =>
  onPostgres(async ({ scene, postgres, receiver }) => {
    const { server, room } = scene;
    const id = await begins(scene, receiver);
    postgres.signal('SIGSTOP');
    try {
      await refusesReads(server, ['/v2/rooms', '/v2/sessions', `/v2/sessions/${id}`, '/v2/rooms']);
      const ben = await scene.join('native', 'ben');
      await ben.close();
      await until('it is on disk', () => metric(server, 'plenum_history_spooled'), (n) => n >= 3);
    } finally {
      postgres.signal('SIGCONT');
    }

    await until('the store has it', () => metric(server, 'plenum_history_waiting'), (n) => n === 0, {
      timeoutMs: 30_000,
    });
    assert.equal(await metric(server, 'plenum_history_spool_bytes'), 0);
    const [session] = await sessionsOf(server, room);
    assert.equal(session.id, id);
    assert.equal(session.status, 'ongoing');
    const left = session.participants.find((p) => p.participantId === 'ben');
    assert.deepEqual([left.timelog.length, Boolean(left.timelog[0].end)], [1, true]);
    await until(
      'the receiver knows',
      () => receiver.types('videosdk'),
      (types) => types.length === 4,
      { timeoutMs: 20_000 },
    );
    assert.equal(receiver.types('videosdk').at(-1), 'participant-left');
  }));
