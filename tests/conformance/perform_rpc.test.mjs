// T32, T60: an application's server calls methods of participants with real clients.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PerformRpcRequest } from '@livekit/protocol';
import { RoomServiceClient } from 'livekit-server-sdk';
import { inScene } from '../e2e/lib/scene.mjs';
import { API_KEY, API_SECRET } from '../e2e/lib/token.mjs';

/** The method that this version of the SDK has no function for, by its own means. */
async function performRpc(scene, identity, payload, { method = 'echo', timeoutMs } = {}) {
  const rooms = new RoomServiceClient(scene.server.httpUrl, API_KEY, API_SECRET);
  const request = new PerformRpcRequest({
    room: scene.room,
    destinationIdentity: identity,
    method,
    payload,
    responseTimeoutMs: timeoutMs,
  });
  const headers = await rooms.authHeader({ roomAdmin: true, room: scene.room });
  const answer = await rooms.rpc.request('RoomService', 'PerformRpc', request.toJson(), headers);
  return answer.payload;
}

/** A failed call with this number, under this code. */
const fails = (code, rpcCode) => (error) => {
  assert.deepEqual([error.code, error.metadata?.rpc_code], [code, rpcCode], error.message);
  return true;
};

for (const kind of ['native', 'chromium']) {
  test(`a ${kind} client answers the server, many calls at once, and its errors come back`, () =>
    inScene({}, async (scene) => {
      const a = await scene.join(kind, 'a');
      await a.call('answerRpc', 'echo');
      const payloads = Array.from({ length: 20 }, (_, i) => `hello ${i}`);
      const answers = await Promise.all(payloads.map((p) => performRpc(scene, 'a', p)));

      answers.forEach((answer, i) => assert.match(answer, new RegExp(`^RPC_\\w+: hello ${i}$`)));
      const large = 'x'.repeat(15_300);
      assert.ok((await performRpc(scene, 'a', large)).endsWith(`: ${large}`));
      // The answer to this has the caller before it.
      const largest = 'x'.repeat(15_360);
      await assert.rejects(performRpc(scene, 'a', largest), fails('malformed', '1504'));
      await assert.rejects(performRpc(scene, 'a', 'fail'), fails('internal', '101'));
      await assert.rejects(
        performRpc(scene, 'a', '', { method: 'unknown' }),
        fails('invalid_argument', '1400'),
      );
      await assert.rejects(performRpc(scene, 'a', `${largest}x`), fails('malformed', '1402'));
      await assert.rejects(performRpc(scene, 'nobody', ''), fails('not_found', undefined));
    }));
}

test('a call ends with its time and with the participant', () =>
  inScene({}, async (scene) => {
    const n = await scene.join('native', 'n');
    await n.call('answerRpc', 'echo');

    await assert.rejects(
      performRpc(scene, 'n', 'never', { timeoutMs: 1000 }),
      fails('canceled', '1502'),
    );
    const waiting = assert.rejects(performRpc(scene, 'n', 'never'), fails('unavailable', '1503'));
    await performRpc(scene, 'n', 'the call before has arrived');
    await n.call('disconnect');
    await waiting;
  }));

test('who may not send data answers all the same, and nobody else hears it', () =>
  inScene({}, async (scene) => {
    const n = await scene.join('native', 'n', { grants: { canPublishData: false } });
    const other = await scene.join('native', 'other');
    await n.call('answerRpc', 'echo');

    assert.match(await performRpc(scene, 'n', 'hello'), /: hello$/);
    assert.deepEqual(await other.call('messages'), []);
  }));
