// A room of two browsers and two native clients for a minute: recorded, streamed to a real RTMP server
// and to HLS, which plays meanwhile in a browser. All three must show and play who was there, together
// to within a frame.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { VideoSDK } from '@videosdk.live/server-sdk';
import { WebhookReceiver } from '../conformance/lib/webhook_receiver.mjs';
import { beeps, flashes, offsets, percentile } from './lib/flash.mjs';
import { HlsPlayer } from './lib/hls_player.mjs';
import { examine, gridTiles, probe, senderIn, SOUND_RATE, toneShare } from './lib/media_file.mjs';
import { until } from './lib/poll.mjs';
import { RtmpServer } from './lib/rtmp_server.mjs';
import { inScene } from './lib/scene.mjs';
import { needsOwnServer } from './lib/server.mjs';
import { API_KEY, API_SECRET } from './lib/token.mjs';

const RECORDED_SECONDS = Number(process.env.PLENUM_RECORDED_SECONDS ?? 60);
/** A folder to copy what was made into. */
const KEEP = process.env.PLENUM_KEEP;
const MOST_OFFSET_MS = 40;
/** What a file may be shorter or longer than the time between the events that tell of it. */
const DURATION_SECONDS = 0.3;
/** In the order they join; the tones are multiples of 100 Hz away from the beep and each other. */
const PEOPLE = [
  { kind: 'native', identity: 'ada', sender: 1, hz: 500 },
  { kind: 'native', identity: 'ben', sender: 2, hz: 800 },
  { kind: 'chromium', identity: 'cleo', sender: 3, hz: 1100 },
  { kind: 'chromium', identity: 'dan', sender: 4, hz: 1400 },
];
/** All of them and the beep must fit without the mixer turning them down. */
const LOUDNESS = 0.3;
const ABSENT_HZ = 1250;
const SMALL = { width: 320, height: 180, fps: 15, maxBitrate: 400_000 };

async function everybodyJoins(scene, room) {
  for (const { kind, identity, sender, hz } of PEOPLE) {
    // They only send: what they would receive is looked at elsewhere, and costs.
    const person = await scene.join(kind, identity, { room, connect: { autoSubscribe: false } });
    if (identity === 'ada') {
      await person.call('publishFlash', { sender, hz });
    } else {
      await person.call('publishPattern', { sender, ...SMALL });
      await person.call('publishTone', { hz, loudness: LOUDNESS });
    }
  }
}

/** All that is the same in a recording, an HLS stream and a livestream. */
async function holdsTheCall(name, source, size) {
  const { video, audio } = await probe(source);
  assert.equal(video.codec_name, 'h264', name);
  assert.equal(audio.codec_name, 'aac', name);
  assert.deepEqual({ width: video.width, height: video.height }, size, name);

  const tiles = gridTiles(PEOPLE.length, size);
  const { frames, sound, pictures } = await examine(source, tiles[0]);
  const seconds = frames.at(-1).seconds - frames[0].seconds;
  assert.equal(((frames.length - 1) / seconds).toFixed(2), '30.00', `${name}: frames a second`);
  const steps = frames.slice(1).map((f, i) => f.seconds - frames[i].seconds);
  assert.ok(Math.max(...steps) < 0.05, `${name}: ${Math.max(...steps)} s without a frame`);

  tiles.forEach((tile, i) => {
    const { identity, sender } = PEOPLE[i];
    const seen = pictures.map((picture) => senderIn(picture, tile));
    const right = seen.filter((s) => s === sender).length;
    assert.ok(right >= 0.75 * seen.length, `${name}: ${identity} is seen as ${seen}`);
  });
  for (const { identity, hz } of PEOPLE)
    assert.ok(
      toneShare(sound, hz) > 0.05,
      `${name}: ${identity}'s tone has ${toneShare(sound, hz)}`,
    );
  assert.ok(toneShare(sound, ABSENT_HZ) < 0.01, `${name}: ${toneShare(sound, ABSENT_HZ)}`);

  const found = offsets(flashes(frames), beeps(sound, SOUND_RATE)).map(({ ms }) => ms);
  const expected = Math.floor((seconds - 2) / 2);
  assert.ok(found.length >= expected, `${name}: ${found.length} of ${expected} flashes`);
  const p95 = percentile(found.map(Math.abs), 0.95);
  assert.ok(
    p95 <= MOST_OFFSET_MS,
    `${name}: sound against picture in ms: ${found.map(Math.round)}`,
  );
  return { seconds: frames.length / 30, p95 };
}

/** The tiles of what the player shows; a flash may be in one, so it looks more than once. */
const showsEverybody = (player) =>
  until(
    'the player shows everybody',
    async () => {
      const picture = await player.picture();
      return gridTiles(PEOPLE.length, picture).map((tile) => senderIn(picture, tile));
    },
    (seen) => seen.every((sender, i) => sender === PEOPLE[i].sender),
    { timeoutMs: 5000 },
  );

async function playsWell(player, seconds, options) {
  const played = await player.plays(seconds, options);
  assert.deepEqual(played.fatal, []);
  assert.ok(played.shown >= 15 * played.seconds, JSON.stringify(played));
  await showsEverybody(player);
  return played;
}

test(
  'a minute of a room of four, recorded, streamed and watched at once',
  { skip: needsOwnServer, timeout: 180_000 },
  async (t) => {
    let server;
    const receiver = await WebhookReceiver.start(() => server.httpUrl);
    const rtmp = await RtmpServer.start();
    const told = (type) =>
      until(`the webhook ${type}`, () => receiver.time(type), Boolean, { timeoutMs: 30_000 });
    try {
      await inScene({ flags: ['--webhook-allow-private'] }, async (scene) => {
        server = scene.server;
        const sdk = new VideoSDK({
          apiKey: API_KEY,
          secret: API_SECRET,
          apiEndpoint: server.httpUrl,
        });
        const { roomId } = await sdk.rooms.create({
          webhook: { url: `${receiver.url}/room`, events: ['*'] },
        });
        await everybodyJoins(scene, roomId);
        const player = await HlsPlayer.open(await scene.browser());
        scene.defer(() => player.close());

        const low = { layout: 'GRID', quality: 'low' };
        await sdk.recordings.start(roomId);
        const hls = await sdk.hls.start(roomId, { composition: low });
        await sdk.rtmp.start(roomId, {
          streams: [{ url: rtmp.url, streamKey: 'a-minute' }],
          composition: low,
        });
        const started = await told('recording-started');
        const { playbackHlsUrl, livestreamUrl } = await sdk.hls.get(roomId);
        assert.equal(new URL(playbackHlsUrl).host, new URL(server.httpUrl).host);
        await told('hls-playable');
        await player.play(livestreamUrl);
        const live = await playsWell(player, 8);
        await delay(started + 1000 * RECORDED_SECONDS - Date.now());
        assert.deepEqual((await player.seen()).fatal, []);

        await Promise.all([
          sdk.recordings.stop(roomId),
          sdk.hls.stop(roomId),
          sdk.rtmp.stop(roomId),
        ]);
        for (const kind of ['recording', 'hls', 'livestream']) await told(`${kind}-stopped`);
        await player.play(playbackHlsUrl, { fromStart: true });
        const [recording] = (await sdk.recordings.list({ roomId })).data;
        const [stream] = rtmp.files();
        const replay = playsWell(player, 3);
        replay.catch(() => {});
        if (KEEP) {
          cpSync(join(server.dataDir, 'recordings'), join(KEEP, 'recordings'), { recursive: true });
          cpSync(join(server.dataDir, 'hls'), join(KEEP, 'hls'), { recursive: true });
          cpSync(stream, join(KEEP, 'stream.flv'));
        }
        const full = { width: 1280, height: 720 };
        const small = { width: 854, height: 480 };
        const found = {
          recording: await holdsTheCall('recording', recording.file.fileUrl, full),
          hls: await holdsTheCall('hls', playbackHlsUrl, small),
          livestream: await holdsTheCall('livestream', stream, small),
        };
        const replayed = await replay;
        t.diagnostic(`live: ${JSON.stringify(live)}`);
        t.diagnostic(`from the beginning: ${JSON.stringify(replayed)}`);
        for (const [kind, { seconds, p95 }] of Object.entries(found)) {
          const between =
            (receiver.time(`${kind}-stopping`) - receiver.time(`${kind}-starting`)) / 1000;
          t.diagnostic(
            `${kind}: ${seconds.toFixed(2)} s of ${between} s, sound to picture p95 ${p95.toFixed(0)} ms`,
          );
          assert.ok(
            Math.abs(seconds - between) < DURATION_SECONDS,
            `${kind}: ${seconds} of ${between}`,
          );
        }
      });
    } finally {
      await rtmp.close();
      await receiver.close();
    }
  },
);
