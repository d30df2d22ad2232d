import assert from 'node:assert/strict';
import { SignalProxy } from '../lib/signal_proxy.mjs';
import { mint } from '../lib/token.mjs';

/** A connection that is lost and comes back: state, guards, messages that came meanwhile. */
export async function reconnecting(stage) {
  await stage.room();
  const proxy = await SignalProxy.start(stage.server.httpUrl);
  try {
    const ada = await stage.joins('ada', { micEnabled: true });
    const ben = await stage.joins('ben', { signalingBaseUrl: proxy.url });
    await ben.run(async (m) => {
      window.got = [];
      window.values = [];
      await m.pubSub.subscribe('CHAT', (message) => window.got.push(message.message));
      await m.realtimeStore.observe('slide', (value) => window.values.push(value));
    });
    await ada.run((m) => m.pubSub.publish('CHAT', 'before', { persist: true }));
    await ben.until('gets it', () => window.got.length === 1);
    proxy.refuse(true);
    proxy.cut();
    await ben.hears('meeting-state-changed', (s) => s.state === 'RECONNECTING');
    assert.equal(await ben.refused((m) => m.unmuteMic()), 3065);
    assert.equal(await ben.refused((m) => m.pubSub.publish('CHAT', 'x')), 3065);
    await ada.run((m) =>
      m.participants
        .get('ben')
        .pin('CAM')
        .catch(() => undefined),
    );
    await ada.run((m) => m.pubSub.publish('CHAT', 'meanwhile', { persist: true }));
    proxy.refuse(false);
    await ben.until(
      'is back',
      (m) =>
        m.said.filter((e) => e.name === 'meeting-state-changed').at(-1).args[0].state ===
        'CONNECTED',
    );
    await ben.until(
      'gets what came meanwhile, once',
      () => window.got.join() === 'before,meanwhile',
    );
    await ada.run((m) => m.realtimeStore.setValue('slide', '2'));
    await ada.run((m) => m.pubSub.publish('CHAT', 'after'));
    await ben.until(
      'hears on',
      () => window.got.join() === 'before,meanwhile,after' && window.values.join() === '2',
    );
    assert.deepEqual(await ben.run((m) => [...m.participants.keys()]), ['ada']);
  } finally {
    await proxy.close();
  }
}

/** Media that the server cannot see into. */
export async function encryption(stage) {
  await stage.room();
  const people = [];
  for (const [name, key] of [
    ['ada', 'one'],
    ['ben', 'one'],
    ['spy', 'two'],
  ]) {
    const person = await stage.person(name);
    await person.page.evaluate(async (k) => {
      const { ExternalE2EEKeyProvider } = window.Plenum;
      const provider = new ExternalE2EEKeyProvider({ worker: '/e2ee.worker.js' });
      await provider.setSharedKey(k);
      window.VideoSDK.setKeyProvider(provider);
    }, key);
    await person.init({ token: stage.token(), webcamEnabled: name === 'ada' });
    await person.run((m) => m.join());
    people.push(person);
  }
  const [ada, ben, spy] = people;
  assert.equal(await ada.run((m) => m.isE2EEEnabled), true);
  await ada.hears('e2ee-state-change', (c) => c.state === 'encrypted');
  await ben.hears('e2ee-state-change', (c) => c.state === 'decrypted');
  const shows = (person) =>
    person.page.evaluate(async () => {
      const video = Object.assign(document.createElement('video'), { muted: true });
      while (!window.meeting.participants.get('ada')?.stream('video'))
        await new Promise((d) => setTimeout(d, 50));
      video.srcObject = new MediaStream([
        window.meeting.participants.get('ada').stream('video').track,
      ]);
      video.play().catch(() => undefined);
      for (let i = 0; i < 30 && !(video.currentTime > 0.2); ++i)
        await new Promise((d) => setTimeout(d, 100));
      return video.videoWidth > 0 && video.currentTime > 0.2;
    });
  assert.equal(await shows(ben), true);
  assert.equal(await shows(spy), false);
  await ben.run((m) => m.realtimeStore.setValue('still', 'works'));
}

/** A token of LiveKit's kind: calls to the server work as far as it is Plenum. */
export async function liveKitToken(stage) {
  const room = await stage.room();
  const token = await mint({ room, identity: 'lk', name: 'Lk' });
  const lk = await stage.person('lk');
  await lk.init({ token, signalingBaseUrl: stage.server.wsUrl });
  await lk.run((m) => m.join());
  const ada = await stage.joins('ada');
  await lk.hears('participant-joined', (p) => p.participant === 'ada');
  await lk.run((m) => m.unmuteMic());
  await ada.hears('stream-enabled', (s, by) => s.stream === 'audio' && by === 'lk');
  assert.equal(await lk.run((m) => m.localParticipant.id), 'lk');
  await ada.run((m) => m.leave());
  await lk.hears('participant-left');
}
