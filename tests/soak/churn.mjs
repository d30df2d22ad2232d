// Join, publish, mute, unpublish, leave, over and over, with native clients; then the server must be
// as small as it was. Not part of ./dev test:
//
//   node tests/soak/churn.mjs --minutes 30 --clients 20
//
// PLENUM_BIN chooses the server (a build with ASan also reports what it finds at the end).
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dispose, Room, TrackPublishOptions, TrackSource } from '@livekit/rtc-node';
import { patternSource, toneSource } from '../e2e/lib/native_media.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { mint } from '../e2e/lib/token.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    clients: { type: 'string', default: '20' },
    shards: { type: 'string', default: '2' },
    tolerance: { type: 'string', default: '5' },
  },
});
const MINUTES = Number(values.minutes);
const CLIENTS = Number(values.clients);
const TOLERANCE_PERCENT = Number(values.tolerance);
/** Allocators and caches reach their size in this share of the time; the base is taken after it. */
const WARM_UP_SHARE = 0.25;
const SETTLE_MS = 8000;
/**
 * rtc-node 1.1.0 now and then never returns from disconnect(), without having said goodbye. The
 * next client of that slot then takes the identity over, which ends the one left behind.
 */
const DISCONNECT_MS = 10_000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const between = (low, high) => low + Math.random() * (high - low);

function residentKib(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
const openFiles = (pid) => readdirSync(`/proc/${pid}/fd`).length;

async function publish(room, source, trackSource) {
  const { track, stop } = source;
  const options = new TrackPublishOptions();
  options.source = trackSource;
  const publication = await room.localParticipant.publishTrack(track, options);
  return { publication, stop };
}

/** One life of one client: in, media up, something changes, out. */
async function life(url, slot, counts) {
  const room = new Room();
  const identity = `churn-${slot}`;
  const roomName = `soak-${slot % 3}`;
  const running = [];
  try {
    await room.connect(url, await mint({ room: roomName, identity }), { autoSubscribe: true });
    ++counts.joins;
    running.push(
      await publish(room, toneSource({ hz: 300 + 20 * slot }, 'mic'), TrackSource.SOURCE_MICROPHONE),
    );
    if (slot % 3 === 0)
      running.push(
        await publish(
          room,
          patternSource({ sender: slot & 15, width: 320, height: 180, fps: 5 }, 'cam'),
          TrackSource.SOURCE_CAMERA,
        ),
      );
    await sleep(between(500, 4000));
    if (Math.random() < 0.5) {
      const gone = running.pop();
      gone.stop();
      await room.localParticipant.unpublishTrack(gone.publication.sid);
      ++counts.unpublished;
    }
    await sleep(between(200, 3000));
  } catch (error) {
    ++counts.errors;
    console.error(`client ${slot}: ${error.message}`);
  } finally {
    for (const { stop } of running) stop();
    const gone = room.disconnect().then(
      () => true,
      () => true,
    );
    if (!(await Promise.race([gone, sleep(DISCONNECT_MS)]))) ++counts.hung;
  }
}

async function churn(url, minutes, counts) {
  const end = Date.now() + minutes * 60_000;
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, slot) => {
      await sleep(between(0, 3000));
      while (Date.now() < end) await life(url, slot, counts);
    }),
  );
  await sleep(SETTLE_MS);
}

const server = await startServer({
  shards: Number(values.shards),
  flags: ['--placement', 'spread', '--departure-timeout', '2s'],
});
const counts = { joins: 0, unpublished: 0, errors: 0, hung: 0 };
await churn(server.wsUrl, MINUTES * WARM_UP_SHARE, counts);
const base = { kib: residentKib(server.pid), files: openFiles(server.pid) };
console.log(`base: ${base.kib} KiB, ${base.files} files after ${counts.joins} joins`);
await churn(server.wsUrl, MINUTES * (1 - WARM_UP_SHARE), counts);
const now = { kib: residentKib(server.pid), files: openFiles(server.pid) };
const growth = (100 * (now.kib - base.kib)) / base.kib;
console.log(
  `end: ${now.kib} KiB (${growth.toFixed(1)} %), ${now.files} files after ${counts.joins} joins, ` +
    `${counts.unpublished} unpublished, ${counts.errors} errors, ${counts.hung} clients hung in disconnect`,
);
await server.stop();
await dispose();
const clean = growth <= TOLERANCE_PERCENT && now.files <= base.files + 2 && counts.errors === 0;
console.log(clean ? 'clean' : 'NOT CLEAN');
process.exit(clean ? 0 : 1);
