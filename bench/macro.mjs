// The whole server under `plenum load`: what a participant costs in memory, a forwarded packet in CPU, and whether a
// live room notices that a thousand others come.
//
//   node bench/macro.mjs [memory] [cpu] [storm] [--csv FILE] [--url URL]
//
// With --url the load goes to another server of LiveKit's protocol (key devkey, secret "secret"), of whose process
// nothing is known: then only what the clients see is told. CPU is the kernel's count of the server's process.
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { binary, startServer } from '../tests/e2e/lib/server.mjs';

const { values, positionals } = parseArgs({
  options: { csv: { type: 'string' }, url: { type: 'string' } },
  allowPositionals: true,
});
const TICKS_A_SECOND = 100; // USER_HZ
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const folder = mkdtempSync(join(tmpdir(), 'plenum-macro-'));
const rows = [];

function tell(what, value, unit, bar) {
  const holds = bar === undefined || value <= bar;
  rows.push([what, value, unit, bar ?? '', holds]);
  console.log(`${what.padEnd(64)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(8)} ${bar === undefined ? '' : `${holds ? 'ok' : 'NOT OK'}, at most ${bar}`}`);
}

/** A server on the given cores, or the foreign one. */
async function serve(cores, shards) {
  if (values.url) return { wsUrl: values.url, stop() {}, foreign: true };
  const server = await startServer({ shards, command: ['taskset', '-c', cores, binary()], flags: ['--placement', 'pack'] });
  return Object.assign(server, {
    kib: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]),
    cpu() {
      const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
    },
    async packetsOut() {
      const text = await (await fetch(`${server.httpUrl}/metrics`)).text();
      return [...text.matchAll(/^plenum_packets_sent_total\{[^}]*\} (\d+)/gm)].reduce((sum, m) => sum + Number(m[1]), 0);
    },
  });
}

let runs = 0;
/** plenum load on the given cores; `report` resolves with its JSON. */
function load(server, cores, args) {
  const file = join(folder, `load-${++runs}.json`);
  const child = spawn('taskset', ['-c', cores, binary(), 'load', '--url', server.wsUrl, '--api-key', 'devkey',
    '--api-secret', 'secret', '--quiet', '--json', file, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const report = new Promise((done) => child.on('exit', () => done(JSON.parse(readFileSync(file, 'utf8')))));
  return { report };
}

/** Rooms of five who all send and watch each other: one camera and one microphone out, eight tracks in. */
async function memory() {
  const server = await serve('0-1', 2);
  const rooms = (name, count, seconds) => load(server, '0-1', ['--room', name, '--rooms', `${count}`, '--publishers', '5',
    '--publishers-subscribe', '--layout', '3x3', '--join-rate', '2/s', '--duration', `${seconds}s`]);
  const first = rooms('first', 2, 50);
  await sleep(14_000);
  const before = server.foreign ? 0 : server.kib();
  const second = rooms('second', 6, 34);
  await sleep(28_000);
  const after = server.foreign ? 0 : server.kib();
  const reports = [await first.report, await second.report];
  tell('rooms of five: participants that could not join', reports.reduce((n, r) => n + r.join.failed, 0), '', 0);
  tell('rooms of five: packets lost', Math.max(...reports.map((r) => r.receive.loss_percent)), '%', 0.1);
  if (!server.foreign) tell('memory of a participant: sends 2 tracks, gets 8', (after - before) / 30, 'KiB', 250);
  await server.stop();
}

/** One camera and a microphone to 200, the server alone on a core. */
async function cpu() {
  const server = await serve('0', 1);
  const run = load(server, '1', ['--room', 'wide', '--publishers', '1', '--subscribers', '200', '--join-rate', '100/s', '--duration', '20s']);
  await sleep(8000);
  if (!server.foreign) {
    const [cpuBefore, packetsBefore] = [server.cpu(), await server.packetsOut()];
    await sleep(8000);
    const [seconds, packets] = [server.cpu() - cpuBefore, (await server.packetsOut()) - packetsBefore];
    tell('1 to 200: packets sent a second', packets / 8, '');
    tell('1 to 200: CPU of the server', (seconds / 8) * 100, '% core');
    tell('1 to 200: CPU of a packet sent, everything included', (seconds / packets) * 1e6, 'us');
  }
  const { join: joined, receive } = await run.report;
  tell('1 to 200: could not join', joined.failed, '', 0);
  tell('1 to 200: first picture, p95', joined.first_frame.p95_ms, 'ms');
  tell('1 to 200: packets lost', receive.loss_percent, '%', 0.1);
  tell('1 to 200: freezes', receive.freezes, '');
  tell('1 to 200: delay of video p50, as the clients see it', receive.video_delay.p50_ms, 'ms');
  tell('1 to 200: delay of video p99', receive.video_delay.p99_ms, 'ms');
  await server.stop();
}

/** A thousand join within a second beside a room that talks. */
async function storm() {
  const server = await serve('0-1', 2);
  const talk = load(server, '1', ['--room', 'talk', '--publishers', '1', '--subscribers', '3', '--duration', '15s']);
  await sleep(5000);
  const sockets = fork(new URL('signalling/sockets.mjs', import.meta.url));
  const open = Array.from({ length: 1000 }, (_, i) => ({ url: server.wsUrl, room: `storm-${Math.floor(i / 10)}`, identity: `s${i}` }));
  const joined = await new Promise((done) => {
    sockets.once('message', done);
    sockets.send({ open, overMs: 1000 });
  });
  sockets.disconnect();
  const { receive } = await talk.report;
  tell('1000 join beside a talking room: failed', joined.failed.length, '', 0);
  tell('1000 join beside a talking room: p99', [...joined.joined].sort((a, b) => a - b)[Math.floor(joined.joined.length * 0.99)] ?? 0, 'ms', 10_000);
  tell('1000 join beside a talking room: its longest freeze', receive.longest_freeze_ms, 'ms', 200);
  tell('1000 join beside a talking room: its longest audio delay', receive.audio_delay.max_ms, 'ms', 200);
  await server.stop();
}

try {
  for (const part of [memory, cpu, storm])
    if (!positionals.length || positionals.includes(part.name)) await part();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (values.csv)
  writeFileSync(values.csv, ['what,value,unit,bar,holds', ...rows.map(([w, v, u, b, h]) => `"${w}",${v.toFixed(3)},${u},${b},${h}`)].join('\n') + '\n');
process.exit(rows.every((r) => r[4]) ? 0 : 1);
