// VideoSDK's published server SDK against REST v2; only its endpoint is changed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VideoSDK } from '@videosdk.live/server-sdk';
import { needsOwnServer, startServer } from '../e2e/lib/server.mjs';
import { API_KEY, API_SECRET, freshRoom } from '../e2e/lib/token.mjs';
import { startSession } from './lib/rest.mjs';

let server, client;
before(async () => {
  server = await startServer();
  client = new VideoSDK({ apiKey: API_KEY, secret: API_SECRET, apiEndpoint: server.httpUrl });
});
after(() => server.stop());

test('a room is made, found by both names, and not made twice', async () => {
  const customRoomId = freshRoom('standup');

  const made = await client.rooms.create({ customRoomId });
  assert.match(made.roomId, /^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$/);
  assert.equal(made.customRoomId, customRoomId);
  assert.equal((await client.rooms.create({ customRoomId })).roomId, made.roomId);
  for (const id of [made.id, made.roomId, customRoomId])
    assert.equal((await client.rooms.get(id)).id, made.id);
});

test('an empty create makes a new room each time', async () => {
  const first = await client.rooms.create();
  assert.notEqual((await client.rooms.create()).roomId, first.roomId);
});

test('rooms are listed over pages, newest first', async () => {
  const made = [];
  for (let i = 0; i < 5; ++i) made.push((await client.rooms.create()).roomId);

  const page = await client.rooms.list({ perPage: 2 });
  const seen = [];
  for await (const room of page) seen.push(room.roomId);
  assert.deepEqual(new Set(made), new Set(seen.filter((id) => made.includes(id))));
  assert.equal(new Set(seen).size, seen.length);
});

test('validate tells a known room from an unknown one, and a bad token from both', async () => {
  const { roomId } = await client.rooms.create();

  assert.equal((await client.rooms.validate(roomId)).valid, true);
  assert.equal((await client.rooms.validate('none-none-none')).valid, false);
  const stranger = new VideoSDK({
    apiKey: API_KEY,
    secret: 'not the secret of this key at all',
    apiEndpoint: server.httpUrl,
  });
  await assert.rejects(stranger.rooms.validate(roomId), { name: 'AuthenticationError' });
});

test('a deactivated room stays so', async () => {
  const { roomId } = await client.rooms.create();

  assert.equal((await client.rooms.end(roomId)).disabled, true);
  assert.equal((await client.rooms.end(roomId)).disabled, true);
  assert.equal((await client.rooms.validate(roomId)).valid, true);
});

test('sessions are listed, read, thinned and ended', { skip: needsOwnServer }, async () => {
  const room = await client.rooms.create();
  const id = startSession(server, room, ['ada', 'ben']);

  const listed = [];
  for await (const s of await client.sessions.list({ roomId: room.roomId })) listed.push(s.id);
  assert.deepEqual(listed, [id]);
  assert.equal((await client.sessions.get(id)).status, 'ongoing');
  const names = [];
  for await (const p of await client.sessions.listParticipants(id)) names.push(p.participantId);
  assert.deepEqual(names.sort(), ['ada', 'ben']);
  assert.equal((await client.sessions.getParticipant(id, 'ada')).name, 'ada');
  await client.sessions.removeParticipant({ roomId: room.roomId, participantId: 'ben' });
  const active = [];
  for await (const p of await client.sessions.listActiveParticipants(id))
    active.push(p.participantId);
  assert.deepEqual(active, ['ada']);
  await assert.rejects(
    client.sessions.removeParticipant({ roomId: room.roomId, participantId: 'ben' }),
  );
  assert.deepEqual((await client.sessions.getStats(id)).stats, []);

  const ended = await client.sessions.end({ roomId: room.roomId });
  assert.equal(ended.status, 'ended');
  assert.equal(ended.id, id);
  await assert.rejects(client.sessions.end({ roomId: room.roomId }), { name: 'RoomNotFoundError' });
});
