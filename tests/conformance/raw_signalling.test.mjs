// Frames and encodings that no browser of ours sends but other clients do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { freshRoom, mint } from '../e2e/lib/token.mjs';
import { RawClient, joinRaw, joinRequestBytes, v0Path, v1Path } from './lib/raw_client.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const tokenFor = (identity, room = freshRoom()) =>
  mint({ room, identity, name: 'A Name', metadata: 'm' });

test('join is the first message and carries what SDKs cannot do without', async () => {
  for (const path of [v0Path(await tokenFor('a')), v1Path(await tokenFor('a'))]) {
    const client = await joinRaw(server.wsUrl, path);
    const { join } = client;
    client.close();

    assert.equal(client.messages[0].message.case, 'join');
    assert.match(join.room.sid, /^RM_/);
    assert.match(join.participant.sid, /^PA_/);
    assert.equal(join.participant.identity, 'a');
    assert.equal(join.participant.name, 'A Name');
    assert.equal(join.participant.metadata, 'm');
    assert.ok(join.participant.permission?.canPublish && join.participant.permission.canSubscribe);
    assert.ok(join.participant.version >= 1);
    assert.ok(join.pingInterval > 0 && join.pingTimeout > join.pingInterval);
    assert.match(join.serverInfo?.version ?? '', /^\d+\.\d+\.\d+/);
    assert.ok(join.serverInfo.protocol >= 15);
    assert.ok(join.enabledPublishCodecs.some((c) => c.mime === 'video/VP8'));
    assert.equal(join.subscriberPrimary, path.startsWith('/rtc?'));
  }
});

test('T04: who sends JSON text frames gets JSON text frames', async () => {
  const client = await joinRaw(server.wsUrl, v0Path(await tokenFor('text')), { text: true });
  client.send({ case: 'pingReq', value: { timestamp: 12n, rtt: 0n } });

  const pong = await client.got('pongResp');
  assert.equal(pong.lastPingTimestamp, 12n);
  assert.equal(
    client.frameKinds[client.messages.findIndex((m) => m.message.case === 'pongResp')],
    'text',
  );
  client.send({ case: 'addTrack', value: { cid: 'c1', name: 'mic', type: 0, source: 2 } });
  assert.equal((await client.got('trackPublished')).cid, 'c1');
  client.close();
});

/** Ways in which SDKs write the same bytes. */
const SPELLINGS = {
  'base64url without padding': (b) => encodeURIComponent(b.toString('base64url')),
  'base64url with padding': (b) =>
    encodeURIComponent(b.toString('base64').replaceAll('+', '-').replaceAll('/', '_')),
  'standard base64, escaped': (b) => encodeURIComponent(b.toString('base64')),
  'standard base64 with a bare +': (b) =>
    b.toString('base64').replaceAll('/', '%2F').replaceAll('=', '%3D'),
  'standard base64 with spaces for +': (b) =>
    b.toString('base64').replaceAll('+', '%20').replaceAll('/', '%2F'),
};
for (const [spelling, write] of Object.entries(SPELLINGS)) {
  for (const gzip of [false, true]) {
    test(`T05: a join request in ${spelling}, ${gzip ? 'gzipped' : 'plain'}, is accepted`, async () => {
      // Attributes of all lengths, so that padding of every kind and + and / occur.
      for (const length of [0, 1, 2, 40]) {
        const bytes = joinRequestBytes({
          gzip,
          join: { metadata: '', participantSid: '\u00fb\u00ff\u00fe'.repeat(length) },
        });
        const path = `/rtc/v1?join_request=${write(bytes)}&access_token=${await tokenFor(`s${length}`)}`;
        const client = await joinRaw(server.wsUrl, path);

        assert.equal(client.join.participant.identity, `s${length}`);
        client.close();
      }
    });
  }
}

test('a join request that is broken or too large is a bad request, not a crash', async () => {
  const token = await tokenFor('broken');
  const huge = joinRequestBytes({ gzip: true, join: { metadata: 'x'.repeat(3 << 20) } });
  for (const value of [
    '',
    '!!!',
    'AAAA',
    Buffer.from([8, 1, 18, 3, 1, 2, 3]).toString('base64url'),
    huge.toString('base64url'),
  ]) {
    const { refused } = await RawClient.open(
      server.wsUrl,
      `/rtc/v1?join_request=${value}&access_token=${token}`,
    );

    assert.equal(
      refused?.status,
      400,
      `join_request of ${value.length} characters: ${JSON.stringify(refused)}`,
    );
  }
});

test('ping gets pong and ping_req gets pong_resp with its timestamp', async () => {
  const client = await joinRaw(server.wsUrl, v1Path(await tokenFor('p')));
  client.send({ case: 'ping', value: 5n });
  client.send({ case: 'pingReq', value: { timestamp: 77n, rtt: 3n } });

  assert.ok((await client.got('pong')) > 0n);
  assert.equal((await client.got('pongResp')).lastPingTimestamp, 77n);
  client.close();
});

test('T83: an Android-like client joins by header token with protocol 13 and hears no RequestResponse OK', async () => {
  const room = freshRoom();
  const token = await mint({ room, identity: 'android', grants: { canUpdateOwnMetadata: true } });
  const client = await joinRaw(
    server.wsUrl,
    v0Path(undefined, { protocol: '13', client_protocol: '1', sdk: 'android', os: 'android' }),
    { headers: { authorization: `Bearer ${token}` } },
  );
  client.send({ case: 'updateMetadata', value: { metadata: 'new', requestId: 9 } });

  await client.got('update', (u) =>
    u.participants.some((p) => p.identity === 'android' && p.metadata === 'new'),
  );
  assert.equal(client.join.participant.clientProtocol, 1);
  assert.equal(
    client.find('requestResponse', (r) => r.reason === 0),
    undefined,
  );
  client.close();
});

test('T83: a client of protocol 12 is told by can_reconnect what newer ones read in action', async () => {
  const room = freshRoom();
  const token = await mint({ room, identity: 'old' });
  const first = await joinRaw(server.wsUrl, v0Path(token, { protocol: '12' }));
  const second = await joinRaw(server.wsUrl, v0Path(token));

  const duplicate = await first.got('leave');
  assert.deepEqual([duplicate.action, duplicate.canReconnect, duplicate.reason], [0, false, 2]);
  second.close();
  const unknown = await RawClient.open(
    server.wsUrl,
    v0Path(await tokenFor('ghost'), { protocol: '12', reconnect: '1', sid: 'PA_nobody' }),
  );
  const leave = await unknown.got('leave');
  assert.equal(unknown.messages[0].message.case, 'leave');
  assert.equal(leave.canReconnect, true);
  assert.equal(leave.action, 2);
  await unknown.whenClosed();
});

test('a resume by hand gets reconnect first, then everybody, under the same sid', async () => {
  const room = freshRoom();
  const token = await mint({ room, identity: 'r' });
  const other = await joinRaw(server.wsUrl, v1Path(await mint({ room, identity: 'other' })));
  const first = await joinRaw(server.wsUrl, v1Path(token));
  const { sid } = first.join.participant;
  first.close();
  const second = await RawClient.open(
    server.wsUrl,
    v1Path(token, { join: { reconnect: true, participantSid: sid, reconnectReason: 1 } }),
  );

  await second.got('reconnect');
  assert.equal(second.messages[0].message.case, 'reconnect');
  const update = await second.got('update', (u) => u.participants.length >= 2);
  assert.deepEqual(update.participants.map((p) => p.identity).sort(), ['other', 'r']);
  assert.equal(update.participants.find((p) => p.identity === 'r').sid, sid);
  other.close();
  second.close();
});

test('add_track is answered at once, and refused with the request echoed when publishing is not granted', async () => {
  const publisher = await joinRaw(server.wsUrl, v1Path(await tokenFor('p')));
  publisher.send({
    case: 'addTrack',
    value: { cid: 'camera-1', name: 'cam', type: 1, source: 1, width: 1280, height: 720 },
  });
  const { track } = await publisher.got('trackPublished', (t) => t.cid === 'camera-1');
  const viewer = await joinRaw(
    server.wsUrl,
    v1Path(await mint({ room: freshRoom(), identity: 'v', grants: { canPublish: false } })),
  );
  viewer.send({ case: 'addTrack', value: { cid: 'camera-2', name: 'cam', type: 1, source: 1 } });
  const refusal = await viewer.got('requestResponse');

  assert.match(track.sid, /^TR_/);
  assert.equal(track.width, 1280);
  assert.equal(refusal.reason, 2);
  assert.equal(refusal.request.case, 'addTrack');
  assert.equal(refusal.request.value.cid, 'camera-2');
  publisher.close();
  viewer.close();
});

test('leave removes the participant at once and the others are told', async () => {
  const room = freshRoom();
  const stays = await joinRaw(server.wsUrl, v1Path(await mint({ room, identity: 'stays' })));
  const goes = await joinRaw(server.wsUrl, v1Path(await mint({ room, identity: 'goes' })));
  await stays.got('update', (u) => u.participants.some((p) => p.identity === 'goes'), {
    timeoutMs: 5000,
  });
  goes.send({ case: 'leave', value: { reason: 1 } });

  await stays.got(
    'update',
    (u) => u.participants.some((p) => p.identity === 'goes' && p.state === 3),
    { timeoutMs: 5000 },
  );
  stays.close();
});
