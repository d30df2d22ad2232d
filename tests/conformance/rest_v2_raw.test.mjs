// REST v2 by hand: exact errors, hostile tokens, and that no key reaches what is another's.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { needsOwnServer, startServer } from '../e2e/lib/server.mjs';
import { API_KEY, API_SECRET, claimsOf, forge, freshRoom, unsigned } from '../e2e/lib/token.mjs';
import { OTHER_KEY, OTHER_SECRET, TWO_KEYS } from './lib/rest.mjs';
import { call, nowSeconds, otherToken, restToken, startSession } from './lib/rest.mjs';

let server, document_;
before(async () => {
  server = await startServer(TWO_KEYS);
  document_ = (await call(server, 'GET', '/openapi.json', { token: null })).json;
});
after(() => server.stop());

const makeRoom = async (body = {}, token = restToken()) =>
  (await call(server, 'POST', '/v2/rooms', { body, token })).json;

/** The whole of an error as every endpoint writes it. */
function isError(got, statusCode, code, message, number) {
  assert.equal(got.status, statusCode, got.text);
  const requestId = got.headers.get('x-request-id');
  assert.deepEqual(got.json, {
    message: message ?? got.json.message,
    code,
    ...(number && { number }),
    statusCode,
    error: message ?? got.json.message,
    requestId,
  });
}

describe('tokens', () => {
  const invalid = (token) => async () =>
    isError(
      await call(server, 'GET', '/v2/rooms', { token: token() }),
      401,
      'INVALID_TOKEN',
      'Token is invalid or expired',
      4002,
    );
  const good = () => claimsOf(restToken());
  const payload = (text) => Buffer.from(text).toString('base64url');
  const HOSTILE = {
    'none at all': () => null,
    'alg none': () => unsigned(good()),
    'another algorithm': () => restToken({}, { header: { alg: 'RS256', typ: 'JWT' } }),
    'a longer digest': () => restToken({}, { header: { alg: 'HS512' }, digest: 'sha512' }),
    'a critical extension': () => restToken({}, { header: { alg: 'HS256', crit: ['b64'] } }),
    'another secret': () => restToken({}, { secret: OTHER_SECRET }),
    expired: () => restToken({ exp: nowSeconds() - 100 }),
    'not valid yet': () => restToken({ nbf: nowSeconds() + 100 }),
    'two parts': () => restToken().split('.').slice(0, 2).join('.'),
    'version 1': () => restToken({ version: 1 }),
    'a room that is no text': () => restToken({ roomId: { $ne: '' } }),
    'a claim twice': () => {
      const [header, , signature] = restToken().split('.');
      return `${header}.${payload(`{"apikey":"devkey","apikey":"otherkey"}`)}.${signature}`;
    },
    '20 kB': () => restToken({ padding: 'x'.repeat(20_000) }),
  };
  for (const [name, token] of Object.entries(HOSTILE)) test(`refused: ${name}`, invalid(token));

  test('refused before it is looked at: 1 MiB', async () => {
    const got = await call(server, 'GET', '/v2/rooms', { token: 'x'.repeat(1 << 20) }).catch(
      () => ({ status: 431 }),
    );
    assert.ok([401, 431].includes(got.status));
  });
  test('a kid chooses nothing', async () => {
    const header = { alg: 'HS256', kid: "x' UNION SELECT 'secret" };
    assert.equal(
      (await call(server, 'GET', '/v2/rooms', { token: restToken({}, { header }) })).status,
      200,
    );
  });
  test('an unknown key', async () => {
    const token = restToken({ apikey: 'nobody' });
    isError(
      await call(server, 'GET', '/v2/rooms', { token }),
      401,
      'INVALID_API_KEY',
      undefined,
      4001,
    );
  });
  test('a token for clients only', async () => {
    const token = restToken({ roles: ['rtc'] });
    isError(
      await call(server, 'GET', '/v2/rooms', { token }),
      403,
      'UNAUTHORIZED_ROLE',
      undefined,
      4024,
    );
  });
  test('with Bearer in any case, and without version', async () => {
    const token = `bEaReR ${restToken({ version: undefined, roles: undefined })}`;
    assert.equal((await call(server, 'GET', '/v2/rooms/', { token })).status, 200);
  });
  test('a token for one room sees and touches no other', async () => {
    const mine = await makeRoom();
    const theirs = await makeRoom();
    const token = restToken({ roomId: mine.roomId });

    assert.equal((await call(server, 'GET', `/v2/rooms/${mine.roomId}`, { token })).status, 200);
    const body = { roomId: theirs.roomId };
    for (const got of [
      await call(server, 'GET', `/v2/rooms/${theirs.roomId}`, { token }),
      await call(server, 'POST', '/v2/rooms/deactivate', { token, body }),
      await call(server, 'POST', '/v2/rooms', { token, body: {} }),
    ])
      isError(got, 403, 'UNAUTHORIZED_MEETING_ID', undefined, 4022);
    const listed = (await call(server, 'GET', '/v2/rooms', { token })).json;
    assert.deepEqual(
      listed.data.map((room) => room.roomId),
      [mine.roomId],
    );
  });
});

describe('requests', () => {
  test('bad bodies are named', async () => {
    for (const [body, message] of [
      ['{', 'the body is not valid JSON'],
      ['[]', 'the body must be a JSON object'],
      [{ customRoomId: 'a b' }, 'body.customRoomId must not contain white space'],
      [{ customRoomId: 'x'.repeat(129) }, 'body.customRoomId must have at most 128 characters'],
      [{ customRoomId: 'a\0' }, 'body.customRoomId must not contain the character U+0000'],
      [{ webhook: { events: [] } }, 'body.webhook.endPoint is required'],
      [{ webhook: { endPoint: 'http://10.0.0.1/' } }, 'body.webhook.endPoint must be an https URL'],
    ])
      isError(await call(server, 'POST', '/v2/rooms', { body }), 400, 'INVALID_REQUEST', message);
  });
  test('unknown paths and methods', async () => {
    isError(await call(server, 'GET', '/v2/nothing'), 404, 'NOT_FOUND');
    const got = await call(server, 'DELETE', '/v2/rooms');
    isError(got, 405, 'METHOD_NOT_ALLOWED');
    assert.match(got.headers.get('allow'), /POST/);
  });
  test('what is not offered says so, to who may ask', async () => {
    for (const path of ['/v2/sip/call', '/v2/agent/x', '/ai/v1/x', '/v2/recordings/participant/merge']) {
      assert.equal((await call(server, 'GET', path, { token: null })).status, 401);
      const got = await call(server, 'GET', path);
      assert.equal(got.status, 501);
      assert.equal(got.json.code, 'NOT_IMPLEMENTED');
    }
    assert.equal(
      (await call(server, 'GET', '/v2/sip/x')).json.message,
      'SIP is not available on this server',
    );
  });
  test('a deactivation by another name than roomId is 402', async () => {
    const room = await makeRoom({ customRoomId: freshRoom() });
    for (const roomId of [room.customRoomId, 'none-none-none'])
      isError(
        await call(server, 'POST', '/v2/rooms/deactivate', { body: { roomId } }),
        402,
        'ROOM_NOT_FOUND',
        'Room not found',
        4003,
      );
  });
  test('an idempotency key gives the first answer again', async () => {
    const headers = { 'Idempotency-Key': freshRoom('key') };
    const first = await call(server, 'POST', '/v2/rooms', { body: {}, headers });
    const second = await call(server, 'POST', '/v2/rooms', { body: {}, headers });
    assert.equal(second.text, first.text);
  });
  test('calls at once with one idempotency key have one effect', async () => {
    const headers = { 'Idempotency-Key': freshRoom('key') };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call(server, 'POST', '/v2/rooms', { body: {}, headers })),
    );
    const made = new Set(answers.filter((a) => a.status === 200).map((a) => a.json.roomId));
    assert.equal(made.size, 1);
    for (const a of answers.filter((x) => x.status !== 200))
      assert.deepEqual([a.status, a.json.code], [409, 'IDEMPOTENCY_KEY_IN_USE']);
  });
  test('every field of a room comes back', async () => {
    const room = await makeRoom({
      geoFence: 'eu001',
      webhook: { endPoint: 'https://app.example/hooks', events: ['recording-*', 'session-ended'] },
      autoCloseConfig: { type: 'session-end-and-deactivate', duration: 30 },
      multiComposition: { recording: true },
      allowedParticipantIds: ['ada'],
    });
    assert.equal(room.geoFence, 'eu001');
    assert.deepEqual(room.webhook.events, ['recording-*', 'session-ended']);
    assert.deepEqual(room.autoCloseConfig, { type: 'session-end-and-deactivate', duration: 30 });
    assert.deepEqual(room.multiComposition, { recording: true, hls: false, rtmp: false });
    assert.equal(room.links.get_room, `${server.httpUrl}/v2/rooms/${room.roomId}`);
  });
});

describe('join', () => {
  const rtc = (claims) => restToken({ roles: ['rtc'], permissions: ['allow_join'], ...claims });
  const join = (body, token) => call(server, 'POST', '/v2/plenum/join', { body, token });

  test('exchanges the token for one that opens the room', async () => {
    const room = await makeRoom();
    const got = await join(
      { roomId: room.roomId, name: 'Ada', mode: 'RECV_ONLY' },
      rtc({ participantId: 'ada' }),
    );
    assert.equal(got.status, 200, got.text);
    assert.equal(got.json.url, server.wsUrl);
    assert.equal(got.json.participantId, 'ada');
    assert.equal(got.json.lobby, false);
    const query = `access_token=${got.json.token}`;
    assert.equal((await fetch(`${server.httpUrl}/rtc/validate?${query}`)).status, 200);
    assert.equal(claimsOf(got.json.token).video.canPublish, false);
  });
  test('who must ask waits in the lobby', async () => {
    const room = await makeRoom();
    const got = await join({ roomId: room.roomId }, rtc({ permissions: ['ask_join'] }));
    assert.equal(got.json.lobby, true);
    assert.equal(claimsOf(got.json.token).plenum.lobby, 'waiting');
  });
  test('the token is taken from the body, and the room by either name', async () => {
    const { roomId } = await makeRoom();
    const got = await join({ meetingId: roomId, token: rtc() }, null);
    assert.deepEqual([got.status, got.json.roomId], [200, roomId], got.text);
    isError(await join({ roomId, token: 'x' }, null), 401, 'INVALID_TOKEN', undefined, 4002);
  });
  test('the token itself opens the room that it names, for whom it names', async () => {
    const { roomId } = await makeRoom();
    for (const [path, accepted] of [
      ['/rtc', 200],
      ['/rtc/v1', 400], // what only lacks its join_request
    ]) {
      const validate = async (claims) =>
        (await fetch(`${server.httpUrl}${path}/validate?access_token=${rtc(claims)}`)).status;
      assert.equal(await validate({ roomId, participantId: 'ada' }), accepted);
      assert.equal(await validate({ roomId }), 401);
      assert.equal(await validate({ roomId: 'none-none-none', participantId: 'ada' }), 404);
      assert.equal(await validate({ roomId, participantId: 'ada', roles: ['crawler'] }), 403);
    }
  });
  test('says why not', async () => {
    const room = await makeRoom({ allowedParticipantIds: ['ada'] });
    const roomId = room.roomId;
    isError(
      await join({ roomId }, rtc({ permissions: ['ask_join', 'allow_mod'] })),
      403,
      'INVALID_PERMISSIONS',
      undefined,
      4008,
    );
    isError(
      await join({ roomId }, rtc({ roles: ['crawler'] })),
      403,
      'UNAUTHORIZED_ROLE',
      undefined,
      4024,
    );
    isError(
      await join({ roomId: 'none-none-none' }, rtc()),
      404,
      'ROOM_NOT_FOUND',
      undefined,
      4003,
    );
    isError(
      await join({ roomId, participantId: 'ben' }, rtc()),
      403,
      'UNAUTHORIZED_PARTCIPANT_ID',
      undefined,
      4023,
    );
    isError(
      await join({ roomId, participantId: 'a b' }, rtc()),
      400,
      'INVALID_PARTICIPANT_ID',
      undefined,
      4004,
    );
    await call(server, 'POST', '/v2/rooms/deactivate', { body: { roomId } });
    isError(
      await join({ roomId, participantId: 'ada' }, rtc()),
      403,
      'MEETING_ID_DISABLED',
      undefined,
      4052,
    );
  });
});

describe('two keys', { skip: needsOwnServer }, () => {
  test('no operation of the document reaches what is of another key', async () => {
    const room = await makeRoom({ customRoomId: freshRoom() });
    const session = startSession(server, room, ['ada']);
    const before_ = (await call(server, 'GET', `/v2/sessions/${session}`)).text;
    const ids = {
      roomId: room.roomId,
      sessionId: session,
      participantId: 'ada',
      status: 'disabled',
      id: '1',
      recordingId: '1',
      kind: 'audio',
      outputs: [{ url: 'rtmp://live.example/app', streamKey: 'key' }],
      config: {},
    };

    for (const [path, methods] of Object.entries(document_.paths))
      for (const [method, operation] of Object.entries(methods)) {
        // These name nothing that is there already.
        if (operation.security || ['createRoom', 'uploadFile', 'addImage'].includes(operation.operationId)) continue;
        for (const id of [room.id, room.roomId, room.customRoomId, session]) {
          const at = path.replace('{id}', id).replace('{participantId}', 'ada');
          const query = method === 'get' ? `?roomId=${room.roomId}` : '';
          const token =
            operation.operationId === 'join'
              ? restToken({ apikey: OTHER_KEY, roles: ['rtc'] }, { secret: OTHER_SECRET })
              : otherToken();
          const got = await call(server, method.toUpperCase(), at + query, {
            token,
            body: method === 'get' ? undefined : ids,
          });
          const what = `${method} ${at}: ${got.text}`;
          if (got.status === 200) assert.deepEqual(got.json.data, [], what);
          else assert.ok([402, 404].includes(got.status), what);
        }
      }
    assert.equal((await call(server, 'GET', `/v2/rooms/${room.id}`)).json.disabled, false);
    assert.equal((await call(server, 'GET', `/v2/sessions/${session}`)).text, before_);
  });
  test('none opens the room of another by the server API of LiveKit', async () => {
    const { roomId } = await makeRoom();
    const create = (iss, secret) => {
      const claims = { iss, exp: nowSeconds() + 600, video: { roomCreate: true } };
      return call(server, 'POST', '/twirp/livekit.RoomService/CreateRoom', {
        body: { name: roomId },
        token: `Bearer ${forge(claims, { secret })}`,
      });
    };
    const refused = await create(OTHER_KEY, OTHER_SECRET);
    assert.deepEqual([refused.status, refused.json.msg], [401, 'the room belongs to another key']);
    assert.equal((await create(API_KEY, API_SECRET)).status, 200);
  });
  test('both may use the same customRoomId, each for his own room', async () => {
    const customRoomId = freshRoom();
    const mine = await makeRoom({ customRoomId });
    const theirs = await makeRoom({ customRoomId }, otherToken());
    assert.notEqual(mine.roomId, theirs.roomId);
    assert.deepEqual([mine.apiKey, theirs.apiKey], [API_KEY, OTHER_KEY]);
    assert.ok(API_SECRET);
  });
});
