// The server API by hand: both casings of JSON, protobuf, the exact errors, and which grant each
// method needs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateRoomRequest,
  ListRoomsRequest,
  ListRoomsResponse,
  MuteRoomTrackRequest,
  ParticipantInfo,
  Room,
  RoomParticipantIdentity,
} from '@livekit/protocol';
import { startServer } from '../e2e/lib/server.mjs';
import { API_KEY, forge, freshRoom, mint } from '../e2e/lib/token.mjs';
import { joinRaw, RawClient, v1Path } from './lib/raw_client.mjs';

const nowSeconds = () => Math.floor(Date.now() / 1000);
/** A token as server SDKs make them: no identity, only grants. */
const apiToken = (video) =>
  forge({ iss: API_KEY, nbf: nowSeconds() - 5, exp: nowSeconds() + 600, video });
const ALL = { roomCreate: true, roomList: true, roomAdmin: true };

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** One request; `body` is sent as it is when it is text or bytes, as JSON otherwise. */
async function post(
  method,
  body,
  {
    grants = ALL,
    token = apiToken(grants),
    type = 'application/json',
    service = 'livekit.RoomService',
    verb = 'POST',
  } = {},
) {
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(`${server.httpUrl}/twirp/${service}/${method}`, {
    method: verb,
    headers: {
      ...(type && { 'Content-Type': type }),
      ...(token && { Authorization: `Bearer ${token}` }),
    },
    body: verb === 'GET' ? undefined : raw ? body : JSON.stringify(body),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const got = { status: response.status, type: response.headers.get('content-type'), bytes };
  got.headers = response.headers;
  if (got.type === 'application/json') got.json = JSON.parse(new TextDecoder().decode(bytes));
  return got;
}

const administers = (room) => ({ grants: { ...ALL, room } });

/** The whole of an error as Twirp writes it. */
function isError(got, status, code, msg) {
  assert.equal(got.status, status);
  assert.equal(got.type, 'application/json');
  assert.equal(got.json.code, code);
  if (msg !== undefined) assert.deepEqual(got.json, { code, msg });
  assert.equal(got.headers.get('access-control-allow-origin'), '*');
}

const denied = (got) => isError(got, 401, 'unauthenticated', 'permissions denied');

describe('encodings', () => {
  test('JSON in camelCase and in snake_case mean the same, and the answer is snake_case with every field', async () => {
    const [camel, snake] = [freshRoom('camel'), freshRoom('snake')];
    const first = await post('CreateRoom', { name: camel, emptyTimeout: 77, maxParticipants: 3 });
    const second = await post(
      'CreateRoom',
      { name: snake, empty_timeout: '77', max_participants: 3, of_the_future: { x: [1] } },
      { type: 'application/json;charset=UTF-8' },
    );

    for (const got of [first, second]) {
      assert.equal(got.status, 200);
      assert.equal(got.type, 'application/json');
      assert.equal(got.json.empty_timeout, 77);
      assert.equal(got.json.max_participants, 3);
      assert.equal(got.json.num_participants, 0);
      assert.equal(got.json.active_recording, false);
      assert.equal(got.json.metadata, '');
      assert.match(got.json.creation_time, /^\d{10}$/);
    }
  });

  test('protobuf is answered in protobuf, but its errors are JSON', async () => {
    const name = freshRoom('proto');
    const options = { type: 'application/protobuf' };
    const made = await post(
      'CreateRoom',
      new CreateRoomRequest({ name, metadata: 'm' }).toBinary(),
      options,
    );
    const listed = await post(
      'ListRooms',
      new ListRoomsRequest({ names: [name] }).toBinary(),
      options,
    );
    const missing = await post(
      'GetParticipant',
      new RoomParticipantIdentity({ room: name, identity: 'x' }).toBinary(),
      { ...options, ...administers(name) },
    );

    assert.equal(made.type, 'application/protobuf');
    const room = Room.fromBinary(made.bytes);
    assert.deepEqual([room.name, room.metadata, room.emptyTimeout], [name, 'm', 300]);
    assert.deepEqual(
      ListRoomsResponse.fromBinary(listed.bytes).rooms.map((r) => r.sid),
      [room.sid],
    );
    isError(missing, 404, 'not_found', 'participant does not exist');
  });
});

describe('refusals', () => {
  /** Method, body, status, code, text. */
  const WRONG = [
    ['CreateRoom', {}, 400, 'invalid_argument', 'no room name'],
    [
      'CreateRoom',
      { name: 'r'.repeat(257) },
      400,
      'invalid_argument',
      'room name length exceeds limits',
    ],
    ['CreateRoom', '', 400, 'malformed', 'the json request could not be decoded'],
    ['CreateRoom', '{"name":', 400, 'malformed', 'the json request could not be decoded'],
    ['CreateRoom', { name: 7 }, 400, 'malformed', 'the json request could not be decoded'],
    ['CreateRoom', { name: freshRoom(), egress: {} }, 501, 'unimplemented'],
    ['DeleteRoom', { room: 'r' }, 404, 'not_found', 'requested room does not exist'],
    ['UpdateRoomMetadata', { room: 'r' }, 404, 'not_found', 'requested room does not exist'],
    ['SendData', { room: 'r', data: 'AA==' }, 404, 'not_found', 'requested room does not exist'],
    [
      'GetParticipant',
      { room: 'r', identity: 'x' },
      404,
      'not_found',
      'participant does not exist',
    ],
    [
      'RemoveParticipant',
      { room: 'r', identity: 'x' },
      404,
      'not_found',
      'participant does not exist',
    ],
    [
      'UpdateParticipant',
      { room: 'r', identity: 'x' },
      404,
      'not_found',
      'participant does not exist',
    ],
    [
      'UpdateSubscriptions',
      { room: 'r', identity: 'x' },
      404,
      'not_found',
      'participant does not exist',
    ],
    [
      'MutePublishedTrack',
      { room: 'r', identity: 'x' },
      404,
      'not_found',
      'participant does not exist',
    ],
    ['PerformRpc', { room: 'r' }, 400, 'invalid_argument', 'no destination identity'],
    [
      'PerformRpc',
      { room: 'r', destinationIdentity: 'x', method: 'm' },
      404,
      'not_found',
      'participant does not exist',
    ],
    ['ForwardParticipant', { room: 'r' }, 501, 'unimplemented'],
    ['MoveParticipant', { room: 'r' }, 400, 'invalid_argument', 'no destination room'],
    ['MakeCoffee', {}, 404, 'bad_route'],
  ];
  for (const [method, body, status, code, msg] of WRONG) {
    test(`${method} with ${JSON.stringify(body).slice(0, 40)} is ${code}, ${status}`, async () => {
      isError(await post(method, body, administers('r')), status, code, msg);
    });
  }

  test('broken protobuf is malformed', async () => {
    const got = await post('ListRooms', new Uint8Array([10, 200, 1]), {
      type: 'application/protobuf',
    });
    isError(got, 400, 'malformed', 'the protobuf request could not be decoded');
  });

  test('another verb, service, content type or path is a bad route', async () => {
    isError(await post('ListRooms', {}, { verb: 'GET' }), 404, 'bad_route');
    isError(await post('ListRooms', {}, { verb: 'PUT' }), 404, 'bad_route');
    isError(await post('ListRooms', {}, { service: 'livekit.Nothing' }), 404, 'bad_route');
    isError(await post('ListRooms', '{}', { type: 'text/plain' }), 404, 'bad_route');
    isError(await post('ListRooms/more', {}), 404, 'bad_route');
    isError(await post('', {}), 404, 'bad_route');
  });

  test('services that are not offered say so', async () => {
    for (const service of ['SIP', 'Ingress', 'AgentDispatchService'])
      isError(await post('Anything', {}, { service: `livekit.${service}` }), 501, 'unimplemented');
  });

  test('a body of 10 MiB is read, a larger one is 413', async () => {
    const fits = JSON.stringify({ names: ['x'] }).padEnd(10 << 20);
    assert.equal((await post('ListRooms', fits)).status, 200);
    const status = await post('ListRooms', `${fits} `).then(
      (got) => got.status,
      () => 'cut', // the server closes while fetch still writes
    );
    assert.ok([413, 'cut'].includes(status), `${status}`);
  });

  test('browsers may ask from anywhere', async () => {
    const response = await fetch(`${server.httpUrl}/twirp/livekit.RoomService/ListRooms`, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://app.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    });
    assert.ok(response.ok);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.match(response.headers.get('access-control-allow-headers'), /authorization/i);
    assert.match(response.headers.get('access-control-allow-methods'), /POST/);
  });
});

describe('grants', () => {
  const NEEDS = {
    CreateRoom: 'roomCreate',
    DeleteRoom: 'roomCreate',
    ListRooms: 'roomList',
    ListParticipants: 'roomAdmin',
    GetParticipant: 'roomAdmin',
    RemoveParticipant: 'roomAdmin',
    MutePublishedTrack: 'roomAdmin',
    UpdateParticipant: 'roomAdmin',
    UpdateSubscriptions: 'roomAdmin',
    SendData: 'roomAdmin',
    UpdateRoomMetadata: 'roomAdmin',
    PerformRpc: 'roomAdmin',
    ForwardParticipant: 'roomAdmin',
    MoveParticipant: 'roomAdmin',
  };
  const EVERYTHING = { ...ALL, roomJoin: true, roomRecord: true, ingressAdmin: true, room: 'r' };

  for (const [method, grant] of Object.entries(NEEDS)) {
    test(`${method} needs ${grant} and nothing else`, async () => {
      const body = { room: 'r', name: 'r', identity: 'x' };
      const { [grant]: _, ...others } = EVERYTHING;
      for (const grants of [
        others,
        { ...others, [grant]: false },
        { ...others, [grant]: 'true' },
        {},
        undefined,
      ])
        denied(await post(method, body, { token: apiToken(grants) }));
      denied(await post(method, body, { token: null }));
      const only = await post(method, body, { grants: { [grant]: true, room: 'r' } });
      assert.notEqual(only.status, 401);
      if (grant !== 'roomAdmin') return;
      for (const room of ['another', '', undefined])
        denied(await post(method, body, { grants: { ...EVERYTHING, room } }));
    });
  }

  test('a token that cannot be trusted is unauthenticated', async () => {
    const claims = { iss: API_KEY, exp: nowSeconds() + 600, video: ALL };
    for (const token of [
      forge(claims, { secret: 'not the secret' }),
      forge({ ...claims, iss: 'nobody' }),
      forge({ ...claims, exp: nowSeconds() - 120 }),
      forge({ ...claims, nbf: nowSeconds() + 3600 }),
      forge({ ...claims, exp: undefined }),
      'nonsense',
    ])
      isError(await post('ListRooms', {}, { token }), 401, 'unauthenticated');
  });
});

describe('participants', () => {
  test('are listed with their tracks, found and removed, in both encodings', async () => {
    const room = freshRoom('raw');
    const client = await joinRaw(server.wsUrl, v1Path(await mint({ room, identity: 'a' })));
    const as = administers(room);
    const listed = await post('ListParticipants', { room }, as);
    const found = await post(
      'GetParticipant',
      new RoomParticipantIdentity({ room, identity: 'a' }).toBinary(),
      {
        type: 'application/protobuf',
        ...as,
      },
    );
    const muted = await post(
      'MutePublishedTrack',
      new MuteRoomTrackRequest({
        room,
        identity: 'a',
        trackSid: 'TR_none',
        muted: true,
      }).toBinary(),
      { type: 'application/protobuf', ...as },
    );
    const removed = await post('RemoveParticipant', { room, identity: 'a' }, as);
    const left = await client.got('leave');

    assert.equal(listed.json.participants[0].identity, 'a');
    assert.equal(listed.json.participants[0].permission.can_publish, true);
    assert.deepEqual(listed.json.participants[0].tracks, []);
    assert.equal(ParticipantInfo.fromBinary(found.bytes).sid, client.join.participant.sid);
    isError(muted, 404, 'not_found', 'track is not found');
    assert.deepEqual(removed.json, {});
    assert.equal(left.reason, 4);
    await client.whenClosed();
  });

  test('removed with revoke_token_ts cannot come back with tokens from before, only with newer ones', async () => {
    const room = freshRoom('revoked');
    const claims = (nbf) => ({
      iss: API_KEY,
      sub: 'a',
      nbf,
      exp: nowSeconds() + 600,
      video: { room, roomJoin: true },
    });
    const old = forge(claims(nowSeconds() - 20));
    const client = await joinRaw(server.wsUrl, v1Path(old));
    const given = await client.got('refreshToken');
    const revoked = { room, identity: 'a', revoke_token_ts: `${nowSeconds() + 30}` };
    assert.equal((await post('RemoveParticipant', revoked, administers(room))).status, 200);

    for (const token of [old, given]) {
      const { refused } = await RawClient.open(server.wsUrl, v1Path(token));
      assert.equal(refused?.status, 401);
    }
    const other = await joinRaw(server.wsUrl, v1Path(await mint({ room, identity: 'b' })));
    const back = await joinRaw(server.wsUrl, v1Path(forge(claims(nowSeconds() + 31))));
    assert.equal(back.join.participant.identity, 'a');
    other.close();
    back.close();
  });

  test('whose permission is changed keep it over a resume, and in their next token', async () => {
    const room = freshRoom('permission');
    const client = await joinRaw(server.wsUrl, v1Path(await mint({ room, identity: 'a' })));
    const first = await client.got('refreshToken');
    const changed = await post(
      'UpdateParticipant',
      { room, identity: 'a', permission: { canSubscribe: true } },
      administers(room),
    );
    const second = await client.got('refreshToken', (t) => t !== first);
    const update = await client.got('update', (u) =>
      u.participants.some((p) => p.identity === 'a' && p.permission.canPublish === false),
    );

    assert.equal(changed.json.permission.can_publish, false);
    assert.equal(changed.json.permission.can_publish_data, false);
    assert.equal(changed.json.permission.can_subscribe, true);
    assert.ok(update);
    const { video } = JSON.parse(Buffer.from(second.split('.')[1], 'base64url'));
    assert.deepEqual(
      [video.canPublish, video.canPublishData, video.canSubscribe],
      [false, false, true],
    );
    const again = await RawClient.open(
      server.wsUrl,
      v1Path(second, { join: { reconnect: true, participantSid: client.join.participant.sid } }),
    );
    await again.got('reconnect');
    const self = await again.got('update', (u) => u.participants.some((p) => p.identity === 'a'));
    assert.equal(self.participants.find((p) => p.identity === 'a').permission.canPublish, false);
    client.close();
    again.close();
  });
});
