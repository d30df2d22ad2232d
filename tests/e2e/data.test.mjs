// Data between participants: complete, in order, from the right sender, once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './lib/poll.mjs';
import { fingerprint, seededBytes } from './lib/payload.mjs';
import { inScene } from './lib/scene.mjs';

const KINDS = ['chromium', 'chromium', 'native'];
const joinAll = async (scene) => {
  const clients = [];
  for (const [i, kind] of KINDS.entries()) clients.push(await scene.join(kind, `${kind}-${i}`));
  await until(
    'everybody knows everybody',
    async () =>
      (await Promise.all(clients.map((c) => c.call('room')))).map((r) => r.participants.length),
    (counts) => counts.every((n) => n === KINDS.length - 1),
  );
  return clients;
};
const from = async (client, identity, topic) =>
  (await client.call('messages'))
    .filter((m) => m.from === identity && m.topic === topic)
    .map((m) => m.print);
const prints = (seed, count, size) =>
  Array.from({ length: count }, (_, i) => fingerprint(seededBytes(seed + i, size)));

test('a mebibyte from each of three clients reaches both others completely and in order', () =>
  inScene({}, async (scene) => {
    const clients = await joinAll(scene);
    const [count, size] = [70, 15_000];
    await Promise.all(
      clients.map((c, i) => c.call('sendData', { seed: 1000 * i, size, count, topic: 'bulk' })),
    );

    for (const [i, sender] of clients.entries()) {
      for (const other of clients.filter((c) => c !== sender)) {
        const got = await until(
          `${other.label} has all of ${sender.label}`,
          () => from(other, sender.identity, 'bulk'),
          (list) => list.length >= count,
          { timeoutMs: 30_000 },
        );
        assert.deepEqual(got, prints(1000 * i, count, size), `${other.label} from ${sender.label}`);
      }
    }
    for (const c of clients)
      assert.deepEqual(await from(c, c.identity, 'bulk'), [], 'nobody hears himself');
  }));

test('packets of 60 000 bytes pass', () =>
  inScene({}, async (scene) => {
    const [a, b, n] = await joinAll(scene);
    await a.call('sendData', { seed: 5, size: 60_000, count: 4, topic: 'big' });

    for (const other of [b, n]) {
      await until(
        `${other.label} has four`,
        () => from(other, a.identity, 'big'),
        (l) => l.length === 4,
      );
      assert.deepEqual(await from(other, a.identity, 'big'), prints(5, 4, 60_000));
    }
  }));

test('lossy packets arrive, each at most once', () =>
  inScene({}, async (scene) => {
    const [a, b, n] = await joinAll(scene);
    await a.call('sendData', {
      seed: 0,
      size: 200,
      count: 100,
      reliable: false,
      topic: 'lossy',
      everyMs: 5,
    });

    for (const other of [b, n]) {
      const got = await until(
        `${other.label} has most`,
        () => from(other, a.identity, 'lossy'),
        (l) => l.length >= 90,
      );
      assert.equal(new Set(got).size, got.length, 'a lossy packet came twice');
    }
  }));

test('data for one participant reaches only that one', () =>
  inScene({}, async (scene) => {
    const [a, b, n] = await joinAll(scene);
    await a.call('sendData', { seed: 1, topic: 'private', to: [n.identity] });
    await a.call('sendData', { seed: 2, topic: 'public' });

    await until(
      'both have the public one',
      async () => [await from(b, a.identity, 'public'), await from(n, a.identity, 'public')],
      (lists) => lists.every((l) => l.length === 1),
    );
    assert.equal((await from(n, a.identity, 'private')).length, 1);
    assert.equal((await from(b, a.identity, 'private')).length, 0);
  }));

test('RPC answers between every kind of client, with long payloads and errors passed on', () =>
  inScene({}, async (scene) => {
    const clients = await joinAll(scene);
    for (const c of clients) await c.call('answerRpc', 'echo');
    const long = 'plenum '.repeat(2000);

    for (const caller of clients) {
      for (const callee of clients.filter((c) => c !== caller)) {
        const say = (payload, method = 'echo') =>
          caller.call('rpc', { to: callee.identity, method, payload });
        assert.deepEqual(await say('hello'), { value: `${caller.identity}: hello` });
        assert.equal((await say(long)).value?.length, caller.identity.length + 2 + long.length);
        assert.equal((await say('fail')).code, 101);
        assert.equal((await say('x', 'unknown')).code, 1400);
      }
    }
    assert.ok(
      (await clients[0].call('rpc', { to: 'nobody', method: 'echo', payload: '', timeoutMs: 9000 }))
        .code >= 1401,
    );
  }));

test('text and byte streams arrive whole', () =>
  inScene({}, async (scene) => {
    const clients = await joinAll(scene);
    const [a, b, n] = clients;
    for (const c of clients) await c.call('readStreams', 'stream');
    const text = 'Straße, 道, 🚀. '.repeat(5000);
    const size = 1_000_000;
    await a.call('sendText', text, 'stream');
    await a.call('sendBytes', { seed: 77, size, topic: 'stream' });
    await n.call('sendBytes', { seed: 78, size, topic: 'stream' });

    const has = (client, kind, identity, print) =>
      until(
        `${client.label} has the ${kind} of ${identity}`,
        () => client.call('streams'),
        (list) => list.some((s) => s.kind === kind && s.from === identity && s.print === print),
        { timeoutMs: 30_000 },
      );
    for (const other of [b, n]) {
      await has(other, 'text', a.identity, fingerprint(new TextEncoder().encode(text)));
      await has(other, 'bytes', a.identity, fingerprint(seededBytes(77, size)));
    }
    for (const other of [a, b])
      await has(other, 'bytes', n.identity, fingerprint(seededBytes(78, size)));
  }));
