// A worker that dies in the middle of a recording: another one goes on, and both parts are kept.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { complaints, probe } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';
import {
  endJob,
  getJob,
  jobIs,
  startJob,
  twoPeople,
  types,
  withReceiver,
  workers,
} from './lib/egress.mjs';
import { call } from './lib/rest.mjs';

const OPTIONS = { skip: needsOwnServer, timeout: 90_000 };
const BACK_MS = 5000;
/** What of the first part may be lost, and what the second may miss at its beginning. */
const LOST_SECONDS = 2;

test(
  'a recording whose worker dies goes on in a second part',
  OPTIONS,
  () =>
    withReceiver(async ({ receiver, flags, serverIs, told }) => {
      await inScene({ flags }, async (scene) => {
        const { server } = scene;
        serverIs(server);
        const { roomId } = await twoPeople(scene);
        const id = await startJob(server, 'recordings', roomId);
        const [worker] = workers(server);
        const started = Date.now();
        await told('recording-started');
        await delay(5000);
        process.kill(worker, 'SIGKILL');
        const killed = Date.now();
        await until(
          'another worker goes on',
          () => workers(server),
          (pids) => pids.length === 1 && pids[0] !== worker,
          { timeoutMs: BACK_MS, everyMs: 20 },
        );
        const back = Date.now();
        assert.equal((await getJob(server, 'recordings', id)).status, 'recording');
        await delay(5000);
        assert.equal((await getJob(server, 'recordings', id)).status, 'recording');
        await endJob(server, 'recordings', roomId);
        const ended = Date.now();
        const { files } = await jobIs(server, 'recordings', id, 'completed');

        assert.equal(files.length, 2, JSON.stringify(files));
        const expected = [(killed - started) / 1000, (ended - back) / 1000];
        for (const [i, { filePath, size, meta }] of files.entries()) {
          const file = join(server.dataDir, filePath);
          const { seconds } = await probe(file);
          assert.ok(
            seconds > expected[i] - LOST_SECONDS,
            `${filePath}: ${seconds} of ${expected[i]}`,
          );
          assert.ok(seconds < expected[i] + 0.5, `${filePath}: ${seconds} of ${expected[i]}`);
          assert.ok(Math.abs(meta.duration - seconds) < 0.1, JSON.stringify(meta));
          assert.ok(size > 0);
          assert.deepEqual(await complaints(file), []);
        }
        assert.notEqual(files[0].filePath, files[1].filePath);
        await told('recording-stopped');
        assert.deepEqual(types(receiver, 'recording'), [
          'recording-starting',
          'recording-started',
          'recording-starting', // part 2
          'recording-started',
          'recording-stopping',
          'recording-stopped',
        ]);
        assert.deepEqual(workers(server), []);
      });
    }),
);

test('a copy whose worker dies goes on in a file of its own', OPTIONS, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { roomId } = await twoPeople(scene);
    const body = { roomId, participantId: 'ada' };
    const copies = async () =>
      (await call(server, 'GET', `/v2/recordings/participant?roomId=${roomId}`)).json.data;
    const started = await call(server, 'POST', '/v2/recordings/participant/start', { body });
    assert.equal(started.status, 200, started.text);
    await until('it is recorded', copies, ([job]) => job?.status === 'recording');
    await delay(4000);
    process.kill(workers(server)[0], 'SIGKILL');
    await delay(4000);
    await call(server, 'POST', '/v2/recordings/participant/stop', { body });
    const [{ files }] = await until('it is whole', copies, ([job]) => job.status === 'completed', {
      timeoutMs: 10_000,
    });
    assert.equal(files.length, 2, JSON.stringify(files));
    for (const { filePath, meta } of files) {
      const { video, audio, seconds } = await probe(join(server.dataDir, filePath));
      assert.deepEqual([video.codec_name, audio.codec_name], ['vp8', 'opus']);
      assert.ok(seconds > 2 && seconds < 5, `${filePath}: ${seconds} s`);
      assert.ok(Math.abs(meta.duration - seconds) < 0.1, JSON.stringify(meta));
    }
  }),
);
