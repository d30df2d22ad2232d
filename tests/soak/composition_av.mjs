// How well sound and picture stay together: a room is recorded, streamed to nginx and to HLS for a while,
// and each flash is compared with its beep. Not part of ./dev test:
//
//   node tests/soak/composition_av.mjs --minutes 10
//
// Prints the 95th percentile of each minute for each output; an output whose offsets drift is seen in it.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { endJob, fileOf, getJob, jobIs, startJob, twoPeople } from '../conformance/lib/egress.mjs';
import { beeps, flashes, offsets, percentile } from '../e2e/lib/flash.mjs';
import { examine, gridTiles, probe, SOUND_RATE } from '../e2e/lib/media_file.mjs';
import { RtmpServer } from '../e2e/lib/rtmp_server.mjs';
import { inScene } from '../e2e/lib/scene.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    limit: { type: 'string', default: '40' },
    quality: { type: 'string', default: 'low' },
  },
});
const MINUTES = Number(values.minutes);
const LIMIT_MS = Number(values.limit);

/** p95 of each minute, in ms, with how many flashes there were. */
async function measure(name, source) {
  const { video } = await probe(source);
  const { frames, sound } = await examine(source, gridTiles(2, video)[0]);
  const found = offsets(flashes(frames), beeps(sound, SOUND_RATE));
  const minutes = [];
  for (let m = 0; m < MINUTES; ++m) {
    const ms = found.filter((o) => Math.floor(o.seconds / 60) === m).map((o) => o.ms);
    const mean = ms.reduce((sum, v) => sum + v, 0) / ms.length;
    minutes.push({ count: ms.length, mean, p95: percentile(ms.map(Math.abs), 0.95) });
  }
  const text = minutes.map((m) => `${m.p95.toFixed(0)} (${m.mean.toFixed(0)}, ${m.count})`);
  console.log(`${name}: ${frames.length} frames; p95 (mean, flashes) ms: ${text.join('  ')}`);
  return minutes.every((m) => m.p95 <= LIMIT_MS && m.count >= 28);
}

const rtmp = await RtmpServer.start();
await inScene({}, async (scene) => {
  const { server } = scene;
  const { roomId } = await twoPeople(scene);
  const config = { quality: values.quality };
  const recording = await startJob(server, 'recordings', roomId, { config });
  await startJob(server, 'livestreams', roomId, {
    config,
    outputs: [{ url: rtmp.url, streamKey: 'av' }],
  });
  const hls = await startJob(server, 'hls', roomId, { config });
  await jobIs(server, 'recordings', recording, 'recording');
  await sleep(MINUTES * 60_000 + 500);
  for (const kind of ['recordings', 'livestreams', 'hls']) await endJob(server, kind, roomId);
  await jobIs(server, 'recordings', recording, 'completed', 60_000);
  await jobIs(server, 'hls', hls, 'stopped', 60_000);
  const { playbackHlsUrl } = await getJob(server, 'hls', hls);
  const good = [
    await measure('MP4', fileOf(server.dataDir, recording)),
    await measure('HLS', playbackHlsUrl),
    await measure('RTMP', rtmp.files()[0]),
  ];
  console.log(good.every(Boolean) ? 'clean' : 'NOT CLEAN');
  process.exitCode = good.every(Boolean) ? 0 : 1;
});
await rtmp.close();
