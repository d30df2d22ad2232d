// One process full of signal connections that do nothing but live and ping. Told what to do by messages:
//   {open: [{url, room, identity}…], overMs}   joins them, spread over so long at random → {joined: [ms…], failed: [text…]}
//   {count: true}                              → {bytes, messages} received since the last count
//   {close: true}                              closes them all → {closed: true}
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';

// The tests' packages are the ones that are installed.
const { WebSocket } = createRequire(new URL('../../tests/package.json', import.meta.url))('ws');

const JOIN_TIMEOUT_MS = 30_000;
/** As often as a join response asks; who says nothing for three quarters of a minute is given up. */
const PING_MS = 5000;
const PING = Buffer.from([0x70, 0x01]); // SignalRequest { ping: 1 }
const base64url = (text) => Buffer.from(text).toString('base64url');
const HEAD = base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }));

function token(room, identity) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'devkey', sub: identity, nbf: now - 5, exp: now + 3600, video: { roomJoin: true, room } };
  const signed = `${HEAD}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${createHmac('sha256', 'secret').update(signed).digest('base64url')}`;
}

const sockets = new Set();
let bytes = 0;
let messages = 0;

/** A v1 join request (WrappedJoinRequest, no compression) that says nothing. */
const EMPTY_JOIN = Buffer.from([0x12, 0x00]).toString('base64url');

/** Resolves with the milliseconds until the join response. `two`: the older protocol, with two peer connections. */
function join({ url, room, identity, two }) {
  return new Promise((done, fail) => {
    const begin = performance.now();
    const query = new URLSearchParams({ protocol: '15', auto_subscribe: '1', sdk: 'go', access_token: token(room, identity) });
    if (!two) query.set('join_request', EMPTY_JOIN);
    const socket = new WebSocket(`${url}/rtc${two ? '' : '/v1'}?${query}`, { perMessageDeflate: false });
    const timer = setTimeout(() => socket.terminate(), JOIN_TIMEOUT_MS);
    let joined = false;
    socket.on('message', (data) => {
      bytes += data.length;
      ++messages;
      if (joined) return;
      joined = true;
      clearTimeout(timer);
      const pings = setInterval(() => socket.send(PING), PING_MS);
      socket.once('close', () => clearInterval(pings));
      done(performance.now() - begin);
    });
    socket.on('error', (error) => fail(error));
    socket.on('close', (code) => {
      sockets.delete(socket);
      clearTimeout(timer);
      fail(new Error(`closed with ${code}`));
    });
    sockets.add(socket);
  });
}

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function open(list, overMs) {
  const results = await Promise.allSettled(
    list.map(async (one) => {
      await sleep(Math.random() * overMs);
      return join(one);
    }),
  );
  return {
    joined: results.filter((r) => r.status === 'fulfilled').map((r) => r.value),
    failed: results.filter((r) => r.status === 'rejected').map((r) => String(r.reason?.message ?? r.reason)),
  };
}

process.on('message', async (order) => {
  if (order.open) process.send(await open(order.open, order.overMs));
  if (order.count) {
    process.send({ bytes, messages, open: sockets.size });
    bytes = messages = 0;
  }
  if (order.close) {
    for (const socket of sockets) socket.terminate();
    await sleep(500);
    process.send({ closed: true });
  }
});
process.on('disconnect', () => process.exit(0));
