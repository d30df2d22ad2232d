// The client's address changes under a running call, as when a NAT forgets: the server follows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepsSeeing, sees } from './lib/expect.mjs';
import { inScene } from './lib/scene.mjs';

/**
 * Chromium checks its pair every 2.5 s; the server learns of the new address by such a check. The
 * rest is for pictures to be read on a busy machine; a client that gives up its pair reconnects.
 */
const FOLLOW_MS = 10_000;

test('media continue both ways after the client has got a new source port, without a reconnect', () =>
  inScene({}, async (scene) => {
    const a = await scene.joinThroughLink('a');
    const b = await scene.join('chromium', 'b');
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await b.call('publishPattern', { sender: 2, width: 320, height: 180 });
    await sees(b, 'a', 1);
    await sees(a, 'b', 2);

    for (let round = 0; round < 2; ++round) {
      await a.link.rebind();
      await keepsSeeing(b, 'a', 1, { timeoutMs: FOLLOW_MS });
      await keepsSeeing(a, 'b', 2, { timeoutMs: FOLLOW_MS });
    }
    const names = (await a.call('events')).map((e) => e.name);
    assert.ok(!names.includes('reconnecting'), names.join(' '));
  }));
