// T91: whatever bytes come over the signal connection, the process lives and others do not notice.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { freshRoom, mint } from '../e2e/lib/token.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { joinRaw, v0Path, v1Path } from './lib/raw_client.mjs';
import { SignalRequest } from '@livekit/protocol';

let server;
let witness;
before(async () => {
  server = await startServer();
  witness = await joinRaw(
    server.wsUrl,
    v1Path(await mint({ room: freshRoom(), identity: 'witness' })),
  );
});
after(async () => {
  witness.close();
  await server.stop();
});

let pings = 0n;
/** The server lives, and a connection that has done nothing wrong still works. */
async function unharmed() {
  assert.ok(server.running, `the server has ended:\n${server.log()}`);
  const stamp = ++pings;
  witness.send({ case: 'pingReq', value: { timestamp: stamp, rtt: 0n } });
  await witness.got('pongResp', (p) => p.lastPingTimestamp === stamp, { timeoutMs: 3000 });
}
const attacker = async (path = v1Path) =>
  joinRaw(server.wsUrl, path(await mint({ room: freshRoom(), identity: 'attacker' })));
const settled = (client) =>
  until('it answers or closes', () => client.closed ?? client.find('pong'), Boolean, {
    timeoutMs: 5000,
  });

/** Small deterministic generator, so that a failing case can be repeated. */
function* numbers(seed) {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state >>> 8;
  }
}

test('truncated, extended and random frames are ignored or end only their own connection', async () => {
  const random = numbers(7);
  const valid = new SignalRequest({
    message: { case: 'addTrack', value: { cid: 'c', name: 'n', type: 1 } },
  }).toBinary();
  const frames = [];
  for (let length = 0; length < valid.length; ++length) frames.push(valid.slice(0, length));
  for (let i = 0; i < 100; ++i)
    frames.push(
      Uint8Array.from(
        { length: 1 + (random.next().value % 300) },
        () => random.next().value & 0xff,
      ),
    );
  for (let i = 0; i < frames.length; i += 25) {
    const client = await attacker();
    for (const frame of frames.slice(i, i + 25))
      if (!client.closed) client.sendRaw(frame, { binary: true });
    if (!client.closed) client.send({ case: 'ping', value: 1n });
    await settled(client);
    client.close();
  }

  await unharmed();
});

test('unknown and empty oneofs are ignored: the connection goes on', async () => {
  const client = await attacker();
  client.sendRaw(new Uint8Array(0), { binary: true });
  client.sendRaw(Uint8Array.from([0xba, 0x3e, 0x02, 0x08, 0x01]), { binary: true }); // field 999
  client.send({ case: 'ping', value: 1n });

  await client.got('pong');
  client.close();
});

test('a frame of three mebibytes ends the connection, not the server', async () => {
  const client = await attacker();
  client.sendRaw(Buffer.alloc(3 << 20, 1), { binary: true });

  await client.whenClosed();
  await unharmed();
});

test('nonsense for SDP, candidates, sids and JSON does no harm', async () => {
  const sdp =
    'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n';
  const requests = [
    ...['', 'nonsense', sdp, `${sdp}a=rtpmap:`, sdp.repeat(2000), 'm=\r\n'.repeat(5000)].map(
      (text) => ({ case: 'offer', value: { type: 'offer', sdp: text, id: 1 } }),
    ),
    { case: 'answer', value: { type: 'answer', sdp: 'nonsense', id: 99 } },
    { case: 'offer', value: { type: 'rollback', sdp: '' } },
    ...[
      '',
      '{',
      '{}',
      '{"candidate":5}',
      '{"candidate":"candidate:x"}',
      '[]',
      'null',
      `{"candidate":"${'a'.repeat(90000)}"}`,
    ].map((text) => ({ case: 'trickle', value: { candidateInit: text, target: 0 } })),
    { case: 'mute', value: { sid: 'TR_none', muted: true } },
    {
      case: 'subscription',
      value: {
        trackSids: ['TR_none', ''],
        subscribe: true,
        participantTracks: [{ participantSid: 'PA_none', trackSids: ['x'] }],
      },
    },
    {
      case: 'trackSetting',
      value: { trackSids: ['TR_none'], width: 4294967295, height: 4294967295, fps: 4294967295 },
    },
    {
      case: 'subscriptionPermission',
      value: { trackPermissions: [{ participantSid: 'PA_none' }] },
    },
    { case: 'syncState', value: { publishTracks: [{ cid: 'c', track: { sid: 'TR_none' } }] } },
    { case: 'updateLayers', value: { trackSid: 'TR_none' } },
    {
      case: 'addTrack',
      value: { cid: 'x', type: 1, sid: 'TR_none', layers: Array(500).fill({ quality: 2 }) },
    },
  ];
  for (const path of [v0Path, v1Path]) {
    for (const request of requests) {
      const client = await attacker(path);
      client.send(request);
      client.send({ case: 'ping', value: 1n });
      await settled(client);
      client.close();
    }
  }

  await unharmed();
});

test('a thousand add_track requests meet a limit', async () => {
  const client = await attacker();
  for (let i = 0; i < 1000 && !client.closed; ++i) {
    client.send({ case: 'addTrack', value: { cid: `c${i}`, name: `t${i}`, type: 1, source: 1 } });
  }

  await until(
    'it says LIMIT_EXCEEDED or closes',
    () => client.closed ?? client.find('requestResponse', (r) => r.reason === 3),
  );
  await unharmed();
  client.close();
});

test('connections that open and vanish leave the server as it was', async () => {
  for (let i = 0; i < 50; ++i) (await attacker(i % 2 ? v0Path : v1Path)).close();

  await unharmed();
});
