// Recordings of a real server on their way to a bucket and to a signed URL.
import assert from 'node:assert/strict';
import http from 'node:http';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';
import {
  endJob,
  fileOf,
  getJob,
  jobIs,
  startJob,
  twoPeople,
  types,
  withReceiver,
} from './lib/egress.mjs';
import { S3Server } from './lib/s3_server.mjs';

const OPTIONS = { skip: needsOwnServer, timeout: 90_000 };

test('a finished recording goes to the bucket, and its link with it', OPTIONS, async () => {
  const bucket = await new S3Server().listen();
  const { S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_KEY, S3_SECRET } = bucket.environment;
  const flags = [
    ...['--storage-s3-endpoint', S3_ENDPOINT, '--storage-s3-region', S3_REGION],
    ...['--storage-s3-bucket', S3_BUCKET, '--storage-s3-prefix', 'plenum', '--storage-s3-path-style'],
    ...['--storage-s3-access-key', S3_KEY, '--storage-s3-secret-key', S3_SECRET],
    '--storage-s3-keep-local=false',
  ];
  try {
    await inScene({ flags }, async (scene) => {
      const { server } = scene;
      const { roomId } = await twoPeople(scene);
      const id = await startJob(server, 'recordings', roomId, { awsDirPath: 'films/2026' });
      await jobIs(server, 'recordings', id, 'recording');
      await delay(2000);
      await endJob(server, 'recordings', roomId);
      await jobIs(server, 'recordings', id, 'completed');
      const key = `plenum/films/2026/${id}.mp4`;
      const { file } = await until(
        'it is in the bucket',
        () => getJob(server, 'recordings', id),
        (job) => job.file.filePath === key,
        { timeoutMs: 15_000 },
      );
      const stored = bucket.objects.get(key);
      assert.equal(stored.body.length, file.size);
      const downloaded = await fetch(file.fileUrl); // whose signature the bucket checks
      assert.equal(downloaded.status, 200);
      assert.ok(stored.body.equals(Buffer.from(await downloaded.arrayBuffer())));
      assert.ok(!JSON.stringify(file).includes(S3_SECRET));
      await until('the local file has gone', () => !existsSync(fileOf(server.dataDir, id)));
    });
  } finally {
    bucket.close();
  }
});

test('a finished recording goes to a signed URL, which nobody reads again', OPTIONS, async () => {
  const puts = [];
  const stranger = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    puts.push({ method: request.method, url: request.url, bytes: Buffer.concat(chunks).length });
    response.end();
  });
  await new Promise((done) => stranger.listen(0, '127.0.0.1', done));
  try {
    await inScene({ flags: ['--webhook-allow-private'] }, async (scene) => {
      const { server } = scene;
      const { roomId } = await twoPeople(scene);
      const preSignedUrl = `http://127.0.0.1:${stranger.address().port}/put/here?signature=very-secret`;
      const id = await startJob(server, 'recordings', roomId, { preSignedUrl });
      await jobIs(server, 'recordings', id, 'recording');
      await delay(2000);
      await endJob(server, 'recordings', roomId);
      const { file, ...job } = await jobIs(server, 'recordings', id, 'completed');
      await until('it was put there', () => puts.length, Boolean, { timeoutMs: 15_000 });
      assert.deepEqual(puts, [
        { method: 'PUT', url: '/put/here?signature=very-secret', bytes: file.size },
      ]);
      assert.ok(!JSON.stringify(job).includes('very-secret'), JSON.stringify(job));
    });
  } finally {
    stranger.closeAllConnections();
    stranger.close();
  }
});

test('a bucket that takes nothing is told of once, and the file is kept', OPTIONS, async () => {
  const bucket = await new S3Server().listen();
  bucket.fault = () => ({ status: 503, code: 'SlowDown' });
  const { S3_ENDPOINT, S3_REGION, S3_BUCKET, S3_KEY, S3_SECRET } = bucket.environment;
  try {
    await withReceiver(async ({ receiver, flags, serverIs, told }) => {
      flags.push(
        ...['--storage-s3-endpoint', S3_ENDPOINT, '--storage-s3-region', S3_REGION],
        ...['--storage-s3-bucket', S3_BUCKET, '--storage-s3-path-style'],
        ...['--storage-s3-access-key', S3_KEY, '--storage-s3-secret-key', S3_SECRET],
        ...['--storage-s3-keep-local=false', '--storage-retry', '20ms'],
        ...['--webhook-livekit', `${receiver.url}/livekit`],
      );
      await inScene({ flags }, async (scene) => {
        const { server } = scene;
        serverIs(server);
        const { roomId } = await twoPeople(scene);
        const id = await startJob(server, 'recordings', roomId);
        await jobIs(server, 'recordings', id, 'recording');
        await delay(2000);
        await endJob(server, 'recordings', roomId);
        await told('recording-failed');
        const job = await jobIs(server, 'recordings', id, 'completed');
        assert.match(job.error, /not uploaded/);
        assert.equal(job.file.uploadError.length > 0, true);
        assert.equal(job.file.filePath, `recordings/${id}/${id}.mp4`);
        assert.ok(existsSync(fileOf(server.dataDir, id)));
        assert.equal((await fetch(job.file.fileUrl)).status, 200);
        await until('LiveKit is told', () =>
          receiver.events.find(
            ({ type, data }) => type === 'egress_updated' && data.egressInfo.error,
          ),
        );
        const ends = types(receiver, 'recording').slice(-2);
        assert.deepEqual(ends, ['recording-stopped', 'recording-failed']);
        const { data } = receiver.events.find((e) => e.type === 'recording-failed');
        assert.equal(data.code, 'UPLOAD_FAILED');
        assert.match(data.message, /not uploaded/);
        assert.equal(data.size, job.file.size);
        const all = JSON.stringify(receiver.events);
        assert.ok(!all.includes(S3_SECRET) && !all.includes(S3_KEY));
      });
    });
  } finally {
    bucket.close();
  }
});
