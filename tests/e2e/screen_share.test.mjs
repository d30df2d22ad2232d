// A shared screen has a picture and a sound of its own beside camera and microphone.
import { test } from 'node:test';
import { event, hears, knows, sees } from './lib/expect.mjs';
import { inScene } from './lib/scene.mjs';

test('screen and its sound arrive beside camera and microphone, and go without them', () =>
  inScene({}, async (scene) => {
    const [a, b, n] = [
      await scene.join('chromium', 'a'),
      await scene.join('chromium', 'b'),
      await scene.join('native', 'n'),
    ];
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await a.call('publishTone', { hz: 500 });
    await a.call('publishPattern', {
      sender: 2,
      width: 960,
      height: 540,
      fps: 10,
      source: 'screen_share',
    });
    await a.call('publishTone', { hz: 1250, source: 'screen_share_audio' });

    for (const other of [b, n]) {
      await sees(other, 'a', 1);
      await sees(other, 'a', 2, { source: 'screen_share' });
      await hears(other, 'a', 500);
      await hears(other, 'a', 1250, { source: 'screen_share_audio' });
    }

    await a.call('unpublish', 'screen_share');
    await event(b, 'trackUnpublished', (e) => e.source === 'screen_share');
    await knows(b, 'a', (p) => !p.tracks.some((t) => t.source === 'screen_share'));
    await sees(b, 'a', 1);
    await hears(b, 'a', 500);
  }));
