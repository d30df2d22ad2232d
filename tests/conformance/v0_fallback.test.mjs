// T02: a server that has no /rtc/v1 is joined by the older path, with two peer connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hears, sees } from '../e2e/lib/expect.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';

test('--no-v1 answers /rtc/v1 with 404 that JS may read', { skip: needsOwnServer }, () =>
  inScene({ flags: ['--no-v1'] }, async (scene) => {
    for (const path of ['/rtc/v1', '/rtc/v1/validate']) {
      const response = await fetch(scene.server.httpUrl + path, {
        headers: { origin: 'https://example.org' },
      });

      assert.equal(response.status, 404);
      assert.ok(response.headers.get('access-control-allow-origin'));
      assert.doesNotMatch(await response.text(), /requested room does not exist/);
    }
  }),
);

test(
  'Chromium and the native client fall back to v0 and see and hear each other',
  { skip: needsOwnServer },
  () =>
    inScene({ flags: ['--no-v1'] }, async (scene) => {
      const [a, b, n] = [
        await scene.join('chromium', 'a'),
        await scene.join('chromium', 'b'),
        await scene.join('native', 'n'),
      ];
      const people = [
        [a, 1, 500],
        [b, 2, 750],
        [n, 3, 1000],
      ];
      for (const [client, sender, hz] of people) {
        await client.call('publishPattern', { sender, width: 320, height: 180 });
        await client.call('publishTone', { hz });
      }

      for (const [client] of people) {
        for (const [other, sender, hz] of people.filter(([c]) => c !== client)) {
          await sees(client, other.identity, sender);
          await hears(client, other.identity, hz);
        }
      }
    }),
);

test('a v0 client and a v1 client share a room', { skip: needsOwnServer }, () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a', { roomOptions: { singlePeerConnection: false } });
    const b = await scene.join('chromium', 'b');
    await a.call('publishPattern', { sender: 4, width: 320, height: 180 });
    await b.call('publishPattern', { sender: 5, width: 320, height: 180 });

    await sees(b, 'a', 4);
    await sees(a, 'b', 5);
  }),
);
