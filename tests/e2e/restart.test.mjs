// The server goes away and comes back on its port: clients find their way back by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepsSeeing, sees } from './lib/expect.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';
import { freePort, needsOwnServer, startServer } from './lib/server.mjs';

const BACK_MS = 45_000;

test(
  'after a crash and a restart both kinds of client are back with their pictures',
  { skip: needsOwnServer },
  async () => {
    const httpPort = await freePort();
    await inScene({ httpPort }, async (scene) => {
      const [a, n] = [await scene.join('chromium', 'a'), await scene.join('native', 'n')];
      await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
      await n.call('publishPattern', { sender: 2, width: 320, height: 180 });
      await sees(a, 'n', 2);
      await sees(n, 'a', 1);

      await scene.server.kill();
      const again = await startServer({ httpPort });
      scene.defer(() => again.stop());
      scene.server = again; // what a failure reports

      await until(
        'both are connected',
        async () => [await a.call('room'), await n.call('room')],
        (rooms) => rooms.every((r) => r.connected && r.participants.length === 1),
        { timeoutMs: BACK_MS },
      );
      await keepsSeeing(a, 'n', 2, { timeoutMs: BACK_MS });
      await keepsSeeing(n, 'a', 1, { timeoutMs: BACK_MS });
    });
  },
);

test('told to stop, the server tells its clients and exits with 0', { skip: needsOwnServer }, () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a');
    await scene.server.stop();

    // Told to come back (it keeps trying) or told that it is over; never left believing it is
    // connected.
    const { state } = await until(
      'a has noticed',
      () => a.call('room'),
      (r) => !r.connected,
      { timeoutMs: 5000 },
    );
    assert.ok(['disconnected', 'reconnecting', 'signalReconnecting'].includes(state), state);
  }),
);
