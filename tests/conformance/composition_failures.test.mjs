// What goes wrong around recordings and livestreams: an RTMP server that goes, a worker that dies, a
// full disk. Files stay playable, the call does not notice, and everybody is told.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { keepsSeeing } from '../e2e/lib/expect.mjs';
import { beeps, flashes, offsets } from '../e2e/lib/flash.mjs';
import { complaints, examine, gridTiles, probe, SOUND_RATE } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { RtmpServer } from '../e2e/lib/rtmp_server.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';
import {
  endJob,
  fileOf,
  getJob,
  jobIs,
  startJob,
  toldInRoom,
  twoPeople,
  types,
  withReceiver,
  workers,
} from './lib/egress.mjs';
import { call } from './lib/rest.mjs';

const OPTIONS = { skip: needsOwnServer, timeout: 120_000 };
const ADA = gridTiles(2, { width: 1280, height: 720 })[0];

test(
  'a livestream whose server goes comes back with it, and the recording beside it is whole',
  OPTIONS,
  async () => {
    const rtmp = await RtmpServer.start();
    try {
      await inScene({}, async (scene) => {
        const { server } = scene;
        const { roomId } = await twoPeople(scene);
        const recording = await startJob(server, 'recordings', roomId);
        const stream = await startJob(server, 'livestreams', roomId, {
          outputs: [{ url: rtmp.url, streamKey: 'comes-back' }],
          config: { quality: 'low' },
        });
        await jobIs(server, 'livestreams', stream, 'started');
        await delay(4000);
        await rtmp.kill();
        await delay(6000);
        assert.equal((await getJob(server, 'livestreams', stream)).status, 'started');
        const [first] = rtmp.files();

        await rtmp.resume();
        const back = performance.now();
        await until(
          'the stream is back',
          () => rtmp.files(),
          (files) => files.length === 2,
          { everyMs: 10 },
        );
        const away = performance.now() - back;
        assert.ok(away <= 2000, `it came back ${Math.round(away)} ms after the server`);
        await delay(3000);
        await endJob(server, 'livestreams', roomId);
        await endJob(server, 'recordings', roomId);
        await jobIs(server, 'livestreams', stream, 'stopped');
        await jobIs(server, 'recordings', recording, 'completed');

        const [, second] = rtmp.files();
        for (const file of [first, second]) assert.ok((await probe(file)).seconds > 2.5, file);
        const { frames, sound } = await examine(fileOf(server.dataDir, recording), ADA);
        const steps = frames.slice(1).map((f, i) => f.seconds - frames[i].seconds);
        assert.ok(Math.max(...steps) < 0.034, `${Math.max(...steps)} s without a frame`);
        const flashed = flashes(frames);
        const period = flashed.slice(1).map((t, i) => t - flashed[i]);
        assert.ok(flashed.length >= 5, `${flashed}`);
        assert.ok(
          period.every((s) => Math.abs(s - 2) < 0.07),
          `${flashed}`,
        );
        const found = offsets(flashed, beeps(sound, SOUND_RATE));
        assert.equal(found.length, flashed.length);
        assert.ok(
          found.every(({ ms }) => Math.abs(ms) < 60),
          JSON.stringify(found),
        );
      });
    } finally {
      await rtmp.close();
    }
  },
);

test('a worker that is killed leaves a file that plays to within two seconds of it', OPTIONS, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { roomId, ben } = await twoPeople(scene);
    const id = await startJob(server, 'recordings', roomId);
    const [worker] = workers(server);
    const started = Date.now();
    await jobIs(server, 'recordings', id, 'recording');
    await delay(6000);
    process.kill(worker, 'SIGKILL');
    const recorded = (Date.now() - started) / 1000;
    await until(
      'the worker is gone',
      () => workers(server),
      (pids) => !pids.includes(worker),
    );
    await keepsSeeing(ben, 'ada', 1);

    const file = fileOf(server.dataDir, id);
    const { seconds, video, audio } = await until('it can be read', () => probe(file));
    assert.ok(seconds > recorded - 2 && seconds < recorded + 0.5, `${seconds} s of ${recorded} s`);
    assert.ok(video && audio);
    assert.deepEqual(await complaints(file), []);
    // Whatever became of the job, no worker stays.
    await call(server, 'POST', '/v2/recordings/end', { body: { roomId } });
    await until(
      'no worker stays',
      () => workers(server),
      (pids) => pids.length === 0,
    );
  }),
);

const noMounts = process.getuid() === 0 ? false : 'needs root to mount a small disk';
test(
  'a full disk ends a recording, not the call',
  { ...OPTIONS, skip: OPTIONS.skip || noMounts },
  () =>
    withReceiver(async ({ receiver, flags, serverIs, told }) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'plenum-full-'));
      const disk = join(dataDir, 'recordings');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=640k', 'tmpfs', disk]);
      try {
        await inScene({ flags: [...flags, '--egress-min-free', '0'], dataDir }, async (scene) => {
          const { server } = scene;
          serverIs(server);
          const { roomId, ben } = await twoPeople(scene);
          await ben.call('publishPattern', { sender: 2, width: 640, height: 360 });
          // From then on it is told what happens.
          await ben.call('rpc', { to: 'plenum', method: 'state.get', payload: '{}' });
          const id = await startJob(server, 'recordings', roomId, { config: { quality: 'high' } });
          const recording = await jobIs(server, 'recordings', id, 'failed', 60_000);
          await keepsSeeing(ben, 'ada', 1);

          assert.match(recording.error, /No space left/);
          await told('recording-failed');
          assert.deepEqual(types(receiver, 'recording'), [
            'recording-starting',
            'recording-started',
            'recording-failed',
          ]);
          const { error } = (
            await until(
              'ben is told',
              () => toldInRoom(ben, 'recording.state'),
              (l) => l.at(-1)?.error,
            )
          ).at(-1);
          assert.equal(error.name, 'RECORDING_FAILED');
          const file = fileOf(dataDir, id);
          assert.ok((await probe(file)).seconds > 2);
          assert.deepEqual(await complaints(file), []);
          assert.deepEqual(workers(server), []);
        });
      } finally {
        execFileSync('umount', ['-l', disk]);
        rmSync(dataDir, { recursive: true, force: true });
      }
    }),
);
