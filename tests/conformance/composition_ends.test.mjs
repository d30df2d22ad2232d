// How recordings end: with the server, with their room, by hand. The file is whole each time, and those
// who listen hear of it in the same order.
import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { complaints, probe } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer, startServer } from '../e2e/lib/server.mjs';
import {
  endJob,
  fileOf,
  getJob,
  jobIs,
  startJob,
  twoPeople,
  types,
  withReceiver,
  workers,
} from './lib/egress.mjs';
import { call } from './lib/rest.mjs';

const DURATION_SECONDS = 0.3;
const OPTIONS = { skip: needsOwnServer, timeout: 120_000 };

/** The boxes of the file, in their order. */
function boxes(file) {
  const fd = openSync(file);
  const head = Buffer.alloc(16);
  const found = [];
  for (let at = 0; readSync(fd, head, 0, 16, at) >= 8; ) {
    const size = head.readUInt32BE(0);
    found.push(head.toString('latin1', 4, 8));
    at += size === 1 ? Number(head.readBigUInt64BE(8)) : size;
  }
  closeSync(fd);
  return found;
}

/** A finished file: all of it decodes, its index comes first, no frame and no flash is missing. */
async function isWhole(file, seconds) {
  const found = await probe(file);
  assert.ok(
    Math.abs(found.seconds - seconds) < DURATION_SECONDS,
    `${found.seconds} s of ${seconds} s`,
  );
  assert.deepEqual(await complaints(file), []);
  const order = boxes(file);
  assert.ok(order.indexOf('moov') < order.indexOf('mdat') && !order.includes('moof'), `${order}`);
}

test('a server that is told to stop closes its recordings first', OPTIONS, () =>
  withReceiver(async ({ receiver, flags, serverIs, told }) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plenum-stops-'));
    try {
      let id;
      await inScene({ flags, dataDir }, async (scene) => {
        const { server } = scene;
        serverIs(server);
        const { roomId } = await twoPeople(scene);
        id = await startJob(server, 'recordings', roomId);
        await told('recording-started');
        await delay(5000);
        await server.stop();
      });
      const again = await startServer({ flags, dataDir });
      serverIs(again);
      try {
        await told('recording-stopped');
        assert.deepEqual(types(receiver, 'recording'), [
          'recording-starting',
          'recording-started',
          'recording-stopping',
          'recording-stopped',
        ]);
        const recording = await getJob(again, 'recordings', id);
        assert.equal(recording.status, 'completed', JSON.stringify(recording));
        const seconds =
          (receiver.time('recording-stopping') - receiver.time('recording-starting')) / 1000;
        await isWhole(fileOf(dataDir, id), seconds);
        assert.ok(
          Math.abs(recording.file.meta.duration - seconds) < DURATION_SECONDS,
          JSON.stringify(recording),
        );
      } finally {
        await again.stop();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }),
);

/** A recording of a room that `end` ends; its events must come in order, with the room's. */
const recordedUntil = (end, flags = []) =>
  withReceiver(async (hooks) => {
    await inScene({ flags: [...hooks.flags, ...flags] }, async (scene) => {
      const { server } = scene;
      hooks.serverIs(server);
      const people = await twoPeople(scene);
      const id = await startJob(server, 'recordings', people.roomId);
      await hooks.told('recording-started');
      await delay(4000);
      await end(server, people);
      await jobIs(server, 'recordings', id, 'completed', 30_000);
      await hooks.told('recording-stopped');
      await hooks.told('session-ended');
      assert.deepEqual(types(hooks.receiver, 'recording'), [
        'recording-starting',
        'recording-started',
        'recording-stopping',
        'recording-stopped',
      ]);
      const all = hooks.receiver.types('videosdk');
      const ends = ['participant-left', 'session-ended', 'recording-stopping', 'recording-stopped'];
      const order = ends.map((type) => all.lastIndexOf(type));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        `${all}`,
      );
      const seconds =
        (hooks.receiver.time('recording-stopping') - hooks.receiver.time('recording-starting')) /
        1000;
      await isWhole(fileOf(server.dataDir, id), seconds);
      assert.deepEqual(workers(server), []);
    });
  });

test('a room that is ended by REST closes its recording', OPTIONS, () =>
  recordedUntil(async (server, { roomId }) => {
    const ended = await call(server, 'POST', '/v2/sessions/end', { body: { roomId } });
    assert.equal(ended.status, 200, ended.text);
  }),
);

test('a room that everybody has left closes its recording when it closes', OPTIONS, () =>
  recordedUntil(
    async (_, { ada, ben }) => {
      await ada.call('disconnect');
      await ben.call('disconnect');
    },
    ['--departure-timeout', '2s'],
  ),
);

test('a recording goes with its file when it is deleted', OPTIONS, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { roomId } = await twoPeople(scene);
    const id = await startJob(server, 'recordings', roomId);
    await jobIs(server, 'recordings', id, 'recording');
    const early = await call(server, 'DELETE', `/v2/recordings/${id}`);
    assert.equal(early.status, 409, early.text);
    await endJob(server, 'recordings', roomId);
    await jobIs(server, 'recordings', id, 'completed');
    const gone = await call(server, 'DELETE', `/v2/recordings/${id}`);
    assert.equal(gone.status, 200, gone.text);
    await until(
      'the file is gone',
      () => existsSync(fileOf(server.dataDir, id)),
      (there) => !there,
    );
  }),
);
