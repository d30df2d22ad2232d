// Recordings, HLS and livestreams of a real call: what the files hold, not just that they are there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sees } from '../e2e/lib/expect.mjs';
import { meanColour, probe, soundOf, toneShare } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { RtmpServer } from '../e2e/lib/rtmp_server.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';
import { makeRoom, workers } from './lib/egress.mjs';
import { call } from './lib/rest.mjs';
import { WebhookReceiver } from './lib/webhook_receiver.mjs';

/** Ada and Ben, each with a pattern and a tone, in a new room. */
async function twoPeople(scene) {
  const room = await makeRoom(scene.server);
  const ada = await scene.join('native', 'ada', { room: room.roomId });
  const ben = await scene.join('native', 'ben', { room: room.roomId });
  await ada.call('publishPattern', { sender: 1, width: 640, height: 360 });
  await ada.call('publishTone', { hz: 440 });
  await ben.call('publishPattern', { sender: 2, width: 640, height: 360 });
  await ben.call('publishTone', { hz: 1000 });
  await sees(ada, 'ben', 2);
  await sees(ben, 'ada', 1);
  return { room, ada, ben };
}

const states = (receiver, family) =>
  receiver.types('videosdk').filter((type) => type.startsWith(family));

test('a recording holds the call', { skip: needsOwnServer, timeout: 120_000 }, async () => {
  let server;
  const receiver = await WebhookReceiver.start(() => server.httpUrl);
  try {
    await inScene({ flags: ['--webhook-allow-private'] }, async (scene) => {
      server = scene.server;
      const { room } = await twoPeople(scene);
      const asked = Date.now();
      const start = await call(server, 'POST', '/v2/recordings/start', {
        body: { roomId: room.roomId, webhookUrl: `${receiver.url}/job` },
      });
      assert.equal(start.status, 200, start.text);
      const again = await call(server, 'POST', '/v2/recordings/start', { body: { roomId: room.roomId } });
      assert.equal(again.status, 409, again.text);
      await until('it has begun', () => states(receiver, 'recording'), (s) => s.includes('recording-started'), { timeoutMs: 5000 });
      const started = Date.now();
      await delay(8000);
      const end = await call(server, 'POST', '/v2/recordings/end', { body: { roomId: room.roomId } });
      assert.equal(end.status, 200, end.text);
      const seconds = (Date.now() - asked) / 1000;
      await until('it has ended', () => states(receiver, 'recording'), (s) => s.includes('recording-stopped'), { timeoutMs: 15_000 });
      assert.deepEqual(states(receiver, 'recording'), [
        'recording-starting', 'recording-started', 'recording-stopping', 'recording-stopped',
      ]);
      const list = (await call(server, 'GET', `/v2/recordings?roomId=${room.roomId}`)).json;
      assert.equal(list.data.length, 1, JSON.stringify(list));
      const [recording] = list.data;
      assert.equal(recording.status, 'completed', JSON.stringify(recording));
      const response = await fetch(recording.file.fileUrl.replace(/^https?:\/\/[^/]+/, server.httpUrl));
      assert.equal(response.status, 200);
      const file = join(server.dataDir, 'downloaded.mp4');
      writeFileSync(file, Buffer.from(await response.arrayBuffer()));

      const found = await probe(file);
      assert.equal(found.video.codec_name, 'h264');
      assert.equal(found.audio.codec_name, 'aac');
      assert.deepEqual([found.video.width, found.video.height], [1280, 720]);
      assert.equal(found.video.avg_frame_rate, '30/1');
      assert.ok(Math.abs(found.seconds - seconds) < 0.3, `${found.seconds} s of ${seconds} s`);
      assert.ok(started - asked < 3000, `it took ${started - asked} ms to begin`);
      const sound = await soundOf(file);
      for (const hz of [440, 1000])
        assert.ok(toneShare(sound, hz) > 0.2, `${hz} Hz: ${toneShare(sound, hz)}`);
      assert.ok(toneShare(sound, 700) < 0.05);
      if (process.env.PLENUM_KEEP) execFileSync('cp', [file, process.env.PLENUM_KEEP]);
      // The strips that tell the senders apart: green in the left tile, blue in the right one.
      const left = await meanColour(file, 6, '600:60:20:460');
      const right = await meanColour(file, 6, '600:60:660:460');
      assert.ok(left.g > left.b + 30 && left.g > left.r + 30, JSON.stringify(left));
      assert.ok(right.b > right.g + 30 && right.b > right.r + 30, JSON.stringify(right));
    });
  } finally {
    await receiver.close();
  }
});

test('HLS plays, live and from the beginning', { skip: needsOwnServer, timeout: 120_000 }, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { room } = await twoPeople(scene);
    const start = await call(server, 'POST', '/v2/hls/start', { body: { roomId: room.roomId } });
    assert.equal(start.status, 200, start.text);
    const here = (url) => url.replace(/^https?:\/\/[^/]+/, server.httpUrl);
    const playback = here(start.json.playbackHlsUrl);
    await until(
      'three segments are there',
      async () => (await fetch(playback)).text(),
      (text) => (text.match(/\.m4s/g) ?? []).length >= 3,
      { timeoutMs: 20_000 },
    );
    const live = await probe(here(start.json.livestreamUrl));
    assert.equal(live.video.codec_name, 'h264');
    assert.equal(live.audio.codec_name, 'aac');

    const captured = await call(server, 'POST', '/v2/hls/capture', {
      body: { roomId: room.roomId, width: 640, format: 'png' },
    });
    assert.equal(captured.status, 200, captured.text);
    assert.deepEqual(
      [captured.json.meta.width, captured.json.meta.height, captured.json.meta.format],
      [640, 360, 'png'],
    );
    const image = here(captured.json.fileUrl);
    assert.equal((await fetch(image)).headers.get('content-type'), 'image/png');
    const strip = await meanColour(image, 0, '300:30:10:230');
    assert.ok(strip.g > strip.r && strip.g > strip.b, JSON.stringify(strip));
    const later = { roomId: room.roomId, time: 1 };
    assert.equal((await call(server, 'POST', '/v2/hls/capture', { body: later })).status, 501);

    // A worker that dies is replaced, and the stream goes on behind it.
    process.kill(workers(server)[0], 'SIGKILL');
    await until(
      'segments of another worker are there',
      async () => (await fetch(playback)).text(),
      (text) => text.includes('#EXT-X-DISCONTINUITY') && text.includes('init-2.mp4'),
      { timeoutMs: 20_000 },
    );
    assert.equal((await fetch(playback.replace('index.m3u8', 'init-2.mp4'))).status, 200);

    const end = await call(server, 'POST', '/v2/hls/end', { body: { roomId: room.roomId } });
    assert.equal(end.status, 200, end.text);
    await until('the list is closed', async () => (await fetch(playback)).text(), (text) => text.includes('#EXT-X-ENDLIST'), { timeoutMs: 15_000 });
    const whole = await probe(playback);
    assert.ok(whole.seconds > 5.5, `${whole.seconds} s`);
  }));

test('a livestream reaches an RTMP server, and its key is nowhere to be read', { skip: needsOwnServer, timeout: 120_000 }, async () => {
  const rtmp = await RtmpServer.start();
  try {
    await inScene({}, async (scene) => {
      const { server } = scene;
      const { room } = await twoPeople(scene);
      const start = await call(server, 'POST', '/v2/livestreams/start', {
        body: {
          roomId: room.roomId,
          outputs: [{ url: rtmp.url, streamKey: 'very-secret-key' }],
        },
      });
      assert.equal(start.status, 200, start.text);
      const list = async () => (await call(server, 'GET', `/v2/livestreams?roomId=${room.roomId}`)).json.data;
      await until('it is live', list, ([stream]) => stream?.start, { timeoutMs: 10_000 });
      await delay(6000);
      const end = await call(server, 'POST', '/v2/livestreams/end', { body: { roomId: room.roomId } });
      assert.equal(end.status, 200, end.text);
      const [stream] = await until('it has ended', list, ([s]) => s.end, { timeoutMs: 15_000 });
      assert.ok(!JSON.stringify(stream).includes('very-secret'), JSON.stringify(stream));
      const recorded = await until('nginx has its file', () => rtmp.files()[0]);
      const found = await probe(recorded);
      assert.equal(found.video.codec_name, 'h264');
      assert.equal(found.audio.codec_name, 'aac');
      assert.deepEqual([found.video.width, found.video.height], [1280, 720]);
      const sound = await soundOf(recorded);
      for (const hz of [440, 1000]) assert.ok(toneShare(sound, hz) > 0.2, `${hz} Hz`);
    });
  } finally {
    await rtmp.close();
  }
});
