// What remains of a call: sessions by REST, webhooks of both families, and what a crash leaves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { AccessToken } from 'livekit-server-sdk';
import { event, sees } from '../e2e/lib/expect.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { binary, needsOwnServer, startServer } from '../e2e/lib/server.mjs';
import { forge, mint } from '../e2e/lib/token.mjs';
import { call, nowSeconds, OTHER_KEY, OTHER_SECRET, TWO_KEYS } from './lib/rest.mjs';
import { WebhookReceiver } from './lib/webhook_receiver.mjs';

/** Runs `body` with a server that tells a receiver of both families. */
async function withReceiver(body, options = {}) {
  let server;
  const receiver = await WebhookReceiver.start(() => server.httpUrl);
  const flags = ['--webhook-livekit', `${receiver.url}/livekit`, '--webhook-allow-private'];
  try {
    await inScene({ ...options, flags }, async (scene) => {
      server = scene.server;
      await body(scene, receiver, (again) => (server = again));
    });
    assert.deepEqual(receiver.faults, []);
  } finally {
    await receiver.close();
  }
}

const makeRoom = async (server, body = {}) =>
  (await call(server, 'POST', '/v2/rooms', { body })).json;

test('a call leaves its session, its people, their streams and its webhooks', { skip: needsOwnServer }, () =>
  withReceiver(async (scene, receiver) => {
    const { server } = scene;
    const room = await makeRoom(server, {
      customRoomId: scene.room,
      webhook: { endPoint: `${receiver.url}/room`, events: ['session-*', 'participant-*'] },
    });
    const [a, b] = [
      await scene.join('native', 'ada', { room: room.roomId }),
      await scene.join('native', 'ben', { room: room.roomId }),
    ];
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await sees(b, 'ada', 1);

    const listed = await until(
      'the session is listed with both',
      async () => (await call(server, 'GET', `/v2/sessions?roomId=${room.roomId}`)).json.data,
      (sessions) => sessions.length === 1 && sessions[0].participants.length === 2,
      { timeoutMs: 5000 },
    );
    const { id } = listed[0];
    assert.equal(listed[0].status, 'ongoing');
    assert.equal(listed[0].customRoomId, scene.room);
    const ada = await until(
      "ada's camera is on",
      async () => (await call(server, 'GET', `/v2/sessions/${id}/participants/ada`)).json,
      (p) => p.events.webcam.length === 1 && p.initTime !== null,
      { timeoutMs: 5000 },
    );
    assert.equal(ada.name, 'ada name');
    assert.equal(ada.mode, 'SEND_AND_RECV');
    assert.equal(ada.events.webcam[0].end, null);

    const removed = await call(server, 'POST', '/v2/sessions/participants/remove', {
      body: { roomId: room.roomId, participantId: 'ben' },
    });
    assert.equal(removed.status, 200);
    await event(b, 'disconnected');
    const active = await call(server, 'GET', `/v2/sessions/${id}/participants/active`);
    assert.deepEqual(active.json.data[0].participants.map((p) => p.participantId), ['ada']);

    const ended = await call(server, 'POST', '/v2/sessions/end', { body: { roomId: room.roomId } });
    assert.equal(ended.json.status, 'ended');
    assert.ok(Date.parse(ended.json.end) >= Date.parse(ended.json.start));
    await event(a, 'disconnected');
    const after = (await call(server, 'GET', `/v2/sessions/${id}`)).json;
    for (const p of after.participants) {
      assert.equal(p.timelog.length, 1);
      assert.ok(p.timelog[0].end, `${p.participantId} is still there`);
    }
    assert.ok(after.participants.find((p) => p.participantId === 'ada').events.webcam[0].end);

    await until(
      'all webhooks have come',
      () => receiver.types('videosdk').length + receiver.types('livekit').length,
      (n) => n >= 14,
      { timeoutMs: 10_000 },
    );
    assert.deepEqual(receiver.types('videosdk'), [
      'session-started',
      'participant-joined',
      'participant-joined',
      'participant-left',
      'participant-left',
      'session-ended',
    ]);
    const told = receiver.types('livekit');
    assert.deepEqual([told[0], told.at(-1)], ['room_started', 'room_finished']);
    for (const [type, count] of [
      ['participant_joined', 2],
      ['track_published', 1],
      ['track_unpublished', 1],
      ['participant_left', 2],
    ])
      assert.equal(told.filter((t) => t === type).length, count, `${type} of ${told}`);
    const data = receiver.events.filter((e) => e.family === 'videosdk').map((e) => e.data);
    assert.ok(data.every((d) => d.meetingId === room.roomId && d.sessionId === id));
    assert.deepEqual(data.map((d) => d.reason?.code).filter(Boolean), [1010, 1009]);
  }));

// Its rows are tried on PostgreSQL by the store's own tests.
const twice = process.env.PLENUM_DATABASE_URL && 'takes its time, and was seen on SQLite';
test('what was measured of a call is kept: loss, delay, rates and sizes', { skip: needsOwnServer || twice }, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const room = await makeRoom(server);
    const ada = await scene.join('native', 'ada', { room: room.roomId });
    const ben = await scene.join('chromium', 'ben', { room: room.roomId });
    await ada.call('publishPattern', { sender: 1, width: 640, height: 360 });
    await ada.call('publishTone', { hz: 440 });
    await sees(ben, 'ada', 1);
    await delay(12_000); // two reports of the shard
    const { id } = (await call(server, 'GET', `/v2/sessions?roomId=${room.roomId}`)).json.data[0];
    for (const participantId of ['ada', 'ben'])
      await call(server, 'POST', '/v2/sessions/participants/remove', {
        body: { roomId: room.roomId, participantId },
      });

    const of = async (who) =>
      (await call(server, 'GET', `/v2/sessions/${id}/participant/${who}/stats`)).json;
    const [sender, watcher] = [await of('ada'), await of('ben')];
    assert.equal(sender.stats.length, 1, JSON.stringify(sender));
    const [sent] = sender.stats;
    assert.ok(sent.averageSendVideoBitrate > 50_000, JSON.stringify(sent));
    assert.ok(sent.averageSendAudioBitrate > 8_000, JSON.stringify(sent));
    assert.equal(sent.averageRecvVideoBitrate, 0);
    assert.equal(sender.sdkInfo.sdkName, 'node');
    const [received] = watcher.stats;
    assert.ok(received.averageRecvVideoBitrate > 50_000, JSON.stringify(received));
    assert.ok(received.averageRecvAudioBitrate > 8_000, JSON.stringify(received));
    assert.equal(received.averageSendVideoBitrate, 0);
    assert.ok(received.averageVideoRtt > 0 && received.averageVideoRtt < 1000);
    for (const [who, sample] of [['ada', sent], ['ben', received]])
      for (const kind of ['audio', 'video'])
        assert.ok(sample.qualityScore[kind] > 3, `${who}: ${JSON.stringify(sample)}`);
    assert.equal(watcher.participantName, 'ben name');
    assert.equal(watcher.sdkInfo.sdkName, 'js');
    assert.match(watcher.deviceInfo.deviceName, /Chrom/);
    assert.ok(watcher.resolutionUsage[0]['360'] >= 5, JSON.stringify(watcher.resolutionUsage));
    const all = (await call(server, 'GET', `/v2/sessions/${id}/stats`)).json;
    assert.equal(all.sessionId, id);
    assert.ok(all.stats.length >= 1 && all.stats[0].averageSendVideoBitrate > 0, JSON.stringify(all));
    const person = (await call(server, 'GET', `/v2/sessions/${id}/participants/ben`)).json;
    assert.equal(person.deviceInfo.browserUserAgent.os.name, 'Linux');
  }));

test('a crash loses no history: the session is closed at the restart and told of', { skip: needsOwnServer }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'plenum-history-'));
  try {
    await withReceiver(
      async (scene, receiver, restarted) => {
        const room = await makeRoom(scene.server, {
          webhook: { endPoint: `${receiver.url}/room`, events: ['*'] },
        });
        receiver.status = 503; // nothing gets through before the crash
        await scene.join('native', 'ada', { room: room.roomId });
        await until(
          'the session is in the store',
          async () => (await call(scene.server, 'GET', `/v2/sessions?roomId=${room.roomId}`)).json.data,
          (sessions) => sessions.length === 1 && sessions[0].participants.length === 1,
          { timeoutMs: 5000 },
        );
        await scene.server.kill();
        const again = await startServer({
          dataDir,
          flags: ['--webhook-livekit', `${receiver.url}/livekit`, '--webhook-allow-private'],
        });
        scene.defer(() => again.stop());
        restarted(again);
        receiver.status = 200;

        const [session] = (await call(again, 'GET', `/v2/sessions?roomId=${room.roomId}`)).json.data;
        assert.equal(session.status, 'ended');
        assert.ok(session.participants[0].timelog[0].end);
        await until(
          'both families are told to the end',
          () => [receiver.types('videosdk').at(-1), receiver.types('livekit').at(-1)],
          ([videosdk, livekit]) => videosdk === 'session-ended' && livekit === 'room_finished',
          { timeoutMs: 60_000 },
        );
        assert.deepEqual(receiver.types('videosdk'), [
          'session-started',
          'participant-joined',
          'participant-left',
          'session-ended',
        ]);
      },
      { dataDir },
    );
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('a session ends when its time is over, and the room with it if asked', { skip: needsOwnServer }, () =>
  withReceiver(async (scene, receiver) => {
    const room = await makeRoom(scene.server, {
      webhook: { endPoint: `${receiver.url}/room`, events: ['session-ended', 'participant-left'] },
      autoCloseConfig: { type: 'session-end-and-deactivate', duration: 2, durationUnit: 'seconds' },
    });
    const ada = await scene.join('native', 'ada', { room: room.roomId });
    await event(ada, 'disconnected', undefined, { timeoutMs: 12_000 });

    const [session] = (await call(scene.server, 'GET', `/v2/sessions?roomId=${room.roomId}`)).json.data;
    assert.equal(session.status, 'ended');
    assert.equal((await call(scene.server, 'GET', `/v2/rooms/${room.roomId}`)).json.disabled, true);
    await until(
      'it is told of, once',
      () => receiver.types('videosdk'),
      (types) => types.join() === 'participant-left,session-ended',
      { timeoutMs: 5000 },
    );
  }));

test('a webhook that was given up is listed, and sent again when asked', { skip: needsOwnServer }, () =>
  withReceiver(async (scene, receiver) => {
    receiver.status = 410; // "Gone": given up at once
    const room = await makeRoom(scene.server, {
      webhook: { endPoint: `${receiver.url}/room`, events: ['session-started'] },
    });
    await scene.join('native', 'ada', { room: room.roomId });
    const path = '/v2/plenum/webhooks/dead-letters';
    const [letter] = await until(
      'it is given up',
      async () =>
        (await call(scene.server, 'GET', path)).json.data.filter((d) => d.type === 'session-started'),
      (letters) => letters.length === 1,
      { timeoutMs: 10_000 },
    );
    assert.equal(letter.lastStatus, 410);
    receiver.status = 200;
    const again = await call(scene.server, 'POST', `${path}/replay`, { body: { id: letter.id } });
    assert.deepEqual([again.status, again.json], [200, { replayed: 1 }]);
    await until(
      'it arrives',
      () => receiver.events,
      (events) => events.some((e) => e.id === letter.eventId),
      { timeoutMs: 5000 },
    );
    assert.equal((await call(scene.server, 'POST', `${path}/replay`, { body: { id: letter.id } })).status, 404);
  }));

const validate = async (server, token) => {
  const response = await fetch(`${server.httpUrl}/rtc/validate?access_token=${token}`);
  return { status: response.status, text: await response.text() };
};

test('keys come and go while the server runs, on every entry', { skip: needsOwnServer }, async () => {
  const server = await startServer();
  try {
    const run = (...args) => execFileSync(binary(), ['key', ...args, '--data-dir', server.dataDir]).toString();
    const secret = 'a third secret that has thirty-two bytes';
    const tokenOf = () => {
      const token = new AccessToken('thirdkey', secret, { identity: 'ada' });
      token.addGrant({ roomJoin: true, room: 'r', roomList: true });
      return token.toJwt();
    };
    const entries = async () => {
      const token = await tokenOf();
      const rest = await call(server, 'GET', '/v2/rooms', { token });
      const twirp = await call(server, 'POST', '/twirp/livekit.RoomService/ListRooms', {
        body: {},
        token: `Bearer ${token}`,
      });
      return [(await validate(server, token)).status, rest.status, twirp.status];
    };
    assert.deepEqual(await entries(), [401, 401, 401]);
    run('add', 'thirdkey', '--secret', secret);
    await until('the key is taken over', entries, (s) => s.every((x) => x === 200), { timeoutMs: 8000 });
    const early = await tokenOf();
    const named = forge(
      { iss: 'thirdkey', sub: 'ben', jti: 'one', exp: nowSeconds() + 600, video: { roomJoin: true, room: 'r' } },
      { secret },
    );
    assert.equal((await validate(server, named)).status, 200);
    run('revoke-token', named);
    await new Promise((done) => setTimeout(done, 1100)); // times in tokens are whole seconds
    run('revoke-tokens', 'thirdkey');
    await until(
      'old tokens are refused',
      async () => [(await validate(server, early)).status, (await validate(server, named)).text],
      ([status, text]) => status === 401 && text === 'token has been revoked',
      { timeoutMs: 8000 },
    );
    assert.deepEqual(await entries(), [200, 200, 200]);
    run('revoke', 'thirdkey');
    await until('it is gone', entries, (s) => s.every((x) => x === 401), { timeoutMs: 8000 });
  } finally {
    await server.stop();
  }
});

test('a room that was made by REST keeps its rules for who comes by LiveKit', { skip: needsOwnServer }, async () => {
  const server = await startServer(TWO_KEYS);
  try {
    const room = await makeRoom(server, { allowedParticipantIds: ['ada'] });
    const join = async (identity, options) =>
      validate(server, await mint({ room: room.roomId, identity, ...options }));
    assert.equal((await join('ada')).status, 200);
    assert.equal((await join('eve')).status, 403);
    const foreign = new AccessToken(OTHER_KEY, OTHER_SECRET, { identity: 'ada' });
    foreign.addGrant({ roomJoin: true, room: room.roomId });
    assert.equal((await validate(server, await foreign.toJwt())).status, 404);

    await call(server, 'POST', '/v2/rooms/deactivate', { body: { roomId: room.roomId } });
    assert.equal((await join('ada')).status, 403);
  } finally {
    await server.stop();
  }
});
