// T60, T61: the server API by its public SDK, and what clients notice of it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DataPacket_Kind, RoomServiceClient, TwirpError } from 'livekit-server-sdk';
import {
  event,
  hears,
  hearsSilence,
  keepsSeeing,
  knows,
  remoteOf,
  sees,
} from '../e2e/lib/expect.mjs';
import { fingerprint, seededBytes } from '../e2e/lib/payload.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { API_KEY, API_SECRET, claimsOf, freshRoom } from '../e2e/lib/token.mjs';

const clientFor = (server, secret = API_SECRET) =>
  new RoomServiceClient(server.httpUrl, API_KEY, secret);

/** An error of the given Twirp code. */
const twirp = (code) => (error) => {
  assert.ok(error instanceof TwirpError || error.code, `${error}`);
  assert.equal(error.code, code, error.message);
  return true;
};

describe('rooms', () => {
  let server;
  let rooms;
  before(async () => {
    server = await startServer();
    rooms = clientFor(server);
  });
  after(() => server.stop());

  test('a room is created once, listed, changed and deleted', async () => {
    const name = freshRoom('api');
    const made = await rooms.createRoom({
      name,
      emptyTimeout: 120,
      maxParticipants: 7,
      metadata: 'first',
    });
    const again = await rooms.createRoom({ name, maxParticipants: 9 });
    const changed = await rooms.updateRoomMetadata(name, 'second');
    const listed = await rooms.listRooms([name, 'no such room']);
    await rooms.deleteRoom(name);

    assert.match(made.sid, /^RM_/);
    assert.deepEqual(
      [made.name, made.emptyTimeout, made.maxParticipants, made.metadata],
      [name, 120, 7, 'first'],
    );
    assert.deepEqual([again.sid, again.maxParticipants, again.metadata], [made.sid, 9, 'first']);
    assert.equal(changed.metadata, 'second');
    assert.deepEqual(
      listed.map((r) => r.sid),
      [made.sid],
    );
    assert.deepEqual(await rooms.listRooms([name]), []);
  });

  test('what is missing is not found, what is wrong is unauthenticated or invalid, with codes the SDK reads', async () => {
    const name = freshRoom('api');

    await assert.rejects(rooms.deleteRoom(name), twirp('not_found'));
    await assert.rejects(rooms.getParticipant(name, 'x'), twirp('not_found'));
    await assert.rejects(rooms.createRoom({ name: '' }), twirp('invalid_argument'));
    await assert.rejects(clientFor(server, 'a wrong secret').listRooms(), twirp('unauthenticated'));
  });
});

test('participants are listed, muted, changed and removed, and clients notice', () =>
  inScene({}, async (scene) => {
    const rooms = clientFor(scene.server);
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    const { sid } = await a.call('publishTone', { hz: 500 });
    await hears(b, 'a', 500);
    const listed = await rooms.listParticipants(scene.room);
    assert.deepEqual(listed.map((p) => p.identity).sort(), ['a', 'b']);
    assert.equal((await rooms.getParticipant(scene.room, 'a')).tracks[0].sid, sid);

    await rooms.mutePublishedTrack(scene.room, 'a', sid, true);
    await knows(b, 'a', (p) => p.tracks[0].muted);
    await event(a, 'trackMuted', (e) => e.identity === 'a');
    await hearsSilence(b, 'a');
    await assert.rejects(
      rooms.mutePublishedTrack(scene.room, 'a', sid, false),
      twirp('failed_precondition'),
    );

    await rooms.updateParticipant(scene.room, 'a', {
      metadata: 'by api',
      name: 'Api',
      attributes: { k: 'v' },
    });
    await knows(
      b,
      'a',
      (p) => p.metadata === 'by api' && p.name === 'Api' && p.attributes.k === 'v',
    );

    await rooms.updateRoomMetadata(scene.room, 'room meta');
    await until(
      'b knows the metadata of the room',
      () => b.call('room'),
      (r) => r.metadata === 'room meta',
    );

    await rooms.removeParticipant(scene.room, 'a');
    assert.match((await event(a, 'disconnected')).reason, /PARTICIPANT_REMOVED/);
    await until(
      'a is gone',
      () => remoteOf(b, 'a'),
      (p) => p === undefined,
    );
    await rooms.deleteRoom(scene.room);
    assert.match((await event(b, 'disconnected')).reason, /ROOM_DELETED/);
  }));

test('a permission that is withdrawn ends the publication, and is in the next token', () =>
  inScene({}, async (scene) => {
    const rooms = clientFor(scene.server);
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await sees(b, 'a', 1);
    const before = await a.call('currentToken');

    await rooms.updateParticipant(scene.room, 'a', {
      permission: { canPublish: false, canSubscribe: true, canPublishData: true },
    });

    await event(a, 'permissions');
    await knows(b, 'a', (p) => p.tracks.length === 0);
    await assert.rejects(a.call('publishTone', { hz: 500 }));
    const token = await until(
      'a new token',
      () => a.call('currentToken'),
      (t) => t !== before && claimsOf(t).video.canPublish === false,
    );
    assert.equal(claimsOf(token).video.canSubscribe, true);

    await rooms.updateParticipant(scene.room, 'a', {
      permission: { canPublish: true, canSubscribe: true, canPublishData: true },
    });
    await until(
      'a may publish again',
      () => a.call('publishTone', { hz: 500 }).catch(() => undefined),
      Boolean,
    );
    await hears(b, 'a', 500);
  }));

test('the right to subscribe is withdrawn and given back at once, and so are single subscriptions', () =>
  inScene({}, async (scene) => {
    const rooms = clientFor(scene.server);
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await sees(b, 'a', 1);
    const { sid } = (await rooms.getParticipant(scene.room, 'a')).tracks[0];
    const subscribed = (wanted) => knows(b, 'a', (p) => p.tracks[0]?.subscribed === wanted);
    const may = (canSubscribe) =>
      rooms.updateParticipant(scene.room, 'b', { permission: { canPublish: true, canSubscribe } });

    await rooms.updateSubscriptions(scene.room, 'b', [sid], false);
    await subscribed(false);
    await rooms.updateSubscriptions(scene.room, 'b', [sid], true);
    await keepsSeeing(b, 'a', 1);
    await may(false);
    await subscribed(false);
    await may(true);
    await keepsSeeing(b, 'a', 1);
  }));

test('data sent by the API reaches those it is for', () =>
  inScene({}, async (scene) => {
    const rooms = clientFor(scene.server);
    const [a, n] = [await scene.join('chromium', 'a'), await scene.join('native', 'n')];
    await rooms.sendData(scene.room, seededBytes(1, 100), DataPacket_Kind.RELIABLE, {
      topic: 'all',
    });
    await rooms.sendData(scene.room, seededBytes(2, 100), DataPacket_Kind.RELIABLE, {
      topic: 'one',
      destinationIdentities: ['n'],
    });

    const has = (client, topic, seed) =>
      until(
        `${client.label} has ${topic}`,
        () => client.call('messages'),
        (list) =>
          list.filter((m) => m.topic === topic && m.print === fingerprint(seededBytes(seed, 100)))
            .length === 1,
      );
    await Promise.all([has(a, 'all', 1), has(n, 'all', 1), has(n, 'one', 2)]);
    assert.ok(!(await a.call('messages')).some((m) => m.topic === 'one'));
  }));
