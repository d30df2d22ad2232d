// Who comes late sees and hears everybody at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sees } from './lib/expect.mjs';
import { median, timed, until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';
import { mint } from './lib/token.mjs';

const JOINS = Number(process.env.PLENUM_JOINS ?? 20);
const MEDIAN_MS = 1000;

test(`a late joiner has every picture within a second of being connected (median of ${JOINS})`, () =>
  inScene({}, async (scene) => {
    const publishers = [
      await scene.join('chromium', 'p1'),
      await scene.join('native', 'p2'),
      await scene.join('native', 'p3'),
    ];
    for (const [i, p] of publishers.entries()) {
      await p.call('publishPattern', {
        sender: i + 1,
        width: 320,
        height: 180,
        fps: 15,
        maxBitrate: 300_000,
      });
      await p.call('publishTone', { hz: 500 + 200 * i });
    }
    const late = await scene.chromium('late');
    await sees(publishers[0], 'p2', 2);
    const times = [];
    for (let i = 0; i < JOINS; ++i) {
      const token = await mint({ room: scene.room, identity: `late-${i}` });
      const joined = await late.call('connect', late.url, token);
      assert.ok(!joined.failed, JSON.stringify(joined));
      const { ms } = await timed(async () => {
        await until(
          'a frame of each and all six tracks',
          async () => {
            const pictures = await Promise.all(
              ['p1', 'p2', 'p3'].map((p) => late.call('watch', p)),
            );
            const { participants } = await late.call('room');
            return {
              frames: pictures.map((w) => w?.valid ?? 0),
              tracks: participants.flatMap((p) => p.tracks.filter((t) => t.subscribed)).length,
            };
          },
          ({ frames, tracks }) => frames.every((f) => f > 0) && tracks === 6,
          { everyMs: 20, timeoutMs: 10_000 },
        );
      });
      times.push(Math.round(ms));
      await late.call('disconnect');
    }

    const middle = median(times);
    console.log(`late joiner: median ${middle} ms of ${times.join(' ')}`);
    assert.ok(middle <= MEDIAN_MS, `median ${middle} ms: ${times.join(' ')}`);
  }));

test('two late joiners of different kinds get all tracks of a room that was there before', () =>
  inScene({}, async (scene) => {
    const publisher = await scene.join('chromium', 'p');
    await publisher.call('publishPattern', { sender: 8, width: 320, height: 180 });

    for (const kind of ['native', 'chromium']) await sees(await scene.join(kind, kind), 'p', 8);
  }));
