// What the tests of recordings, livestreams and HLS share: jobs by REST, people with media, and the
// worker processes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sees } from '../../e2e/lib/expect.mjs';
import { until } from '../../e2e/lib/poll.mjs';
import { call } from './rest.mjs';
import { WebhookReceiver } from './webhook_receiver.mjs';

export const makeRoom = async (server, body = {}) =>
  (await call(server, 'POST', '/v2/rooms', { body })).json;

/** Where a recording lies. */
export const fileOf = (dataDir, id) => join(dataDir, 'recordings', id, `${id}.mp4`);

/** Calls `body` with a receiver and the flags of a server that tells it of everything. */
export async function withReceiver(body) {
  let url;
  const receiver = await WebhookReceiver.start(() => url);
  try {
    await body({
      receiver,
      flags: ['--webhook-allow-private', '--webhook-videosdk', `${receiver.url}/all`],
      serverIs: (server) => (url = server.httpUrl),
      told: (type) =>
        until(
          `the webhook ${type} (so far: ${receiver.types('videosdk')})`,
          () => receiver.time(type),
          Boolean,
          {
            timeoutMs: 20_000,
          },
        ),
    });
  } finally {
    await receiver.close();
  }
}

/** Starts a job of 'recordings', 'livestreams' or 'hls', and gives its id. */
export async function startJob(server, kind, roomId, body = {}) {
  const answer = await call(server, 'POST', `/v2/${kind}/start`, {
    body: { roomId, ...body },
    headers: { Prefer: 'return=representation' },
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.id;
}

export async function endJob(server, kind, roomId) {
  const answer = await call(server, 'POST', `/v2/${kind}/end`, { body: { roomId } });
  assert.equal(answer.status, 200, answer.text);
}

export const getJob = async (server, kind, id) =>
  (await call(server, 'GET', `/v2/${kind}/${id}`)).json;

export const jobIs = (server, kind, id, status, timeoutMs = 15_000) =>
  until(
    `${kind} ${id} is ${status}`,
    () => getJob(server, kind, id),
    (job) => job?.status === status,
    { timeoutMs },
  );

/** Ada flashes and beeps, Ben is there to see her; both in a new room or in that one. */
export async function twoPeople(scene, roomId) {
  roomId ??= (await makeRoom(scene.server)).roomId;
  const ada = await scene.join('native', 'ada', {
    room: roomId,
    connect: { autoSubscribe: false },
  });
  const ben = await scene.join('native', 'ben', { room: roomId });
  await ada.call('publishFlash', { sender: 1, hz: 500 });
  await sees(ben, 'ada', 1);
  return { roomId, ada, ben };
}

/** Process ids of the server's workers, oldest first. */
export function workers(server) {
  const isWorker = (pid) => {
    try {
      const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(
        readFileSync(`/proc/${pid}/stat`, 'utf8'),
      );
      return name === 'plenum-egress' && Number(parent) === server.pid;
    } catch {
      return false; // it has ended meanwhile
    }
  };
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes
    .filter(isWorker)
    .map(Number)
    .sort((a, b) => a - b);
}

/** What the events in the room say about a kind of job, as a client got them. */
export const toldInRoom = async (client, type) =>
  (await client.call('messages'))
    .filter((m) => m.topic === 'plenum/events')
    .map((m) => JSON.parse(m.text))
    .filter((m) => m.type === type)
    .map((m) => m.data);

/** Types of VideoSDK's webhooks that begin so, in the order in which they came. */
export const types = (receiver, family) =>
  receiver.types('videosdk').filter((type) => type.startsWith(family));
