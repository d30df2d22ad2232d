// T60: a participant is moved to another room with its transports and tracks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomServiceClient } from 'livekit-server-sdk';
import { hears, knows, remoteOf } from '../e2e/lib/expect.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { API_KEY, API_SECRET, claimsOf, freshRoom } from '../e2e/lib/token.mjs';

for (const kind of ['chromium', 'native']) {
  test(`a ${kind} participant that is moved is heard in the new room and gone from the old one`, () =>
    inScene({}, async (scene) => {
      const rooms = new RoomServiceClient(scene.server.httpUrl, API_KEY, API_SECRET);
      const other = freshRoom('other');
      const [a, b] = [await scene.join(kind, 'a'), await scene.join('chromium', 'b')];
      const c = await scene.join('chromium', 'c', { room: other });
      await a.call('publishTone', { hz: 500 });
      await c.call('publishTone', { hz: 900 });
      await hears(b, 'a', 500);
      await rooms.moveParticipant(scene.room, 'a', other);

      await until(
        'b sees a leave',
        () => remoteOf(b, 'a'),
        (p) => p === undefined,
      );
      await knows(c, 'a', (p) => p.tracks.length === 1);
      await hears(c, 'a', 500);
      await hears(a, 'c', 900);
      assert.deepEqual(
        (await rooms.listParticipants(other)).map((p) => p.identity).sort(),
        ['a', 'c'],
      );
      assert.deepEqual(
        (await rooms.listParticipants(scene.room)).map((p) => p.identity),
        ['b'],
      );
      if (kind === 'chromium') // the native SDK keeps its token to itself
        assert.equal(claimsOf(await a.call('currentToken')).video.room, other);
    }));
}
