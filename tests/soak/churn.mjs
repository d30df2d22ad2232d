// Join, publish, mute, unpublish, leave, over and over, with native clients; then the server must be
// as small as it was. Not part of ./dev test:
//
//   node tests/soak/churn.mjs --minutes 30 --clients 20
//
// PLENUM_BIN chooses the server (a build with ASan also reports what it finds at the end).
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startServer } from '../e2e/lib/server.mjs';

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
/** A client that hangs or crashes is its own fault, but not when it happens to one in fifty. */
const TOLERATED_CLIENT_FAULTS = 0.02;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function residentKib(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}
const openFiles = (pid) => readdirSync(`/proc/${pid}/fd`).length;

/** Keeps one client process going until `end`, then lets it finish its life. */
async function slot(url, number, end, counts) {
  while (Date.now() < end) {
    const client = fork(new URL('churn_client.mjs', import.meta.url), [url, String(number)]);
    client.on('message', (m) => Object.keys(m).forEach((k) => (counts[k] += m[k])));
    const stop = setTimeout(() => client.send('stop', () => {}), end - Date.now());
    const code = await new Promise((done) => client.on('exit', done));
    clearTimeout(stop);
    if (code !== 0 && code !== 3) ++counts.crashed;
  }
}

async function churn(url, minutes, counts) {
  const end = Date.now() + minutes * 60_000;
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => slot(url, i, end, counts)));
  await sleep(SETTLE_MS);
}

const server = await startServer({
  shards: Number(values.shards),
  flags: ['--placement', 'spread', '--departure-timeout', '2s'],
});
const counts = { joins: 0, unpublished: 0, errors: 0, hung: 0, crashed: 0 };
await churn(server.wsUrl, MINUTES * WARM_UP_SHARE, counts);
const base = { kib: residentKib(server.pid), files: openFiles(server.pid) };
console.log(`base: ${base.kib} KiB, ${base.files} files`, counts);
await churn(server.wsUrl, MINUTES * (1 - WARM_UP_SHARE), counts);
const now = { kib: residentKib(server.pid), files: openFiles(server.pid) };
const growth = (100 * (now.kib - base.kib)) / base.kib;
console.log(`end: ${now.kib} KiB (${growth.toFixed(1)} %), ${now.files} files`, counts);
await server.stop();
const clean =
  growth <= TOLERANCE_PERCENT &&
  now.files <= base.files + 2 &&
  counts.errors + counts.hung + counts.crashed <= TOLERATED_CLIENT_FAULTS * counts.joins;
console.log(clean ? 'clean' : 'NOT CLEAN');
process.exit(clean ? 0 : 1);
