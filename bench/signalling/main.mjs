// What signalling costs by itself: memory and CPU of idle connections, a storm of joins, the roster of a large room.
//
//   node bench/signalling/main.mjs [--sockets 10000] [--shards 2] [--csv FILE]
//
// Ends with 1 when a bar is missed. The clients are two processes of their own; the server's CPU is the kernel's count.
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startServer } from '../../tests/e2e/lib/server.mjs';

const { values } = parseArgs({
  options: { sockets: { type: 'string', default: '10000' }, shards: { type: 'string', default: '2' }, csv: { type: 'string' } },
});
const SOCKETS = Number(values.sockets);
const WARM_UP = 1000;
const PER_ROOM = 10;
const STORM = 1000;
const ROSTER = 1000;
const JOINS_A_SECOND = 450; // a server takes 500 a second from one address
const IDLE_MS = 20_000;
const TICKS_A_SECOND = 100; // USER_HZ

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const quantile = (all, q) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(q * all.length))];

class Server {
  static async start() {
    const it = new Server();
    it.process = await startServer({ shards: Number(values.shards), flags: ['--departure-timeout', '1s'] });
    return it;
  }
  get rssKib() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))[1]);
  }
  /** Seconds of CPU so far, user and kernel. */
  get cpu() {
    const fields = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  }
}

class Clients {
  #workers = [0, 1].map(() => fork(new URL('sockets.mjs', import.meta.url)));
  #ask(worker, order) {
    return new Promise((done, fail) => {
      const ended = (code) => fail(new Error(`a client process ended with ${code}`));
      worker.once('exit', ended);
      worker.once('message', (answer) => {
        worker.off('exit', ended);
        done(answer);
      });
      worker.send(order);
    });
  }
  async open(list, overMs) {
    const halves = [list.filter((_, i) => i % 2 === 0), list.filter((_, i) => i % 2 === 1)];
    const answers = await Promise.all(this.#workers.map((w, i) => this.#ask(w, { open: halves[i], overMs })));
    return { joined: answers.flatMap((a) => a.joined), failed: answers.flatMap((a) => a.failed) };
  }
  async count() {
    const all = await Promise.all(this.#workers.map((w) => this.#ask(w, { count: true })));
    return all.reduce((a, b) => ({ bytes: a.bytes + b.bytes, messages: a.messages + b.messages, open: a.open + b.open }));
  }
  close() {
    return Promise.all(this.#workers.map((w) => this.#ask(w, { close: true })));
  }
  end() {
    this.#workers.forEach((w) => w.disconnect());
  }
}

const rows = [];
function tell(what, value, unit, bar) {
  const holds = bar === undefined || value <= bar;
  rows.push([what, value, unit, bar ?? '', holds]);
  console.log(`${what.padEnd(56)} ${value.toFixed(2).padStart(9)} ${unit.padEnd(8)} ${bar === undefined ? '' : `${holds ? 'ok' : 'NOT OK'}, at most ${bar}`}`);
}

const clients = new Clients();
let server = await Server.start();
const participants = (count, room, from = 0, two = false) =>
  Array.from({ length: count }, (_, i) => ({ url: server.process.wsUrl, room: room(from + i), identity: `p${from + i}`, two }));
const pace = (count) => (count / JOINS_A_SECOND) * 1000;

/** Idle connections, ten in a room. Nobody answers an offer here: of two peer connections, which the server tries to
 *  set up, it tires after 15 s, of one after 60 s. */
async function idle(two, sockets) {
  const kind = two ? 'two peer connections' : 'one peer connection';
  const some = (count, from) => participants(count, (i) => `idle-${Math.floor(i / PER_ROOM)}`, from, two);
  const warm = await clients.open(some(WARM_UP, 0), pace(WARM_UP));
  await sleep(1500);
  const before = server.rssKib;
  const more = await clients.open(some(sockets - WARM_UP, WARM_UP), pace(sockets - WARM_UP));
  await sleep(1500);
  const failed = [...warm.failed, ...more.failed];
  tell(`${kind}: joins that failed, of ${sockets}`, failed.length, '', 0);
  if (failed.length) console.log(`  ${failed[0]}`);
  tell(`${kind}: memory of an idle one`, (server.rssKib - before) / (sockets - WARM_UP), 'KiB', 24);
}

async function cost() {
  const cpu = server.cpu;
  await sleep(IDLE_MS);
  tell(`CPU of ${SOCKETS} idle connections`, ((server.cpu - cpu) / (IDLE_MS / 1000)) * 100, '% core', 5);
  tell('of them closed meanwhile', SOCKETS - (await clients.count()).open, '', 0);
  const late = await clients.open(participants(200, () => 'late', SOCKETS), 4000);
  tell('a new client joins beside them, p95', quantile(late.joined, 0.95), 'ms', 200);
}

/** Everybody at once. */
async function storm() {
  const all = await clients.open(participants(STORM, (i) => `storm-${Math.floor(i / PER_ROOM)}`), 1000);
  tell(`${STORM} joins in a second: failed`, all.failed.length, '', 0);
  tell(`${STORM} joins in a second: p50`, quantile(all.joined, 0.5), 'ms');
  tell(`${STORM} joins in a second: p99`, quantile(all.joined, 0.99), 'ms', 10_000);
}

/** One large room: each join is told to all who are there. */
async function roster() {
  const start = server.cpu;
  await clients.count();
  const large = await clients.open(participants(ROSTER, () => 'large'), (ROSTER / 100) * 1000);
  await sleep(3000);
  const { bytes, messages } = await clients.count();
  tell(`a room of ${ROSTER}: joins that failed`, large.failed.length, '', 0);
  tell(`a room of ${ROSTER}: join p99`, quantile(large.joined, 0.99), 'ms', 1000);
  tell(`a room of ${ROSTER}: CPU of a join`, ((server.cpu - start) / ROSTER) * 1000, 'ms');
  tell(`a room of ${ROSTER}: received by each`, bytes / ROSTER / 1024, 'KiB');
  tell(`a room of ${ROSTER}: messages to each`, messages / ROSTER, '');
}

const empty = async () => {
  await clients.close();
  await sleep(3000);
};
try {
  await idle(true, Math.min(SOCKETS, 5000)); // before the first are given up
  await empty();
  await server.process.stop();
  server = await Server.start(); // memory that was used once is not measured
  await idle(false, SOCKETS);
  await cost();
  await empty();
  await storm();
  await empty();
  await roster();
} finally {
  clients.end();
  await server.process.stop();
}
if (values.csv)
  writeFileSync(values.csv, ['what,value,unit,bar,holds', ...rows.map(([w, v, u, b, h]) => `"${w}",${v.toFixed(3)},${u},${b},${h}`)].join('\n') + '\n');
process.exit(rows.every((r) => r[4]) ? 0 : 1);
