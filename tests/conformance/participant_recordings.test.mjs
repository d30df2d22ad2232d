// Recordings of one participant, of one track, and of some participants: what their files hold.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { VideoSDK } from '@videosdk.live/server-sdk';
import { sees } from '../e2e/lib/expect.mjs';
import { meanColour, probe, soundOf, toneShare } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';
import { API_KEY, API_SECRET } from '../e2e/lib/token.mjs';
import { call } from './lib/rest.mjs';
import { WebhookReceiver } from './lib/webhook_receiver.mjs';

/** The picture's lowest strip, whose colour tells the senders apart. */
const STRIP = 'iw:ih/6:0:ih*19/24';

async function download(server, url, name) {
  const response = await fetch(url.replace(/^https?:\/\/[^/]+/, server.httpUrl));
  assert.equal(response.status, 200, url);
  const file = join(server.dataDir, name);
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  return file;
}

/** Ada, who is green, and Ben, who is blue, each with a tone. */
async function twoPeople(scene) {
  const room = (await call(scene.server, 'POST', '/v2/rooms', { body: {} })).json;
  const ada = await scene.join('native', 'ada', { room: room.roomId });
  const ben = await scene.join('native', 'ben', { room: room.roomId });
  await ada.call('publishPattern', { sender: 1, width: 640, height: 360 });
  await ada.call('publishTone', { hz: 440 });
  await ben.call('publishPattern', { sender: 2, width: 640, height: 360 });
  await ben.call('publishTone', { hz: 1000 });
  await sees(ada, 'ben', 2);
  await sees(ben, 'ada', 1);
  return { roomId: room.roomId, ben };
}

async function checkRefusals(server, roomId) {
  const start = (path, body) =>
    call(server, 'POST', `/v2/recordings/participant/${path}`, { body: { roomId, ...body } });
  const answers = await Promise.all([
    start('start', { participantId: 'nobody' }),
    start('start', { participantId: 'ada' }),
    start('start', { participantId: 'ben', fileFormat: 'm3u8' }),
    start('track/start', { participantId: 'ben', kind: 'audio', fileFormat: 'mp3' }),
    start('track/start', { participantId: 'ben', kind: 'video', fileFormat: 'mp4' }),
    start('track/start', { participantId: 'ben' }),
    start('track/stop', { participantId: 'ada', kind: 'video' }),
  ]);
  assert.deepEqual(answers.map((a) => a.status), [404, 409, 501, 501, 501, 400, 404]);
}

test('participants, tracks and composites are recorded at once', { skip: needsOwnServer, timeout: 60_000 }, async () => {
  let server;
  const receiver = await WebhookReceiver.start(() => server.httpUrl);
  const told = (type) => receiver.events.find((e) => e.type === type);
  const happens = (type) =>
    until(type, () => told(type), Boolean, { timeoutMs: 10_000 });
  try {
    await inScene({ flags: ['--webhook-allow-private'] }, async (scene) => {
      server = scene.server;
      const sdk = new VideoSDK({ apiKey: API_KEY, secret: API_SECRET, apiEndpoint: server.httpUrl });
      const { roomId, ben } = await twoPeople(scene);
      const webhookUrl = `${receiver.url}/job`;
      const begun = Date.now();
      const participant = await call(server, 'POST', '/v2/recordings/participant/start', {
        body: { roomId, participantId: 'ada', fileFormat: 'webm', webhookUrl, metadata: { case: 7 } },
      });
      assert.equal(participant.text, '"participant recording started successfully."');
      assert.equal(
        await sdk.recordings.track.start(roomId, { participantId: 'ben', kind: 'audio', webhookUrl }),
        'track recording started successfully.',
      );
      const composite = await sdk.recordings.composite.start(roomId, {
        participants: [{ participantId: 'ben' }],
        webhookUrl,
      });
      await checkRefusals(server, roomId);
      await happens('participant-recording-started');
      await happens('participant-track-recording-started');
      await happens('composite-recording-started');
      await delay(3000);
      await ben.call('unpublish', 'microphone');
      await delay(1500);
      await ben.call('publishTone', { hz: 1000 });
      await delay(3000);
      const stopped = await call(server, 'POST', '/v2/recordings/participant/stop', {
        body: { roomId, participantId: 'ada' },
      });
      const seconds = (Date.now() - begun) / 1000;
      assert.equal(stopped.text, '"participant recording stopped successfully."');
      await sdk.recordings.track.stop(roomId, 'ben', 'audio');
      await sdk.recordings.composite.stop(composite);
      const { data } = await happens('participant-recording-stopped');
      const { data: track } = await happens('participant-track-recording-stopped');
      await happens('composite-recording-stopped');

      assert.deepEqual(
        [data.participantId, data.kind, data.fileFormat, data.fileDetails.length],
        ['ada', 'audio_video', 'webm', 1],
      );
      const whole = await download(server, data.fileDetails[0].fileUrl, 'ada.webm');
      const found = await probe(whole);
      assert.deepEqual([found.video?.codec_name, found.audio?.codec_name], ['vp8', 'opus']);
      assert.ok(Math.abs(found.seconds - seconds) < 0.5, `${found.seconds} s of ${seconds} s`);
      const tones = await soundOf(whole);
      assert.ok(toneShare(tones, 440) > 0.5 && toneShare(tones, 1000) < 0.05, 'her tone alone');
      const ada = await meanColour(whole, 3, STRIP);
      assert.ok(ada.g > ada.b + 30 && ada.g > ada.r + 30, JSON.stringify(ada));

      assert.deepEqual([track.participantId, track.kind], ['ben', 'audio']);
      assert.equal(track.fileDetails.length, 2, JSON.stringify(track));
      for (const [n, { fileUrl }] of track.fileDetails.entries()) {
        const file = await download(server, fileUrl, `ben-${n}.webm`);
        const sound = await probe(file);
        assert.equal(sound.audio.codec_name, 'opus');
        assert.ok(Math.abs(sound.seconds - 3) < 1.5, `${sound.seconds} s`);
        assert.ok(toneShare(await soundOf(file), 1000) > 0.5);
      }

      const shown = await sdk.recordings.composite.get(composite.id);
      assert.deepEqual(shown.participants, [{ participantId: 'ben' }]);
      const mixed = await download(server, shown.file.fileUrl, 'composite.mp4');
      assert.equal((await probe(mixed)).video.codec_name, 'h264');
      const only = await meanColour(mixed, 3, STRIP);
      assert.ok(only.b > only.g + 30 && only.b > only.r + 30, JSON.stringify(only));

      const listed = [];
      for await (const one of await sdk.recordings.participant.list({ roomId, participantId: 'ada' }))
        listed.push(one);
      assert.deepEqual(listed.map((one) => one.status), ['completed']);
      const manifest = await download(server, listed[0].manifestUrl, 'ada.json');
      const { files } = JSON.parse(execFileSync('cat', [manifest]));
      assert.deepEqual(files.map((f) => [f.file, f.identity]), [
        [data.fileDetails[0].filePath.split('/').at(-1), 'ada'],
      ]);
      await sdk.recordings.participant.delete(listed[0].id);
      const again = () => fetch(data.fileDetails[0].fileUrl.replace(/^https?:\/\/[^/]+/, server.httpUrl));
      await until('its file is gone', again, (r) => r.status === 404, { timeoutMs: 3000 });
    });
  } finally {
    await receiver.close();
  }
});

test('a track that is muted goes on in a new file', { skip: needsOwnServer, timeout: 60_000 }, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { roomId } = (await call(server, 'POST', '/v2/rooms', { body: {} })).json;
    const ada = await scene.join('chromium', 'ada', { room: roomId });
    await ada.call('publishTone', { hz: 440 });
    const track = { roomId, participantId: 'ada', kind: 'audio' };
    const path = '/v2/recordings/participant/track';
    await until(
      'it is recorded',
      () => call(server, 'POST', `${path}/start`, { body: track }),
      (answer) => answer.status === 200,
    );
    await delay(3000);
    await ada.call('setMuted', 'microphone', true);
    await delay(1500);
    await ada.call('setMuted', 'microphone', false);
    await delay(3000);
    await call(server, 'POST', `${path}/stop`, { body: track });
    const [recording] = await until(
      'it has ended',
      async () => (await call(server, 'GET', `${path}?roomId=${roomId}`)).json.data,
      ([r]) => r?.status === 'completed',
    );
    const seconds = recording.files.map((file) => file.meta.duration);
    assert.equal(seconds.length, 2, JSON.stringify(recording));
    assert.ok(
      seconds.every((s) => Math.abs(s - 3) < 0.5),
      `${seconds} s`,
    );
  }),
);
