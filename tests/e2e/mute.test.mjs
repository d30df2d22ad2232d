// Muting is seen, heard, and undone.
import { test } from 'node:test';
import { event, hears, hearsSilence, keepsSeeing, knows, sees } from './lib/expect.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';

const trackOf = (participant, source) => participant?.tracks.find((t) => t.source === source);

test('a muted microphone is silent and shown as muted; unmuted it is heard again', () =>
  inScene({}, async (scene) => {
    const [a, b, n] = [
      await scene.join('chromium', 'a'),
      await scene.join('chromium', 'b'),
      await scene.join('native', 'n'),
    ];
    await a.call('publishTone', { hz: 740 });
    for (const other of [b, n]) await hears(other, 'a', 740);

    for (let round = 0; round < 2; ++round) {
      await a.call('setMuted', 'microphone', true);
      for (const other of [b, n]) {
        await knows(other, 'a', (p) => trackOf(p, 'microphone')?.muted === true, {
          timeoutMs: 5000,
        });
        await hearsSilence(other, 'a');
      }
      await a.call('setMuted', 'microphone', false);
      for (const other of [b, n]) {
        await knows(other, 'a', (p) => trackOf(p, 'microphone')?.muted === false, {
          timeoutMs: 5000,
        });
        await hears(other, 'a', 740);
      }
    }
  }));

test('a muted camera stands still; unmuted it moves again', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishPattern', { sender: 3, width: 320, height: 180 });
    await sees(b, 'a', 3);

    await a.call('setMuted', 'camera', true);
    await event(b, 'trackMuted', (e) => e.source === 'camera');
    await until(
      'no frame for a second',
      () => b.call('watch', 'a'),
      (w) => !w || w.lastFrameAgeMs > 1000,
    );
    await a.call('setMuted', 'camera', false);
    await event(b, 'trackUnmuted', (e) => e.source === 'camera');
    await keepsSeeing(b, 'a', 3);
  }));

test('a camera published muted is listed at once and shows when unmuted', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishPattern', { sender: 4, width: 320, height: 180, muted: true });
    await knows(b, 'a', (p) => trackOf(p, 'camera')?.muted === true, { timeoutMs: 5000 });

    await a.call('setMuted', 'camera', false);
    await sees(b, 'a', 4);
  }));

test('publishing and unpublishing many times leaves no trace', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];

    for (let round = 1; round <= 8; ++round) {
      await a.call('publishPattern', { sender: round, width: 320, height: 180 });
      await sees(b, 'a', round, { frames: 2 });
      await a.call('unpublish', 'camera');
      await knows(b, 'a', (p) => p.tracks.length === 0);
    }
  }));
