// `plenum room`, `participant` and `key` against a running server with a real client in it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { event } from '../e2e/lib/expect.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { binary, freePort, needsOwnServer, startServer } from '../e2e/lib/server.mjs';
import { API_KEY, API_SECRET, freshRoom } from '../e2e/lib/token.mjs';
import { call, startSession } from './lib/rest.mjs';

/** Runs the program; answers {code, out, err}. */
function plenum(args, env = {}) {
  const options = {
    env: { ...process.env, PLENUM_KEYS: `${API_KEY}:${API_SECRET}`, ...env },
    timeout: 40_000,
  };
  return new Promise((done) =>
    execFile(binary(), args, options, (error, out, err) =>
      done({ code: error ? (error.code ?? error.signal) : 0, out, err }),
    ),
  );
}

/** A command for `server` that has to succeed; answers what it printed. */
async function told(server, ...args) {
  const { code, out, err } = await plenum(args, { PLENUM_URL: server.httpUrl });
  assert.equal(code, 0, `plenum ${args.join(' ')}: ${err}`);
  assert.equal(err, '');
  return out.trimEnd();
}

/** Rows of a table as arrays of cells, without the header. */
const rows = (table) =>
  table
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/));
const listed = async (server) => JSON.parse(await told(server, 'room', 'list', '--json'));

test('a participant is listed, removed, and hears of it; ending the room sends the others away', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('native', 'ada'), await scene.join('native', 'bob')];
    await a.call('publishTone', { hz: 500 });
    const present = await until(
      'the table shows the track of ada',
      async () => rows(await told(scene.server, 'participant', 'list', scene.room)),
      (table) => table.some((row) => row[0] === 'ada' && row[3] === '1'),
    );
    const live = (await listed(scene.server)).find((room) => room.roomId === scene.room);

    assert.deepEqual(present.map((row) => row[0]).sort(), ['ada', 'bob']);
    assert.deepEqual(present.find((row) => row[0] === 'ada').slice(1, 3), ['ada name', 'active']);
    assert.deepEqual([live.live, live.participants, live.customRoomId], [true, 2, null]);
    assert.match(
      await told(scene.server, 'room', 'list'),
      new RegExp(`^${scene.room} +- +live +2 +20`, 'm'),
    );

    assert.equal(
      await told(scene.server, 'participant', 'remove', scene.room, 'ada'),
      'removed ada',
    );
    assert.match((await event(a, 'disconnected')).reason, /PARTICIPANT_REMOVED/);
    const twice = await plenum(['participant', 'remove', scene.room, 'ada'], {
      PLENUM_URL: scene.server.httpUrl,
    });
    assert.deepEqual(
      [twice.code, twice.err],
      [1, 'plenum: the server refused: participant does not exist (HTTP status 404)\n'],
    );
    assert.deepEqual(
      rows(await told(scene.server, 'participant', 'list', scene.room)).map((row) => row[0]),
      ['bob'],
    );

    assert.equal(await told(scene.server, 'room', 'end', scene.room), `ended ${scene.room}`);
    assert.match((await event(b, 'disconnected')).reason, /ROOM_DELETED/);
    assert.ok(!(await listed(scene.server)).some((room) => room.roomId === scene.room));
  }));

test('a room of REST v2 with a client in it is known by its custom id', () =>
  inScene({}, async (scene) => {
    const custom = freshRoom('standup');
    const roomId = await told(scene.server, 'room', 'create', '--custom-id', custom);
    const client = await scene.join('native', 'ada', { room: roomId });

    const seen = (await listed(scene.server)).find((room) => room.roomId === roomId);
    assert.deepEqual([seen.customRoomId, seen.live, seen.participants], [custom, true, 1]);
    assert.equal(rows(await told(scene.server, 'participant', 'list', custom))[0][0], 'ada');

    await told(scene.server, 'room', 'end', custom);
    assert.match((await event(client, 'disconnected')).reason, /ROOM_DELETED/);
  }));

describe('without media', () => {
  let server;
  before(async () => (server = await startServer()));
  after(() => server.stop());

  test('a room is made once for its custom id, with its webhook, and is listed idle', async () => {
    const custom = freshRoom('standup');
    const create = ['room', 'create', '--custom-id', custom, '--webhook', 'https://example.com/h'];
    const roomId = await told(server, ...create);

    assert.match(roomId, /^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$/);
    assert.equal(await told(server, ...create), roomId);
    const { json } = await call(server, 'GET', `/v2/rooms/${custom}`);
    assert.equal(json.webhook.endPoint, 'https://example.com/h');
    const mine = (await listed(server)).filter((room) => room.customRoomId === custom);
    assert.deepEqual(
      mine.map((room) => [room.roomId, room.live, room.participants]),
      [[roomId, false, 0]],
    );
  });

  test('a list of more than a page is whole', async () => {
    const made = [];
    for (let i = 0; i < 105; ++i) made.push((await call(server, 'POST', '/v2/rooms')).json.roomId);

    const seen = new Set((await listed(server)).map((room) => room.roomId));
    assert.deepEqual(
      made.filter((id) => !seen.has(id)),
      [],
    );
  });

  test('a session that REST v2 knows is ended there', { skip: needsOwnServer }, async () => {
    const { json: room } = await call(server, 'POST', '/v2/rooms');
    const session = startSession(server, { ...room, apiKey: API_KEY }, ['ada']);

    await told(server, 'room', 'end', room.roomId);
    assert.equal((await call(server, 'GET', `/v2/sessions/${session}`)).json.status, 'ended');
  });

  test('what fails is said in one line, with exit code 1; wrong use has 2', async () => {
    const at = { PLENUM_URL: server.httpUrl };
    const closed = { PLENUM_URL: `http://127.0.0.1:${await freePort()}` };
    const wrongKey = { ...at, PLENUM_KEYS: `${API_KEY}:not the secret of this key at all` };
    for (const [args, env, code, text] of [
      [['room', 'end', 'nowhere'], at, 1, /there is no live room "nowhere"/],
      [['participant', 'list', 'nowhere'], at, 1, /there is no live room "nowhere"/],
      [['room', 'create', '--custom-id', 'a b'], at, 1, /customRoomId must not contain white/],
      [['room', 'list'], wrongKey, 1, /the server refused: Token is invalid/],
      [['room', 'list'], closed, 1, /no answer from http:/],
      [['room', 'list', '--url', 'nonsense'], at, 2, /--url: "nonsense" is not a URL/],
      [['room', 'list'], { ...at, PLENUM_KEYS: '' }, 2, /no API key/],
      [['room', 'end'], at, 2, /ROOM is missing/],
      [['room', 'end', ''], at, 2, /ROOM is empty/],
      [['participant', 'remove', 'room'], at, 2, /IDENTITY is missing/],
      [['room', 'destroy'], at, 2, /usage: plenum room create\|list\|end/],
    ]) {
      const result = await plenum(args, env);
      assert.equal(result.code, code, `${args.join(' ')}: ${result.err}`);
      assert.match(result.err, text);
      assert.match(result.err, /^plenum: [^\n]+\n$/);
      assert.equal(result.out, '');
    }
  });

  test('keys come and go beside a running server', { skip: needsOwnServer }, async () => {
    const env = { PLENUM_DATA_DIR: server.dataDir };
    const added = await plenum(['key', 'add', 'acme', '--name', 'Acme GmbH'], env);
    const [, secret] = added.out.match(/^key +acme\nsecret +(\S{32,})\n$/);
    const before = await plenum(['key', 'list'], env);
    const revoked = await plenum(['key', 'revoke', 'acme'], env);
    const again = await plenum(['key', 'revoke', 'acme'], env);

    assert.match(before.out, /^acme +Acme GmbH +enabled +20/m);
    assert.ok(!before.out.includes(secret));
    assert.deepEqual([revoked.code, again.code], [0, 1]);
    assert.match((await plenum(['key', 'list'], env)).out, /^acme +Acme GmbH +revoked/m);
    assert.equal((await call(server, 'POST', '/v2/rooms')).status, 200);
  });
});

test('each command has its help', async () => {
  for (const command of ['room', 'participant', 'key']) {
    const help = await plenum(['help', command]);
    assert.match(help.out, new RegExp(`^Usage: plenum ${command} `));
    assert.equal((await plenum([command, '--help'])).out, help.out);
    assert.match((await plenum(['help'])).out, new RegExp(`^ +${command} `, 'm'));
  }
});
