// What the tests of calls within a room share: people who entered by REST v2 and call the server.
import assert from 'node:assert/strict';
import { until } from '../../e2e/lib/poll.mjs';
import { inScene } from '../../e2e/lib/scene.mjs';
import { call, restToken } from './rest.mjs';

export const JOIN = ['allow_join'];
export const MODERATE = ['allow_join', 'allow_mod'];
export const ASK = ['ask_join'];

/** A room made by REST, and people who enter it. */
export class Call {
  constructor(scene) {
    this.scene = scene;
  }

  static in(body, options = {}) {
    return inScene(options, async (scene) => {
      const it = new Call(scene);
      const room = await call(scene.server, 'POST', '/v2/rooms', { body: {} });
      it.roomId = room.json.roomId;
      await body(it);
    });
  }

  async entry(participantId, permissions, more = {}) {
    const entry = await call(this.scene.server, 'POST', '/v2/plenum/join', {
      token: restToken({ roles: ['rtc'], permissions, participantId }),
      body: { roomId: this.roomId, name: `${participantId} name`, ...more },
    });
    assert.equal(entry.status, 200, entry.text);
    return entry.json;
  }

  async enter(kind, participantId, permissions, more) {
    const client = await this.scene[kind](participantId);
    const { token } = await this.entry(participantId, permissions, more);
    const joined = await client.call('connect', client.url, token);
    assert.equal(joined.identity, participantId, JSON.stringify(joined));
    client.state = await done(client, 'state.get');
    return client;
  }
}

export const ask = (client, method, payload = {}) =>
  client.call('rpc', { to: 'plenum', method, payload: JSON.stringify(payload) });

export async function done(client, method, payload) {
  const answer = await ask(client, method, payload);
  assert.ok(answer.value, `${method}: ${JSON.stringify(answer)}`);
  return JSON.parse(answer.value);
}

export async function refused(client, method, payload, number) {
  const answer = await ask(client, method, payload);
  assert.equal(answer.code, 1500, JSON.stringify(answer));
  assert.equal(JSON.parse(answer.data).number, number);
}

/** The server's messages of that type. */
export const told = async (client, type) =>
  (await client.call('messages'))
    .filter((m) => m.topic === 'plenum/events')
    .map((m) => JSON.parse(m.text))
    .filter((m) => m.type === type);

export const hears = (client, type, matches = () => true, options = {}) =>
  until(
    `hears ${type}`,
    async () => (await told(client, type)).find((m) => matches(m.data)),
    Boolean,
    options,
  );

export const participants = async (client) => (await client.call('room')).participants;
export const others = async (client) => (await participants(client)).map((p) => p.identity).sort();
export const sees = (client, identities) =>
  until(
    `sees ${identities}`,
    () => others(client),
    (seen) => JSON.stringify(seen) === JSON.stringify(identities),
  );
