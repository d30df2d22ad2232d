// Messages by topic, shared values, and recordings that participants start: calls to the server
// with real clients (docs/api/in-room.md).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { event } from '../e2e/lib/expect.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { ASK, Call, JOIN, MODERATE, ask, done, hears, refused, sees, told } from './lib/in_room.mjs';
import { call } from './lib/rest.mjs';

/** A composing process starts late on a busy machine. */
const SLOWLY = { timeoutMs: 60_000 };

/** The messages of topics that reached a client. */
const heard = async (client) =>
  (await client.call('messages'))
    .filter((m) => m.topic === 'plenum/pubsub')
    .map((m) => JSON.parse(m.text))
    .filter((m) => m.v === 1 && m.type === 'message')
    .map((m) => m.data);
const words = async (client) => (await heard(client)).map((m) => m.message);
const hearsWords = (client, expected) =>
  until(
    `hears ${expected}`,
    () => words(client),
    (got) => JSON.stringify(got) === JSON.stringify(expected),
  );

for (const kind of ['native', 'chromium']) {
  test(`${kind}: messages go to subscribers of their topic, in every mode`, () =>
    Call.in(async (it) => {
      const ada = await it.enter(kind, 'ada', JOIN);
      const ben = await it.enter('native', 'ben', JOIN, { mode: 'RECV_ONLY' });
      const cid = await it.enter('native', 'cid', JOIN, { mode: 'SIGNALLING_ONLY' });
      const dot = await it.enter('native', 'dot', JOIN);
      for (const client of [ada, ben, cid]) {
        const old = await done(client, 'pubsub.subscribe', { topic: 'CHAT' });
        assert.deepEqual(old.messages, []);
        assert.equal(old.isLast, true);
      }
      const sent = await done(ada, 'pubsub.publish', {
        topic: 'CHAT', message: 'one', persist: true, payload: { deep: [1, 'ü'] },
      });
      await done(cid, 'pubsub.publish', { topic: 'CHAT', message: 'two', persist: true });
      await done(ben, 'pubsub.publish', { topic: 'CHAT', message: 'psst', sendOnly: ['cid'], persist: true });
      await done(ben, 'pubsub.publish', { topic: 'CHAT', message: 'three' });
      await hearsWords(ada, ['one', 'two', 'three']);
      await hearsWords(ben, ['one', 'two', 'three']);
      await hearsWords(cid, ['one', 'two', 'psst', 'three']);
      const [first] = await heard(ben);
      assert.equal(first.id, sent.id);
      assert.equal(first.timestamp, sent.timestamp);
      assert.ok(Math.abs(Date.now() - first.timestamp) < 60_000);
      assert.deepEqual(first.payload, { deep: [1, 'ü'] });
      assert.deepEqual([first.senderId, first.senderName, first.topic], ['ada', 'ada name', 'CHAT']);
      assert.deepEqual(await words(dot), []);

      const late = await it.enter('native', 'late', JOIN);
      const old = await done(late, 'pubsub.subscribe', { topic: 'CHAT' });
      assert.deepEqual(old.messages.map((m) => m.message), ['one', 'two']);
      assert.deepEqual(old.messages[0], first);
      const again = await done(cid, 'pubsub.history', { topic: 'CHAT' });
      assert.deepEqual(again.messages.map((m) => m.message), ['one', 'two', 'psst']);
      await done(ada, 'pubsub.unsubscribe', { topic: 'CHAT' });
      await done(late, 'pubsub.publish', { topic: 'CHAT', message: 'four' });
      await hearsWords(late, ['four']);
      await hearsWords(ben, ['one', 'two', 'three', 'four']);
      assert.deepEqual(await words(ada), ['one', 'two', 'three']);
    }));
}

test('old messages come page by page, and a room across shards is one room', () =>
  Call.in(
    async (it) => {
      const ada = await it.enter('native', 'ada', JOIN);
      const ben = await it.enter('native', 'ben', JOIN);
      await done(ben, 'pubsub.subscribe', { topic: 'CHAT' });
      for (let i = 0; i < 12; ++i)
        await done(ada, 'pubsub.publish', { topic: 'CHAT', message: `${i} ${'x'.repeat(4000)}`, persist: true });
      const late = await it.enter('native', 'late', JOIN);
      let page = await done(late, 'pubsub.subscribe', { topic: 'CHAT' });
      const { before } = page;
      const read = [...page.messages];
      while (!page.isLast) {
        page = await done(late, 'pubsub.history', { topic: 'CHAT', after: page.after, before });
        read.push(...page.messages);
      }
      assert.deepEqual(read.map((m) => parseInt(m.message, 10)), [...Array(12).keys()]);
      const live = await until('ben hears all', () => heard(ben), (got) => got.length === 12);
      assert.deepEqual(live, read);
    },
    { shards: 2, flags: ['--placement', 'spread'] },
  ));

test('values are shared, and their observers told', () =>
  Call.in(async (it) => {
    const ada = await it.enter('native', 'ada', JOIN);
    const ben = await it.enter('native', 'ben', JOIN);
    await done(ada, 'store.set', { key: 'slide', value: '1' });
    assert.deepEqual(await done(ben, 'store.observe', { key: 'slide' }), { key: 'slide', value: '1', updatedBy: 'ada' });
    await done(ada, 'store.set', { key: 'slide', value: '2' });
    const change = await hears(ben, 'store.changed');
    assert.deepEqual(change.data, { key: 'slide', value: '2', updatedBy: 'ada' });
    await done(ben, 'store.unobserve', { key: 'slide' });
    await done(ada, 'store.set', { key: 'slide', value: null });
    assert.equal((await done(ben, 'store.get', { key: 'slide' })).value, null);
    assert.equal((await told(ben, 'store.changed')).length, 1);
    assert.equal((await told(ada, 'store.changed')).length, 0);
    await refused(ada, 'store.set', { key: 'slide', value: 'x'.repeat(1025) }, 3072);
  }));

test('hostile calls are refused, and the room goes on', () =>
  Call.in(async (it) => {
    const ada = await it.enter('native', 'ada', JOIN);
    const eve = await it.enter('native', 'eve', ASK);
    for (const [method, number] of [
      ['pubsub.publish', 4087], ['pubsub.subscribe', 4088], ['pubsub.history', 4088],
      ['pubsub.unsubscribe', 4089], ['store.set', 4045], ['store.get', 4046], ['store.observe', 4085],
      ['store.unobserve', 4086], ['egress.start', 4011], ['egress.stop', 4012],
    ]) {
      await refused(eve, method, { topic: 'CHAT', message: 'x', key: 'k', value: 'v', kind: 'recording' }, number);
      const wrong = await ask(ada, method, { topic: {}, key: [], value: 1, message: true, kind: null });
      assert.equal(wrong.code, 1500, JSON.stringify(wrong));
    }
    await new Promise((resolve) => setTimeout(resolve, 1500)); // the rate of calls
    const raw = (payload) => ada.call('rpc', { to: 'plenum', method: 'pubsub.publish', payload });
    for (const payload of ['{', '[]', '"text"', `${'['.repeat(5000)}`, '{"a":'.repeat(9) + '1' + '}'.repeat(9), '\u0000'])
      assert.equal(JSON.parse((await raw(payload)).data).number, 3073, payload);
    const large = { topic: 'CHAT', message: 'x'.repeat(12_289) };
    await refused(ada, 'pubsub.publish', large, 3072);
    await refused(ada, 'pubsub.publish', { topic: 'x'.repeat(129), message: '' }, 4087);
    const flood = await Promise.all(
      Array.from({ length: 80 }, () => ask(ada, 'store.get', { key: 'k' })),
    );
    assert.ok(flood.filter((a) => a.code === 1500 && a.message === 'Too many requests').length > 10);
    assert.ok(flood.filter((a) => a.value).length >= 5);

    const other = await call(it.scene.server, 'POST', '/v2/rooms', { body: {} });
    const here = it.roomId;
    it.roomId = other.json.roomId;
    const far = await it.enter('native', 'far', JOIN);
    it.roomId = here;
    await done(far, 'pubsub.subscribe', { topic: 'CHAT' });
    const ben = await it.enter('native', 'ben', JOIN);
    await done(ben, 'pubsub.subscribe', { topic: 'CHAT' });
    await done(ben, 'pubsub.publish', { topic: 'CHAT', message: 'here', persist: true, sendOnly: ['far', 'ben'] });
    await hearsWords(ben, ['here']);
    assert.deepEqual(await words(far), []);
    assert.deepEqual((await done(far, 'pubsub.history', { topic: 'CHAT' })).messages, []);
  }));

test('a participant starts and stops a recording', { timeout: 150_000 }, () =>
  Call.in(async (it) => {
    const ada = await it.enter('native', 'ada', JOIN);
    await ada.call('publishTone', { hz: 440 });
    await refused(ada, 'egress.stop', { kind: 'recording' }, 4012);
    await refused(ada, 'egress.start', { kind: 'livestream', outputs: [] }, 4015);
    await refused(ada, 'egress.start', { kind: 'recording', config: { theme: 5 } }, 4011);
    await refused(ada, 'egress.start', { kind: 'recording', webhookUrl: 'ftp://example.com/' }, 4011);
    await refused(ada, 'egress.start', { kind: 'track' }, 3073);
    const started = await done(ada, 'egress.start', { kind: 'recording', config: { theme: 'LIGHT' } });
    assert.equal(started.roomId, it.roomId);
    await hears(ada, 'recording.state', (d) => d.status === 'RECORDING_STARTED' && d.id === started.id, SLOWLY);
    assert.equal((await done(ada, 'state.get')).recording.id, started.id);
    await refused(ada, 'egress.start', { kind: 'recording' }, 4011);
    await done(ada, 'egress.stop', { kind: 'recording' });
    await hears(ada, 'recording.state', (d) => d.status === 'RECORDING_STOPPED', SLOWLY);
    const list = await call(it.scene.server, 'GET', `/v2/recordings?roomId=${it.roomId}`);
    assert.deepEqual(list.json.data.map((r) => r.id), [started.id]);
  }));

test('what takes allow_mod is for the server to say', () =>
  Call.in(
    async (it) => {
      const host = await it.enter('native', 'host', MODERATE);
      const ada = await it.enter('native', 'ada', JOIN);
      await sees(host, ['ada']);
      await refused(ada, 'egress.start', { kind: 'hls' }, 4016);
      await refused(host, 'egress.stop', { kind: 'hls' }, 4017);
      await ask(ada, 'meeting.end');
      await until('the host is out', async () => !(await host.call('room')).connected);
    },
    { flags: ['--require-mod', 'egress'] },
  ));

test('a second participant of that id makes the first leave, and says why', () =>
  Call.in(async (it) => {
    const first = await it.enter('native', 'ada', JOIN);
    const second = await it.enter('native', 'ada', JOIN);
    assert.match((await event(first, 'disconnected')).reason, /DUPLICATE_IDENTITY/);
    assert.ok((await second.call('room')).connected);
  }));
