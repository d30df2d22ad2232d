// A server that is killed while it records, with its workers or without them: its next start finds
// the recording, and whoever listens is told where it is.
import assert from 'node:assert/strict';
import http from 'node:http';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { complaints, probe } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer, startServer } from '../e2e/lib/server.mjs';
import { getJob, jobIs, startJob, twoPeople, types, withReceiver, workers } from './lib/egress.mjs';
import { call } from './lib/rest.mjs';

const OPTIONS = { skip: needsOwnServer, timeout: 90_000 };
const LOST_SECONDS = 2;

/** Runs a room until `crash` has ended its server, then another server on the same data. */
const throughCrash = ({ flags = [], record, crash, check }) =>
  withReceiver(async (hooks) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'plenum-crashes-'));
    const all = [...hooks.flags, ...flags];
    try {
      let job;
      await inScene({ flags: all, dataDir }, async (scene) => {
        hooks.serverIs(scene.server);
        job = await record(scene, hooks);
        await crash(scene.server);
      });
      const server = await startServer({ flags: all, dataDir });
      hooks.serverIs(server);
      try {
        await check({ server, dataDir, job, ...hooks });
      } finally {
        await server.stop();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

const killServer = (server) => server.kill();
async function killBoth(server) {
  for (const pid of workers(server)) process.kill(pid, 'SIGKILL');
  process.kill(server.pid, 'SIGKILL');
  await server.kill();
}

/** The file lasts as long as it was recorded, and at most `more` seconds longer. */
async function lasts(file, seconds, dataDir, more = 1) {
  const path = join(dataDir, file.filePath);
  const found = await probe(path);
  assert.ok(
    found.seconds > seconds - LOST_SECONDS && found.seconds < seconds + more,
    `${found.seconds} s of ${seconds} s`,
  );
  assert.ok(Math.abs(file.meta.duration - found.seconds) < 0.1, JSON.stringify(file.meta));
  assert.ok(file.size > 0);
  return path;
}

const recordRoom = async (scene, { told }) => {
  const { roomId } = await twoPeople(scene);
  const begun = Date.now();
  const id = await startJob(scene.server, 'recordings', roomId);
  await told('recording-started');
  await delay(5000);
  return { id, seconds: (Date.now() - begun) / 1000 };
};

for (const [who, crash] of Object.entries({
  'a server': killServer,
  'a server with its worker': killBoth,
}))
  test(`${who} that is killed leaves a recording that plays`, OPTIONS, () =>
    throughCrash({
      record: recordRoom,
      crash,
      check: async ({ server, dataDir, job, receiver, told }) => {
        const recording = await jobIs(server, 'recordings', job.id, 'failed');
        assert.equal(recording.error, 'the server was restarted');
        assert.equal(recording.files.length, 1, JSON.stringify(recording));
        assert.deepEqual(await complaints(await lasts(recording.file, job.seconds, dataDir)), []);
        await told('recording-failed');
        assert.deepEqual(types(receiver, 'recording'), [
          'recording-starting',
          'recording-started',
          'recording-failed',
        ]);
        const { data } = receiver.events.find((e) => e.type === 'recording-failed');
        assert.equal(data.filePath, recording.file.filePath);
        assert.equal(data.size, recording.file.size);
        const link = await fetch(recording.file.fileUrl);
        assert.equal((await link.arrayBuffer()).byteLength, data.size);
        assert.equal((await call(server, 'DELETE', `/v2/recordings/${job.id}`)).status, 200);
        await until(
          'the folder is gone',
          () => existsSync(join(dataDir, 'recordings', job.id)),
          (there) => !there,
        );
      },
    }));

/** A place for signed uploads: how many bytes came by PUT. */
async function uploadServer() {
  const puts = [];
  const server = http.createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += chunk.length;
    if (request.method === 'PUT') puts.push(bytes);
    response.end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { puts, server, url: `http://127.0.0.1:${server.address().port}/put?signature=secret` };
}

test('a worker that still writes is waited for, and its file is uploaded', OPTIONS, async () => {
  const upload = await uploadServer();
  let worker;
  try {
    await throughCrash({
      record: async (scene, { told }) => {
        const { roomId } = await twoPeople(scene);
        const begun = Date.now();
        const body = { preSignedUrl: upload.url };
        const id = await startJob(scene.server, 'recordings', roomId, body);
        await told('recording-started');
        await delay(5000);
        return { id, seconds: (Date.now() - begun) / 1000 };
      },
      crash: async (server) => {
        [worker] = workers(server);
        process.kill(worker, 'SIGSTOP');
        await server.kill();
      },
      check: async ({ server, dataDir, job, told }) => {
        await delay(1500);
        assert.equal((await getJob(server, 'recordings', job.id)).status, 'processing');
        assert.deepEqual(upload.puts, []);
        process.kill(worker, 'SIGCONT');
        const { file } = await jobIs(server, 'recordings', job.id, 'failed');
        const [size] = await until('it is uploaded', () => upload.puts, (puts) => puts.length);
        assert.equal(size, file.size);
        assert.deepEqual(await complaints(await lasts(file, job.seconds, dataDir, Infinity)), []);
        await told('recording-failed');
      },
    });
  } finally {
    upload.server.closeAllConnections();
    upload.server.close();
  }
});

test('copies and streams outlive a server that is killed with its workers', OPTIONS, () =>
  throughCrash({
    record: async (scene, { told }) => {
      const { server } = scene;
      const { roomId } = await twoPeople(scene);
      const hls = await startJob(server, 'hls', roomId, { config: { quality: 'low' } });
      const begun = Date.now();
      const body = { roomId, participantId: 'ada' };
      await call(server, 'POST', '/v2/recordings/participant/start', { body });
      await told('participant-recording-started');
      await told('hls-playable');
      return { roomId, hls, seconds: (Date.now() - begun) / 1000 };
    },
    crash: killBoth,
    check: async ({ server, dataDir, job, told }) => {
      const copies = async () =>
        (await call(server, 'GET', `/v2/recordings/participant?roomId=${job.roomId}`)).json.data;
      const [copy] = await until('it is saved', copies, ([one]) => one.status === 'failed');
      await lasts(copy.files[0], job.seconds, dataDir);
      await told('participant-recording-failed');
      const stream = await jobIs(server, 'hls', job.hls, 'failed');
      assert.ok(stream.duration >= 5, JSON.stringify(stream));
      const playlist = await (await fetch(stream.playbackHlsUrl)).text();
      assert.match(playlist, /#EXT-X-PLAYLIST-TYPE:VOD[^]*#EXT-X-ENDLIST/);
      await told('hls-failed');
    },
  }));
