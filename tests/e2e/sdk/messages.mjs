import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** `send`, messages by topic, shared values, files: in all modes, and for those who come late. */
export async function messages(stage) {
  await stage.room();
  const ada = await stage.joins('ada');
  const ben = await stage.joins('ben', { mode: 'SIGNALLING_ONLY' });
  const eve = await stage.joins('eve', { mode: 'RECV_ONLY' });
  await ada.until('all are there', (m) => m.participants.size === 2);

  assert.equal(await ada.run((m) => m.send('hello')), true);
  const got = (await ben.hears('data')).args[0];
  assert.deepEqual(
    { ...got, timestamp: 0 },
    { payload: 'hello', from: 'ada', timestamp: 0, reliability: 'reliable' },
  );
  assert.ok(Math.abs(got.timestamp - Date.now()) < 60_000);
  await ada.run((m) => m.send(new Uint8Array([0, 255, 7]), { reliability: 'UNRELIABLE' }));
  const bytes = (await eve.hears('data', (d) => d.reliability === 'unreliable')).args[0];
  assert.deepEqual([...bytes.payload], [0, 255, 7]);
  assert.equal(await ada.refused((m) => m.send('x'.repeat(15 * 1024 + 1))), 3072);
  assert.equal(await ada.refused((m) => m.send({ an: 'object' })), 3073);

  const listen = (person, topic, options) =>
    person.page.evaluate(
      ([t, o]) => {
        window.got = [];
        window.old = [];
        window.dropped = 0;
        window.listeners = {
          onMessageReceived: (message) => window.got.push(message),
          onOldMessagesReceived: (all, page) => window.old.push([all, page]),
          onMessageDrop: ({ droppedCount }) => (window.dropped += droppedCount),
        };
        return window.meeting.pubSub.subscribe(t, window.listeners, o);
      },
      [topic, options],
    );
  await listen(ada, 'CHAT');
  await listen(ben, 'CHAT');
  const sent = await eve.run((m) =>
    m.pubSub.publish('CHAT', 'one', { persist: true }, { mood: 'good' }),
  );
  const heard = await ben.until('gets one', () => window.got[0]);
  assert.deepEqual(heard, {
    id: sent.id,
    message: 'one',
    senderId: 'eve',
    senderName: 'eve name',
    timestamp: sent.timestamp,
    topic: 'CHAT',
    payload: { mood: 'good' },
  });
  await ada.run((m) => m.pubSub.publish('CHAT', 'two', { persist: true }));
  await ada.until('gets her own', () => window.got.length === 2);
  await ada.run((m) => m.pubSub.publish('CHAT', 'for ben', { sendOnly: ['ben'] }));
  await ben.until('gets what is his', () => window.got.at(-1).message === 'for ben');
  assert.equal(await ada.run(() => window.got.length), 2);
  await ada.run((m) => m.pubSub.publish('OTHER', 'nobody listens'));
  assert.equal(await ada.refused((m) => m.pubSub.publish('', 'x')), 3073);
  assert.equal(await ada.refused((m) => m.pubSub.publish('CHAT', { not: 'text' })), 3073);
  assert.equal(await ada.refused((m) => m.pubSub.publish('CHAT', 'x'.repeat(13_000))), 3072);

  const late = await stage.joins('late');
  const old = await listen(late, 'CHAT');
  assert.deepEqual(
    old.map((m) => m.message),
    ['one', 'two'],
  );
  const told = await late.run(() => window.old);
  assert.deepEqual(told, [[old, { isLast: true }]]);
  await listen(late, 'CHAT', { oldMessageLimit: 1 });
  assert.deepEqual(await late.run(() => window.old[0][0].map((m) => m.message)), ['two']);
  assert.deepEqual(await listen(late, 'CHAT', { oldMessageLimit: 0 }), []);
  const plain = await late.run(async (m) => {
    window.plain = [];
    window.callback = (message) => window.plain.push(message.message);
    return (await m.pubSub.subscribe('CHAT', window.callback)).length;
  });
  assert.equal(plain, 2);
  await late.run((m) => m.pubSub.unsubscribe('CHAT', window.listeners));
  await ben.run((m) => m.pubSub.unsubscribe('CHAT'));
  const counts = await ben.run(() => window.got.length);
  await ada.run((m) => m.pubSub.publish('CHAT', 'three'));
  await late.until('the callback is called', () => window.plain.at(-1) === 'three');
  assert.equal(await ben.run(() => window.got.length), counts);

  await listen(eve, 'FLOOD', { realtimeOverflow: 'drop', newMessageLimit: 2, maxQueue: 2 });
  await ada.run(async (m) => {
    for (let i = 0; i < 12; ++i) await m.pubSub.publish('FLOOD', `${i}`);
  });
  await eve.until('too many are dropped', () => window.dropped > 0);
  assert.equal(await eve.refused((m) => m.pubSub.subscribe('X', {}, { maxQueue: 900 })), 3073);

  await sleep(1500); // a participant may call the server ten times a second in the long run
  await ben.run(async (m) => {
    window.values = [];
    window.observer = await m.realtimeStore.observe('slide', (value, by) =>
      window.values.push([value, by]),
    );
  });
  await ada.run((m) => m.realtimeStore.setValue('slide', '7'));
  assert.deepEqual(await ben.until('sees the change', () => window.values[0]), ['7', 'ada']);
  assert.equal(await late.run((m) => m.realtimeStore.getValue('slide')), '7');
  assert.equal(await late.run((m) => m.realtimeStore.getValue('nothing')), null);
  await ada.run((m) => m.realtimeStore.setValue('slide', null));
  assert.deepEqual(await ben.until('sees it go', () => window.values[1]), [null, 'ada']);
  await ben.run((m) => m.realtimeStore.stopObserving(window.observer));
  await ada.run((m) => m.realtimeStore.setValue('slide', '8'));
  assert.equal(await ada.refused((m) => m.realtimeStore.setValue('slide', 'x'.repeat(1025))), 3072);
  assert.equal(await ben.refused((m) => m.realtimeStore.stopObserving('who?')), 3073);
  assert.equal(await ben.run(() => window.values.length), 2);

  const token = stage.token(undefined, { roles: undefined });
  const base64Data = Buffer.from('a picture').toString('base64');
  const url = await ada.run((m, file) => m.uploadBase64File(file), {
    base64Data,
    token,
    fileName: 'a.txt',
  });
  assert.equal(await ben.run((m, file) => m.fetchBase64File(file), { url, token }), base64Data);
  assert.equal(
    await ada.refused((m, file) => m.uploadBase64File(file), {
      base64Data: '?',
      token,
      fileName: 'a',
    }),
    3073,
  );
  assert.ok(
    (await ben.refused((m, file) => m.fetchBase64File(file), { url: `${url}x`, token })) >= 3074,
  );
}
