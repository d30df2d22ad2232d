// Layers nobody watches are not sent (livekit-client's `dynacast`), and come back when wanted.
import { test } from 'node:test';
import { sees } from './lib/expect.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';

/** The server waits 4 s before it takes a layer away. */
const DOWN_MS = 5000;
const UP_MS = 2500;
const RAMP_MS = 25_000;

const activeLayers = (client, count, timeoutMs) =>
  until(
    `${client.label} sends ${count} layers`,
    () => client.call('senderStats', 'camera'),
    (layers) => layers.filter((l) => l.active).length === count,
    { timeoutMs },
  );

test('unwanted layers stop within five seconds and return when wanted again', () =>
  inScene({}, async (scene) => {
    const sender = await scene.join('chromium', 's', { roomOptions: { dynacast: true } });
    const b = await scene.join('chromium', 'b');
    await sender.call('publishPattern', {
      sender: 7,
      width: 1280,
      height: 720,
      fps: 15,
      simulcast: true,
    });
    await sees(b, 's', 7);
    await activeLayers(sender, 3, RAMP_MS);

    await b.call('setQuality', 's', 'LOW');
    await activeLayers(sender, 1, DOWN_MS);
    await b.call('setQuality', 's', 'HIGH');
    await activeLayers(sender, 3, UP_MS);
    await b.call('setEnabled', 's', false);
    await activeLayers(sender, 0, DOWN_MS);
    await b.call('setEnabled', 's', true);
    await activeLayers(sender, 3, UP_MS);
    await sees(b, 's', 7);
  }));
