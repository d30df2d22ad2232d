// Without UDP a call still works, over ICE-TCP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hears, sees } from './lib/expect.mjs';
import { inScene } from './lib/scene.mjs';
import { needsOwnServer } from './lib/server.mjs';

async function callBetween(a, b) {
  await a.call('publishPattern', { sender: 1, width: 640, height: 360 });
  await b.call('publishPattern', { sender: 2, width: 640, height: 360 });
  await a.call('publishTone', { hz: 620 });
  await sees(b, a.identity, 1);
  await sees(a, b.identity, 2);
  await hears(b, a.identity, 620);
}

const usesTcp = async (client) => {
  const pairs = await client.call('selectedPairs');
  assert.ok(pairs.length > 0 && pairs.every((p) => p.protocol === 'tcp'), JSON.stringify(pairs));
};

test('Chromium that sees no UDP candidate of the server talks over TCP', () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a', {
      before: (page) => page.call('setRoute', { tcpOnly: true }),
    });
    const b = await scene.join('chromium', 'b');

    await callBetween(a, b);
    await usesTcp(a);
  }));

test(
  'a server without UDP serves Chromium and the native client over TCP',
  { skip: needsOwnServer },
  () =>
    inScene({ flags: ['--no-udp'] }, async (scene) => {
      const [a, n] = [await scene.join('chromium', 'a'), await scene.join('native', 'n')];

      await callBetween(a, n);
      await usesTcp(a);
    }),
);
