// A subscriber that asks for a quality gets the picture of that size, soon.
import { test } from 'node:test';
import { keepsSeeing, sees } from './lib/expect.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';

const SWITCH_MS = 2000;
const RAMP_MS = 25_000;
/** Layers that livekit-client makes of 1280x720: full, half, quarter. */
const HEIGHTS = { HIGH: 720, MEDIUM: 360, LOW: 180 };

const has = (client, identity, height, timeoutMs) =>
  until(
    `${client.label} gets ${height} lines of ${identity}`,
    () => client.call('watch', identity),
    (w) => w?.height === height,
    { timeoutMs, everyMs: 50 },
  );

async function publishThreeLayers(client, sender) {
  await client.call('publishPattern', {
    sender,
    width: 1280,
    height: 720,
    fps: 15,
    simulcast: true,
    maxBitrate: 1_700_000,
  });
  await until(
    `${client.label} sends three layers`,
    () => client.call('senderStats', 'camera'),
    (layers) => layers.filter((l) => l.framesPerSecond > 0).length === 3,
    { timeoutMs: RAMP_MS },
  );
}

test('LOW, MEDIUM and HIGH give that layer within two seconds', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await publishThreeLayers(a, 4);
    await sees(b, 'a', 4);
    await has(b, 'a', HEIGHTS.HIGH, RAMP_MS);

    for (const quality of ['LOW', 'HIGH', 'MEDIUM', 'LOW', 'MEDIUM', 'HIGH']) {
      await b.call('setQuality', 'a', quality);
      await has(b, 'a', HEIGHTS[quality], SWITCH_MS);
      await keepsSeeing(b, 'a', 4);
    }
  }));

test('two subscribers watch different layers of one camera at the same time', () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a');
    const [b, c] = [await scene.join('chromium', 'b'), await scene.join('chromium', 'c')];
    await publishThreeLayers(a, 5);
    await b.call('setQuality', 'a', 'LOW');
    await c.call('setQuality', 'a', 'HIGH');

    await has(b, 'a', HEIGHTS.LOW, SWITCH_MS);
    await has(c, 'a', HEIGHTS.HIGH, RAMP_MS);
    await Promise.all([keepsSeeing(b, 'a', 5), keepsSeeing(c, 'a', 5)]);
  }));

test('the native client decodes a simulcast camera', () =>
  inScene({}, async (scene) => {
    const [a, n] = [await scene.join('chromium', 'a'), await scene.join('native', 'n')];
    await publishThreeLayers(a, 6);

    await sees(n, 'a', 6);
  }));
