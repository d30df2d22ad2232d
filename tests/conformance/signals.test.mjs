// What the server tells of its own accord: speakers, quality, leave actions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { event, eventCount, hears, keepsSeeing, sees } from '../e2e/lib/expect.mjs';
import { holds, until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';

test('T40: who makes a sound becomes a speaker within a second for all and himself, and stops within two of silence', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishTone', { hz: 500 });
    await hears(b, 'a', 500);
    const speaks = (client) =>
      until(
        `${client.label} sees a speak`,
        () => client.call('room'),
        (r) => r.speakers.includes('a'),
        { timeoutMs: 1500 },
      );
    await Promise.all([speaks(a), speaks(b)]);

    await a.call('setMuted', 'microphone', true);
    await until(
      'silence',
      () => b.call('room'),
      (r) => r.speakers.length === 0,
      { timeoutMs: 2500 },
    );
    await a.call('setMuted', 'microphone', false);
    await speaks(b);
  }));

test('screen sound makes nobody a speaker', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishTone', { hz: 900, source: 'screen_share_audio' });
    await hears(b, 'a', 900, { source: 'screen_share_audio' });

    await holds(
      'no speakers',
      () => b.call('room'),
      (r) => r.speakers.length === 0,
      { forMs: 1500 },
    );
  }));

test('T41: on a good line the quality is never lost or poor', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await sees(b, 'a', 1);

    await event(a, 'quality', (e) => e.identity === 'a' && e.quality === 'excellent', {
      timeoutMs: 15_000,
    });
    const told = (await b.call('events')).filter((e) => e.name === 'quality').map((e) => e.quality);
    assert.ok(!told.includes('lost') && !told.includes('poor'), told.join(' '));
  }));

/** Scenario of simulateScenario, and whether the participant comes back as the same (sid kept). */
const COMES_BACK = [
  ['signal-reconnect', true],
  ['resume-reconnect', false],
  ['full-reconnect', false],
  ['leave-full-reconnect', false],
  ['disconnect-signal-on-resume', true],
  ['force-tcp', false],
  ['migration', undefined],
  ['node-failure', undefined],
];
for (const [scenario, sameSid] of COMES_BACK) {
  test(`T53: after ${scenario} Chromium is back with pictures both ways`, () =>
    inScene({}, async (scene) => {
      const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
      await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
      await b.call('publishPattern', { sender: 2, width: 320, height: 180 });
      await sees(b, 'a', 1);
      await sees(a, 'b', 2);
      const after = await eventCount(a);

      await a.call('simulate', scenario);
      await event(a, 'connectionState', (e) => e.state !== 'connected', {
        after,
        timeoutMs: 10_000,
      });
      await until(
        'a is connected again',
        () => a.call('room'),
        (r) => r.connected && r.participants.length === 1,
        { timeoutMs: 30_000 },
      );
      await keepsSeeing(a, 'b', 2);
      await keepsSeeing(b, 'a', 1);
      const { local } = await a.call('room');
      if (sameSid !== undefined)
        assert.equal(local.sid === a.sid, sameSid, `sid ${a.sid} became ${local.sid}`);
    }));
}

test('T53: server-leave ends the session for good', () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a');
    await a.call('simulate', 'server-leave');

    await event(a, 'disconnected');
    await holds(
      'it stays out',
      () => a.call('room'),
      (r) => !r.connected,
      { forMs: 2000 },
    );
  }));

for (const scenario of ['signal-reconnect', 'full-reconnect', 'disconnect-signal-on-resume']) {
  test(`T53: after ${scenario} the native client is back with pictures both ways`, () =>
    inScene({}, async (scene) => {
      const [n, b] = [await scene.join('native', 'n'), await scene.join('chromium', 'b')];
      await n.call('publishPattern', { sender: 1, width: 320, height: 180 });
      await b.call('publishPattern', { sender: 2, width: 320, height: 180 });
      await sees(b, 'n', 1);
      const after = await eventCount(n);

      await n.call('simulate', scenario);
      await event(n, 'reconnected', undefined, { after, timeoutMs: 30_000 });
      await sees(b, 'n', 1);
      await keepsSeeing(n, 'b', 2);
    }));
}
