// Losing the signal connection loses nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { event, eventCount, keepsSeeing, knows, sees } from './lib/expect.mjs';
import { fingerprint, seededBytes } from './lib/payload.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';

/** Twenty frames a second; a loaded machine adds some. */
const ALLOWED_GAP_MS = 250;

async function biggestGap(client, identity, during) {
  await client.call('resetWatch', identity);
  await during();
  return (await client.call('watch', identity)).maxGapMs;
}

const someFrames = (client, identity, frames) =>
  until(
    `${frames} more frames`,
    () => client.call('watch', identity),
    (w) => w.frames >= frames,
    { timeoutMs: 30_000 },
  );

for (const kind of ['chromium', 'native']) {
  test(`${kind}: a cut signal connection is resumed with the same sid and without a gap in the media`, () =>
    inScene({}, async (scene) => {
      const a = await scene.joinThroughProxy(kind, 'a');
      const b = await scene.join('chromium', 'b');
      await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
      await b.call('publishPattern', { sender: 2, width: 320, height: 180 });
      await sees(a, 'b', 2);
      await sees(b, 'a', 1);
      const normal = await biggestGap(b, 'a', () => someFrames(b, 'a', 60));
      const before = await eventCount(b);

      await a.call('resetWatch', 'b');
      const gap = await biggestGap(b, 'a', async () => {
        const asked = a.proxy.requests;
        a.proxy.cut();
        await until(
          'it has asked for a new signal connection',
          () => a.proxy.requests,
          (requests) => requests > asked,
        );
        await someFrames(b, 'a', 80);
      });
      await until(
        'it says it is connected',
        () => a.call('room'),
        (r) => r.connected,
      );

      assert.ok(
        gap <= Math.max(ALLOWED_GAP_MS, 2 * normal),
        `gap ${gap} ms at b, ${normal} ms before`,
      );
      const { local } = await a.call('room');
      assert.equal(local.sid, a.sid, 'the participant is the same');
      const { maxGapMs } = await a.call('watch', 'b');
      assert.ok(maxGapMs <= Math.max(ALLOWED_GAP_MS, 2 * normal), `gap ${maxGapMs} ms at a`);
      const left = (await b.call('events'))
        .slice(before)
        .filter((e) => e.name === 'participantDisconnected');
      assert.deepEqual(left, [], 'nobody saw it leave');
    }));

  test(`${kind}: data sent across a resume is neither lost nor doubled nor reordered`, () =>
    inScene({}, async (scene) => {
      const a = await scene.joinThroughProxy(kind, 'a');
      const b = await scene.joinThroughProxy('chromium', 'b');
      // Data go another way than news of participants: who is not known yet sends without a name.
      await Promise.all([knows(a, 'b'), knows(b, 'a')]);
      const count = 150;
      const sending = Promise.all(
        [a, b].map((c, i) =>
          c.call('sendData', { seed: 1000 * i, size: 500, count, everyMs: 30, topic: 'across' }),
        ),
      );
      for (const client of [a, b]) {
        await until(
          'some have passed',
          () => b.call('messages'),
          (m) => m.length >= 20,
        );
        client.proxy.cut();
      }
      await sending;

      for (const [client, identity, seed] of [
        [a, 'b', 1000],
        [b, 'a', 0],
      ]) {
        const got = await until(
          `${client.label} has all`,
          async () =>
            (await client.call('messages')).filter((m) => m.from === identity).map((m) => m.print),
          (list) => list.length >= count,
          { timeoutMs: 20_000 },
        );
        assert.deepEqual(
          got,
          Array.from({ length: count }, (_, i) => fingerprint(seededBytes(seed + i, 500))),
        );
      }
    }));
}

for (const kind of ['chromium', 'native']) {
  test(`${kind}: a signal connection that is dead without being closed is noticed and resumed`, () =>
    inScene({}, async (scene) => {
      const a = await scene.joinThroughProxy(kind, 'a');
      const b = await scene.join('chromium', 'b');
      await b.call('publishPattern', { sender: 2, width: 320, height: 180 });
      await sees(a, 'b', 2);

      a.proxy.stall(true);
      await until(
        'it tries anew',
        () => a.call('events'),
        (events) => events.some((e) => ['reconnecting', 'signalReconnecting'].includes(e.name)),
        { timeoutMs: 30_000 },
      );
      a.proxy.stall(false);
      a.proxy.cut();

      await until(
        'it is connected',
        () => a.call('room'),
        (r) => r.connected,
        { timeoutMs: 20_000 },
      );
      await keepsSeeing(a, 'b', 2);
    }));
}

test('what happened while the signal connection was down is learnt on resume', () =>
  inScene({}, async (scene) => {
    const a = await scene.joinThroughProxy('chromium', 'a');
    const leaver = await scene.join('native', 'leaver');
    await event(a, 'participantConnected', (e) => e.identity === 'leaver');
    a.proxy.refuse(true);
    a.proxy.cut();
    await leaver.call('disconnect');
    const comer = await scene.join('chromium', 'comer');
    await comer.call('publishPattern', { sender: 5, width: 320, height: 180 });
    a.proxy.refuse(false);

    await until(
      'a knows comer and not leaver',
      () => a.call('room'),
      (r) => r.participants.map((p) => p.identity).join() === 'comer',
      { timeoutMs: 20_000 },
    );
    await sees(a, 'comer', 5);
  }));

test('a path that is dark for eight seconds comes back, with pictures both ways', () =>
  inScene({}, async (scene) => {
    const a = await scene.joinThroughLink('a');
    const b = await scene.join('chromium', 'b');
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await b.call('publishPattern', { sender: 2, width: 320, height: 180 });
    await sees(a, 'b', 2);
    await sees(b, 'a', 1);

    await a.link.blackhole(true);
    await until(
      'b has had no frame for eight seconds',
      () => b.call('watch', 'a'),
      (w) => !w || w.lastFrameAgeMs > 8000,
      { timeoutMs: 15_000 },
    );
    await a.link.blackhole(false);

    await keepsSeeing(a, 'b', 2, { timeoutMs: 20_000 });
    await keepsSeeing(b, 'a', 1, { timeoutMs: 20_000 });
  }));
