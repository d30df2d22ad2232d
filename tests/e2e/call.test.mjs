// A call as it is meant: two Chromiums, a Firefox and a native client; each sees and hears each of
// the others.
import { test } from 'node:test';
import { hears, keepsSeeing, sees } from './lib/expect.mjs';
import { NetworkNamespace } from './lib/netns.mjs';
import { external } from './lib/server.mjs';
import { inScene } from './lib/scene.mjs';

const firefoxMissing =
  NetworkNamespace.unavailable ||
  (external && 'the running server does not listen in our namespace');

async function everybodySeesAndHearsEverybody(scene, kinds) {
  const people = [];
  for (const [i, kind] of kinds.entries()) {
    const client = await scene.join(kind, `${kind}-${i}`);
    people.push({ client, sender: i + 1, hz: 500 + 250 * i });
  }
  await Promise.all(
    people.map(async ({ client, sender, hz }) => {
      await client.call('publishPattern', {
        sender,
        width: 320,
        height: 180,
        fps: 15,
        maxBitrate: 400_000,
      });
      await client.call('publishTone', { hz });
    }),
  );

  for (const a of people) {
    for (const b of people.filter((p) => p !== a)) {
      await sees(a.client, b.client.identity, b.sender);
      await hears(a.client, b.client.identity, b.hz);
    }
  }
  // Not only at the start: the same holds after everything has settled.
  for (const a of people) {
    for (const b of people.filter((p) => p !== a))
      await keepsSeeing(a.client, b.client.identity, b.sender);
  }
}

test('two Chromium clients see and hear each other', () =>
  inScene({}, (scene) => everybodySeesAndHearsEverybody(scene, ['chromium', 'chromium'])));

test('two native clients see and hear each other', () =>
  inScene({}, (scene) => everybodySeesAndHearsEverybody(scene, ['native', 'native'])));

test('Chromium and Firefox see and hear each other', { skip: firefoxMissing }, () =>
  inScene({ firefox: true }, (scene) =>
    everybodySeesAndHearsEverybody(scene, ['chromium', 'firefox']),
  ),
);

test(
  'two Chromium clients, a Firefox and a native client all see and hear each other',
  { skip: firefoxMissing },
  () =>
    inScene({ firefox: true }, (scene) =>
      everybodySeesAndHearsEverybody(scene, ['chromium', 'chromium', 'firefox', 'native']),
    ),
);
