// The webhook sender against receivers that fail in every way, with kills in between: nothing is
// lost, the order within a session holds, and the vendors' own SDKs take both signatures.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { VideoSDK } from '@videosdk.live/server-sdk';
import { WebhookReceiver } from 'livekit-server-sdk';

const PROGRAM = path.join(path.dirname(path.resolve(process.env.PLENUM_BIN)), 'tests/plenum_webhook_sender');

/** The sender as a child process on the store in `file`; see tests/integration/webhooks/sender.cc. */
class Sender {
  constructor(file, env = {}) {
    this.child = spawn(PROGRAM, [file], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    this.child.stdin.on('error', () => {}); // killed while we write
    this.exited = new Promise((resolve) => this.child.on('exit', resolve));
    this.waiting = [];
    this.acknowledged = new Set();
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#take(line));
  }
  #take(line) {
    const [word, rest] = [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)];
    if (word === 'ok') this.acknowledged.add(rest);
    const found = this.waiting.findIndex((w) => w.word === word);
    if (found >= 0 && word !== 'ok') this.waiting.splice(found, 1)[0].resolve(rest);
  }
  #ask(line, word) {
    this.child.stdin.write(`${line}\n`);
    return new Promise((resolve) => this.waiting.push({ word, resolve }));
  }
  put(id, orderKey, family, url, body) {
    this.child.stdin.write(`put ${id} ${orderKey} ${family} ${url} ${body}\n`);
  }
  async pending() {
    return Number(await this.#ask('pending', 'pending'));
  }
  async publicKey() {
    return (await this.#ask('key', 'key')).replaceAll('\\n', '\n');
  }
  async drained(limitMs = 60_000) {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50))
      if ((await this.pending()) === 0) return;
    assert.fail(`${await this.pending()} deliveries are still waiting`);
  }
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }
  async stop() {
    const summary = this.#ask('stop', 'stopped');
    const code = await this.exited;
    assert.equal(code, 0);
    return summary;
  }
}

/** An endpoint whose `behave(request, response, body)` answers; keeps what was accepted. */
class Endpoint {
  requests = [];
  constructor(behave) {
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString();
      this.requests.push({ headers: request.headers, body, at: Date.now() });
      behave(request, response, body, this.requests.length);
    });
  }
  async listen() {
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}/hooks`;
    return this;
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
async function until(condition, limitMs = 30_000) {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(20)) if (condition()) return;
  assert.fail(`not within ${limitMs} ms: ${condition}`);
}
const accept = (request, response) => response.writeHead(200).end();

let folder;
let files = 0;
const endpoints = [];
const endpoint = async (behave) => {
  const e = await new Endpoint(behave).listen();
  endpoints.push(e);
  return e;
};
const newFile = () => path.join(folder, `${files++}.db`);
before(() => (folder = mkdtempSync(path.join(tmpdir(), 'webhooks-'))));
after(() => {
  for (const e of endpoints) e.close();
  rmSync(folder, { recursive: true });
});

describe('signatures', () => {
  test("VideoSDK's server SDK verifies what it gets, and nothing else", async () => {
    const app = await endpoint(accept);
    const sender = new Sender(newFile());
    const body = JSON.stringify({ webhookType: 'session-started', data: { meetingId: 'm', sessionId: 'ü' } });
    sender.put('e1', 's', 'videosdk', app.url, body);
    await sender.drained();
    const { headers, body: received } = app.requests[0];
    const publicKey = await sender.publicKey();
    await sender.stop();

    const webhooks = new VideoSDK({ apiKey: 'key', secret: 'secret' }).webhooks;
    const event = webhooks.verifySync(received, headers['videosdk-signature'], publicKey);
    assert.equal(event.type ?? event.webhookType, 'session-started');
    assert.throws(() => webhooks.verifySync(`${received} `, headers['videosdk-signature'], publicKey));
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['plenum-event-id'], 'e1');
    assert.equal(headers['plenum-delivery-attempt'], '1');
    assert.ok(headers['videosdk-signature-key']);
  });

  test("LiveKit's server SDK verifies what it gets, and nothing else", async () => {
    const app = await endpoint(accept);
    const sender = new Sender(newFile());
    sender.put('EV_1', 's', 'livekit', app.url, JSON.stringify({ event: 'room_started', id: 'EV_1', room: { name: 'r' } }));
    await sender.drained();
    await sender.stop();
    const { headers, body } = app.requests[0];

    const receiver = new WebhookReceiver('key', 'secret');
    assert.equal((await receiver.receive(body, headers.authorization)).event, 'room_started');
    await assert.rejects(receiver.receive(`${body} `, headers.authorization));
    await assert.rejects(new WebhookReceiver('key', 'other').receive(body, headers.authorization));
    assert.equal(headers['content-type'], 'application/webhook+json');
    assert.equal(headers['user-agent'], 'LiveKit');
  });
});

test('500s, lost answers and kill -9 at random points lose nothing, keep the order and the ids', async () => {
  const EVENTS = 1000;
  const SESSIONS = 20;
  const accepted = new Map(); // session → ids in the order in which they were first accepted
  const seen = new Set();
  let doubles = 0;
  const app = await endpoint((request, response, body, n) => {
    if (n % 11 === 0) return response.writeHead(500).end('x'.repeat(100_000));
    const { id, session } = JSON.parse(body);
    assert.equal(request.headers['plenum-event-id'], id);
    if (seen.has(id)) doubles++;
    else accepted.set(session, [...(accepted.get(session) ?? []), Number(id)]);
    seen.add(id);
    if (n % 17 === 0) return request.socket.destroy(); // taken, but the sender never learns of it
    response.writeHead(204).end();
  });
  const file = newFile();
  let sender = new Sender(file);
  let kills = 0;
  const durable = new Set();
  const keep = () => {
    for (const id of sender.acknowledged) durable.add(id);
  };
  for (let n = 0; n < EVENTS; n++) {
    sender.put(n, `s${n % SESSIONS}`, 'videosdk', app.url, JSON.stringify({ id: String(n), session: n % SESSIONS }));
    if (n % 100 === 50) {
      const enough = Math.random() * 50;
      await until(() => sender.acknowledged.size >= enough);
      await sleep(Math.random() * 200);
      await sender.kill();
      kills++;
      keep();
      sender = new Sender(file);
    }
  }
  await sender.drained();
  keep();
  await sender.stop();

  assert.equal(kills, 10);
  assert.ok(durable.size > EVENTS / 5, `only ${durable.size} events were acknowledged`);
  const lost = [...durable].filter((id) => !seen.has(id));
  assert.deepEqual(lost, []);
  for (const [session, ids] of accepted)
    assert.deepEqual(ids, [...ids].sort((a, b) => a - b), `order of session ${session}`);
  console.log(`${durable.size} acknowledged, ${seen.size} delivered, ${doubles} doubles, ${kills} kills`);
});

test('a dead and a slow endpoint delay no other', async () => {
  const slow = await endpoint(() => {}); // never answers
  const fast = await endpoint(accept);
  const sender = new Sender(newFile());
  await sender.publicKey(); // it has started
  const putAt = new Map();
  /** The 98th percentile of 50 deliveries. */
  const delayMs = async (name) => {
    const before = fast.requests.length;
    for (let n = 0; n < 50; n++) {
      putAt.set(`${name}${n}`, Date.now());
      sender.put(`${name}${n}`, `s${n}`, 'videosdk', fast.url, '{}');
      await sleep(20);
    }
    await until(() => fast.requests.length >= before + 50);
    return fast.requests
      .slice(before)
      .map((r) => r.at - putAt.get(r.headers['plenum-event-id']))
      .sort((a, b) => a - b)[48];
  };
  const alone = await delayMs('alone'); // what this machine needs anyway
  for (let n = 0; n < 100; n++) {
    sender.put(`slow${n}`, `s${n}`, 'videosdk', slow.url, '{}');
    sender.put(`dead${n}`, `s${n}`, 'videosdk', 'http://127.0.0.1:1/', '{}');
  }
  const beside = await delayMs('beside');
  await sender.kill();
  assert.ok(beside < alone + 1000, `${beside} ms, and ${alone} ms alone`);
});

test('redirects are not followed', async () => {
  const inner = await endpoint(accept);
  const outer = await endpoint((request, response) => response.writeHead(307, { location: inner.url }).end());
  const sender = new Sender(newFile());
  sender.put('e', 's', 'videosdk', outer.url, '{}');
  await until(() => outer.requests.length >= 3);
  await sender.kill();
  assert.equal(inner.requests.length, 0);
});

test('private addresses get no connection, whatever the form of the name', async () => {
  const app = await endpoint(accept);
  const { port } = new URL(app.url);
  const sender = new Sender(newFile(), { GUARD: '1', http_proxy: app.url, ALL_PROXY: app.url });
  const hosts = ['127.0.0.1', 'localhost', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.1', '017700000001'];
  for (const host of hosts) sender.put(host, host, 'videosdk', `http://${host}:${port}/`, '{}');
  sender.put('outside', 'outside', 'videosdk', 'http://203.0.113.7/', '{}');
  await sender.pending();
  await sleep(2000);
  assert.equal(app.requests.length, 0);
  assert.equal(await sender.pending(), hosts.length + 1);
  const [, failed] = /(\d+) failed/.exec(await sender.stop());
  assert.ok(Number(failed) > hosts.length, `${failed} attempts failed`);
});
