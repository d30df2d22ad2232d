// What participants know of each other: names, metadata, attributes, hidden ones, duplicates,
// permissions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrackSource } from 'livekit-server-sdk';
import { event, hears, keepsSeeing, knows, remoteOf, sees } from '../e2e/lib/expect.mjs';
import { holds, timed, until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { claimsOf } from '../e2e/lib/token.mjs';

const mayUpdate = { grants: { canUpdateOwnMetadata: true } };

test('name, metadata and attributes of the token are what others see', () =>
  inScene({}, async (scene) => {
    const b = await scene.join('chromium', 'b');
    await scene.join('native', 'n', {
      tokenOptions: { metadata: 'meta', attributes: { colour: 'red' } },
    });

    const seen = await knows(b, 'n', (p) => p?.metadata === 'meta');
    assert.equal(seen.name, 'n name');
    assert.deepEqual(seen.attributes, { colour: 'red' });
  }));

test('with the grant, changes of metadata, name and attributes reach oneself and the others within a second', () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a', mayUpdate);
    const [b, n] = [await scene.join('chromium', 'b'), await scene.join('native', 'n')];
    for (const [method, value] of [
      ['setMetadata', 'new'],
      ['setName', 'Renamed'],
      ['setAttributes', { mood: 'calm', gone: 'x' }],
    ]) {
      const { ms, value: refused } = await timed(() => a.call(method, value));
      assert.equal(refused ?? null, null, `${method}: ${JSON.stringify(refused)}`);
      assert.ok(ms < 1000, `${method} took ${Math.round(ms)} ms`);
    }
    await a.call('setAttributes', { gone: '' });

    for (const other of [b, n]) {
      await knows(
        other,
        'a',
        (p) =>
          p.metadata === 'new' &&
          p.name === 'Renamed' &&
          p.attributes.mood === 'calm' &&
          !p.attributes.gone,
      );
    }
  }));

test('without the grant changes are refused and change nothing', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];

    for (const [method, value] of [
      ['setMetadata', 'new'],
      ['setName', 'Renamed'],
      ['setAttributes', { mood: 'calm' }],
    ]) {
      assert.ok(await a.call(method, value), `${method} was not refused`);
    }
    const { name, metadata, attributes } = await remoteOf(b, 'a');
    assert.deepEqual([name, metadata ?? '', attributes], ['a name', '', {}]);
  }));

test('T23: a hidden participant is not listed, not announced, and sees and hears', () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a');
    const ghost = await scene.join('chromium', 'ghost', { grants: { hidden: true } });
    const late = await scene.join('native', 'late');
    await a.call('publishPattern', { sender: 6, width: 320, height: 180 });
    await a.call('publishTone', { hz: 640 });

    await sees(ghost, 'a', 6);
    await hears(ghost, 'a', 640);
    assert.equal((await ghost.call('room')).participants.length, 2);
    for (const other of [a, late]) {
      await holds(
        `${other.label} does not know of the ghost`,
        () => other.call('room'),
        (r) => r.participants.every((p) => p.identity !== 'ghost'),
        { forMs: 1500 },
      );
    }
    await ghost.call('disconnect');
    assert.ok(!(await a.call('events')).some((e) => e.identity === 'ghost'));
  }));

for (const kind of ['chromium', 'native']) {
  test(`T54: ${kind}: a second join with the same identity throws out the first, once`, () =>
    inScene({}, async (scene) => {
      const watcher = await scene.join('chromium', 'watcher');
      const first = await scene.join(kind, 'twin');
      await knows(watcher, 'twin');
      const second = await scene.join(kind, 'twin');
      await second.call('publishPattern', { sender: 2, width: 320, height: 180 });

      const left = await event(first, 'disconnected');
      assert.match(left.reason, /DUPLICATE_IDENTITY/);
      await sees(watcher, 'twin', 2);
      assert.equal((await remoteOf(watcher, 'twin')).sid, second.sid);
      await holds(
        'the second stays',
        () => second.call('room'),
        (r) => r.connected,
        { forMs: 2000 },
      );
    }));
}

test('T22: a publisher withdraws and returns the permission to subscribe', () =>
  inScene({}, async (scene) => {
    const [a, b, c] = [
      await scene.join('chromium', 'a'),
      await scene.join('chromium', 'b'),
      await scene.join('chromium', 'c'),
    ];
    await a.call('publishPattern', { sender: 3, width: 320, height: 180 });
    await Promise.all([sees(b, 'a', 3), sees(c, 'a', 3)]);

    await a.call('setSubscriptionPermissions', false, [
      { participantIdentity: 'b', allowAll: true },
    ]);
    await event(c, 'subscriptionPermission', (e) => e.status === 'not_allowed');
    await until(
      'c gets no picture',
      () => c.call('watch', 'a'),
      (w) => !w || w.lastFrameAgeMs > 1000,
    );
    await keepsSeeing(b, 'a', 3);

    await a.call('setSubscriptionPermissions', true, []);
    await sees(c, 'a', 3);
  }));

test('T21: without autoSubscribe nothing is sent until asked for, and unsubscribing ends it', () =>
  inScene({}, async (scene) => {
    const a = await scene.join('chromium', 'a');
    await a.call('publishPattern', { sender: 7, width: 320, height: 180 });
    const b = await scene.join('chromium', 'b', { connect: { autoSubscribe: false } });
    await knows(b, 'a', (p) => p?.tracks.length === 1);
    await holds(
      'no picture',
      () => b.call('watch', 'a'),
      (w) => !w,
      { forMs: 1000 },
    );

    await b.call('setSubscribed', 'a', true);
    await sees(b, 'a', 7);
    await b.call('setSubscribed', 'a', false);
    await event(b, 'trackUnsubscribed');
    await b.call('setSubscribed', 'a', true);
    await sees(b, 'a', 7);
  }));

test('grants limit what may be published, heard and said', () =>
  inScene({}, async (scene) => {
    const full = await scene.join('chromium', 'full');
    const viewer = await scene.join('chromium', 'viewer', {
      grants: { canPublish: false, canPublishData: false },
    });
    const deaf = await scene.join('chromium', 'deaf', { grants: { canSubscribe: false } });
    const voice = await scene.join('chromium', 'voice', {
      grants: { canPublishSources: [TrackSource.MICROPHONE] },
    });
    await full.call('publishPattern', { sender: 8, width: 320, height: 180 });

    await sees(viewer, 'full', 8);
    await assert.rejects(viewer.call('publishPattern', { sender: 1 }));
    await assert.rejects(voice.call('publishPattern', { sender: 1 }));
    await voice.call('publishTone', { hz: 700 });
    await hears(full, 'voice', 700);
    await viewer.call('sendData', { seed: 1, topic: 't' }).catch(() => {});
    await holds(
      'no data of the viewer, no picture for the deaf',
      async () => [(await full.call('messages')).length, await deaf.call('watch', 'full')],
      ([messages, picture]) => messages === 0 && !picture,
      { forMs: 1500 },
    );
  }));

test('T55: a refresh token comes, is newer, carries the grants, and is what a reconnect uses', () =>
  inScene({}, async (scene) => {
    const a = await scene.joinThroughProxy('chromium', 'a', { tokenOptions: { ttlSeconds: 3 } });
    const fresh = await until(
      'the token has been replaced',
      () => a.call('currentToken'),
      (t) => t && t !== a.token,
    );
    const claims = claimsOf(fresh);

    assert.equal(claims.sub, 'a');
    assert.equal(claims.video.room, scene.room);
    assert.ok(claims.exp * 1000 > Date.now() + 9 * 60_000, 'it lives ten minutes at least');
    const before = (await a.call('events')).length;
    a.proxy.cut();
    await event(a, 'connectionState', (e) => e.state === 'connected', { after: before });
  }));
