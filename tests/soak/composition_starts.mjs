// Recordings of a live room, started and stopped one after the other: none may fail, and the server must
// be as small after the last as it was after the first ones. Not part of ./dev test:
//
//   node tests/soak/composition_starts.mjs --starts 200
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  endJob,
  fileOf,
  getJob,
  startJob,
  twoPeople,
  workers,
} from '../conformance/lib/egress.mjs';
import { probe } from '../e2e/lib/media_file.mjs';
import { median, until } from '../e2e/lib/poll.mjs';
import { percentile } from '../e2e/lib/flash.mjs';
import { inScene } from '../e2e/lib/scene.mjs';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '200' },
    tolerance: { type: 'string', default: '5' },
  },
});
const STARTS = Number(values.starts);
const TOLERANCE_PERCENT = Number(values.tolerance);
/** Allocators and caches reach their size meanwhile; the base is taken after it. */
const WARM_UP = 20;
const FIRST_FRAGMENT_MS = 1000;
const SETTLE_MS = 1500;

const residentKib = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** Where the server and its workers may put what they need for a while. */
const temporary = mkdtempSync(join(tmpdir(), 'plenum-starts-'));

/** Children of the server, dead ones that nobody has buried among them. */
function children(pid) {
  const parentOf = (other) => {
    try {
      return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${other}/stat`, 'utf8'))[1]);
    } catch {
      return undefined;
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
}

function sizeOf(server) {
  return {
    kib: residentKib(server.pid),
    files: readdirSync(`/proc/${server.pid}/fd`).length,
    children: children(server.pid).length,
    temporary: readdirSync(temporary).length,
  };
}

/** One recording: how long until its first fragment was on disk, and whether it ended well. */
async function once(server, roomId) {
  const asked = performance.now();
  const id = await startJob(server, 'recordings', roomId);
  const file = fileOf(server.dataDir, id);
  await until(
    'the first fragment is on disk',
    () => existsSync(file) && statSync(file).size > 0 && readFileSync(file).includes('moof'),
    Boolean,
    { everyMs: 5 },
  );
  const ms = performance.now() - asked;
  await endJob(server, 'recordings', roomId);
  const job = await until(
    'the recording has ended',
    () => getJob(server, 'recordings', id),
    (j) => ['completed', 'failed'].includes(j.status),
    { everyMs: 30 },
  );
  return { ms, job, file };
}

await inScene({ env: { TMPDIR: temporary } }, async (scene) => {
  const { server } = scene;
  const { roomId } = await twoPeople(scene);
  const [times, failures] = [[], []];
  let base;
  for (let i = 1; i <= STARTS; ++i) {
    const { ms, job, file } = await once(server, roomId);
    times.push(ms);
    if (job.status !== 'completed') failures.push(`${i}: ${job.error}`);
    if (i % WARM_UP === 0) {
      if (!((await probe(file)).seconds > 0)) failures.push(`${i}: ${file} does not play`);
      await sleep(SETTLE_MS);
      const size = sizeOf(server);
      base ??= size;
      console.log(`${i} starts: ${JSON.stringify(size)}, median ${Math.round(median(times))} ms`);
    }
  }
  const end = sizeOf(server);
  const stray = readdirSync(join(server.dataDir, 'recordings'), { recursive: true }).filter(
    (f) => f.includes('/') && !f.endsWith('.mp4'),
  );
  const growth = (100 * (end.kib - base.kib)) / base.kib;
  console.log(
    `start to first fragment: median of the first 20 ${Math.round(median(times.slice(0, 20)))} ms, ` +
      `of all ${Math.round(median(times))} ms, p95 ${Math.round(percentile(times, 0.95))} ms, ` +
      `most ${Math.round(Math.max(...times))} ms`,
  );
  console.log(
    `memory grew by ${growth.toFixed(1)} %; failures: ${failures.length}`,
    failures,
    stray,
  );
  const clean =
    failures.length === 0 &&
    stray.length === 0 &&
    growth <= TOLERANCE_PERCENT &&
    end.files <= base.files &&
    end.children === 0 &&
    workers(server).length === 0 &&
    end.temporary === 0 &&
    median(times.slice(0, 20)) < FIRST_FRAGMENT_MS;
  console.log(clean ? 'clean' : 'NOT CLEAN');
  process.exitCode = clean ? 0 : 1;
});
rmSync(temporary, { recursive: true });
