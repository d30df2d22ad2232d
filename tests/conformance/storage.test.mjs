// The uploader against a bucket that checks every signature, and strangers' URLs, with faults and
// kills in between: objects are exact, nothing is sent twice, nothing is left half done.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Server } from './lib/s3_server.mjs';

const PROGRAM = path.join(path.dirname(path.resolve(process.env.PLENUM_BIN)), 'tests/plenum_uploader');
const MIB = 1 << 20;

/** The uploader as a child process on the store in `file`; see tests/integration/storage/uploader.cc. */
class Uploader {
  ended = [];
  stderr = '';
  #waiting = [];
  constructor(file, env) {
    this.child = spawn(PROGRAM, [file], { stdio: 'pipe', env: { ...process.env, ...env } });
    this.child.stdin.on('error', () => {}); // killed while we write
    this.child.stderr.on('data', (text) => (this.stderr += text));
    this.exited = new Promise((resolve) => this.child.on('exit', resolve));
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const [word, ...rest] = line.split(' ');
      if (word === 'ended') {
        const [id, job, key, location, bytes, ...error] = rest;
        this.ended.push({ id, job, key, location, bytes: Number(bytes), error: error.join(' ') });
      } else this.#waiting.shift()?.(rest);
    });
  }
  ask(line) {
    this.child.stdin.write(`${line}\n`);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  put(kind, file, target, rest = '') {
    return this.ask(`put ${kind} ${file} ${target} ${rest}`);
  }
  /** Waits until nothing waits; answers how many ends were recorded. */
  async drained(limitMs = 60_000) {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(50)) {
      const [waiting, , recorded] = await this.ask('waiting');
      if (waiting === '0') return Number(recorded);
    }
    assert.fail(`still waiting: ${this.stderr}`);
  }
  /** Waits for the word of so many. */
  async all(count, limitMs = 60_000) {
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(20)) if (this.ended.length >= count) return;
    assert.fail(`${this.ended.length} of ${count} have ended: ${this.stderr}`);
  }
  async kill() {
    this.child.kill('SIGKILL');
    await this.exited;
  }
  async stop() {
    const summary = this.ask('stop');
    assert.equal(await this.exited, 0);
    return (await summary).join(' ');
  }
}

let folder;
let files = 0;
const servers = [];
const newDatabase = () => path.join(folder, `${files++}.db`);
const newFile = (bytes, ending = 'mp4') => {
  const name = path.join(folder, `${files++}.${ending}`);
  writeFileSync(name, randomBytes(bytes));
  return name;
};
const bucket = async () => {
  servers.push(await new S3Server().listen());
  return servers.at(-1);
};
/** A stranger's server: `behave(request, response, body)` answers. */
async function stranger(behave) {
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    server.requests.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
    behave(request, response, server.requests.length);
  });
  server.requests = [];
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({ close: () => (server.closeAllConnections(), server.close()) });
  server.url = `http://127.0.0.1:${server.address().port}`;
  return server;
}
/** As readers do; of their own accord they do not resolve names below localhost. */
const read = (url) =>
  new Promise((resolve, reject) => {
    const { host, port, pathname, search } = new URL(url);
    http.get({ host: '127.0.0.1', port, path: pathname + search, headers: { host } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.on('end', () => resolve({ status: response.statusCode, bytes }));
    }).on('error', reject);
  });
before(() => (folder = mkdtempSync(path.join(tmpdir(), 'storage-'))));
after(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

describe('the bucket', () => {
  test('gets small and large files whole, with their types, in path and host style', async () => {
    for (const style of ['environment', 'virtualEnvironment']) {
      const s3 = await bucket();
      const uploader = new Uploader(newDatabase(), { ...s3[style], S3_PREFIX: 'rec/2026' });
      const [small, exact, large] = [newFile(1000), newFile(5 * MIB), newFile(12 * MIB + 7, 'webm')];
      await uploader.put('s3', small, 'a+ü$.mp4');
      await uploader.put('s3', exact, 'exact.mp4');
      await uploader.put('s3', large, 'deep/er/large.webm', 'delete');
      assert.equal(await uploader.drained(), 3);

      const object = (key) => s3.objects.get(`rec/2026/${key}`);
      assert.deepEqual(object('a+ü$.mp4').body, readFileSync(small));
      assert.deepEqual(object('exact.mp4').body, readFileSync(exact));
      assert.equal(object('deep/er/large.webm').body.length, 12 * MIB + 7);
      assert.equal(object('a+ü$.mp4').headers['content-type'], 'video/mp4');
      assert.equal(object('deep/er/large.webm').headers['content-type'], 'video/webm');
      assert.equal(s3.did('uploadPart').length, 3);
      assert.equal(s3.objects.size, 3);
      assert.equal(s3.uploads.size, 0);

      const [url] = await uploader.ask('url deep/er/large.webm');
      assert.deepEqual(await read(url), { status: 200, bytes: 12 * MIB + 7 });
      assert.equal((await read(url.replace('large', 'small'))).status, 403);
      await uploader.all(3);
      assert.equal(existsSync(large), false, 'asked to delete it');
      assert.equal(existsSync(small), true);
      assert.match(await uploader.stop(), /^3 done, 0 failed/);
      const end = uploader.ended.find(({ key }) => key.endsWith('webm'));
      assert.equal(end.key, 'rec/2026/deep/er/large.webm');
      assert.match(end.location, /\/rec\/2026\/deep\/er\/large\.webm$/);
      assert.equal(end.bytes, 12 * MIB + 7);
      assert.doesNotMatch(uploader.stderr, /hunter2/);
    }
  });

  test('gets each part once, whenever the uploader is killed', async () => {
    const s3 = await bucket();
    const database = newDatabase();
    const file = newFile(58 * MIB); // 12 parts
    let uploader;
    let kills = 0;
    const killAt = new Set(['createUpload 0', 'uploadPart 2', 'uploadPart 7', 'completeUpload 0']);
    s3.fault = async ({ action, number }) => {
      if (!killAt.delete(`${action} ${number}`)) return sleep(20);
      kills++;
      // Half of the kills come before the bucket does it, half after it did and could not say so.
      const killed = uploader.kill().then(() => (uploader = new Uploader(database, s3.environment)));
      await killed;
      return kills % 2 ? 'drop after' : 'drop';
    };
    uploader = new Uploader(database, s3.environment);
    await uploader.put('s3', file, 'call.mp4');
    for (const end = Date.now() + 60_000; !s3.objects.size && Date.now() < end; ) await sleep(50);
    for (let random = 0; random < 2; random++) {
      await sleep(20);
      await uploader.kill();
      uploader = new Uploader(database, s3.environment);
    }
    assert.equal(await uploader.drained(), 1, 'the end is recorded once');

    assert.equal(kills, 4);
    assert.deepEqual(s3.objects.get('call.mp4').body, readFileSync(file));
    assert.equal(s3.objects.size, 1);
    assert.equal(s3.uploads.size, 0, 'also the one whose id nobody heard of');
    assert.equal(s3.did('completeUpload').length, 1);
    const numbers = s3.did('uploadPart').map(({ number }) => number);
    assert.deepEqual([...numbers].sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    await uploader.stop();
  });

  test('may fail, drop and forget: what is over stays over', async () => {
    const s3 = await bucket();
    let calls = 0;
    s3.fault = () => (++calls % 3 === 0 ? { status: 503, code: 'SlowDown' } : calls % 7 === 0 ? 'drop after' : undefined);
    const uploader = new Uploader(newDatabase(), s3.environment);
    const [file, other] = [newFile(31 * MIB), newFile(100)];
    await uploader.put('s3', file, 'a.mp4');
    await uploader.put('s3', other, 'b.mp4');
    await uploader.all(2);
    assert.deepEqual(s3.objects.get('a.mp4').body, readFileSync(file));
    assert.deepEqual(s3.objects.get('b.mp4').body, readFileSync(other));
    assert.ok(uploader.ended.every(({ error }) => error === '-'));
    await uploader.stop();
  });

  test('that refuses is given up after five attempts, and nothing is left in it', async () => {
    const s3 = await bucket();
    s3.fault = ({ action, number }) => (action === 'uploadPart' && number === 2 ? { status: 500, code: 'InternalError' } : undefined);
    const uploader = new Uploader(newDatabase(), s3.environment);
    const file = newFile(11 * MIB);
    await uploader.put('s3', file, 'a.mp4', 'delete');
    await uploader.all(1);
    const [end] = uploader.ended;
    assert.equal(end.error, 'HTTP status 500 (InternalError)');
    assert.equal(existsSync(file), true, 'the local file is kept');
    assert.equal(s3.uploads.size, 0);
    // One attempt sent the first part; five more got nowhere.
    assert.match(await uploader.stop(), /^0 done, 6 failed, 1 given up/);
  });

  test('that does not know the key is answered by its word for it', async () => {
    const s3 = await bucket();
    const uploader = new Uploader(newDatabase(), { ...s3.environment, S3_SECRET: 'another' });
    await uploader.put('s3', newFile(10), 'a.mp4');
    await uploader.all(1);
    assert.equal(uploader.ended[0].error, 'HTTP status 403 (SignatureDoesNotMatch)');
    assert.doesNotMatch(uploader.stderr, /another/);
    await uploader.stop();
  });

  test('gets a stream with its playlists last, each file once in spite of a kill', async () => {
    const s3 = await bucket();
    const stream = path.join(folder, 'stream');
    mkdirSync(stream);
    for (let n = 0; n < 20; n++) writeFileSync(path.join(stream, `s${String(n).padStart(2, '0')}.ts`), randomBytes(2000));
    for (const name of ['index.m3u8', 'audio.m3u8']) writeFileSync(path.join(stream, name), '#EXTM3U\n');
    const database = newDatabase();
    let uploader;
    s3.fault = async ({ action }) => {
      if (action === 'putObject' && s3.did('putObject').length === 10) {
        s3.fault = () => undefined;
        await uploader.kill();
        uploader = new Uploader(database, s3.environment);
        return 'drop after';
      }
      return undefined;
    };
    uploader = new Uploader(database, s3.environment);
    await uploader.put('s3', stream, 'hls/1');
    for (const end = Date.now() + 30_000; s3.objects.size < 22 && Date.now() < end; ) await sleep(20);
    assert.equal(await uploader.drained(), 1);

    const puts = s3.did('putObject').map(({ key }) => key);
    assert.equal(puts.length, 22);
    assert.deepEqual(puts, [...Array(20).keys()].map((n) => `hls/1/s${String(n).padStart(2, '0')}.ts`).concat('hls/1/audio.m3u8', 'hls/1/index.m3u8'));
    const headers = (name) => s3.objects.get(`hls/1/${name}`).headers;
    assert.equal(headers('s00.ts')['content-type'], 'video/mp2t');
    assert.equal(headers('s00.ts')['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(headers('index.m3u8')['content-type'], 'application/vnd.apple.mpegurl');
    assert.equal(headers('index.m3u8')['cache-control'], 'no-cache');
    await uploader.stop();
  });
});

describe('a signed URL', () => {
  test('gets the file by PUT, after failures too, and is told to nobody', async () => {
    const server = await stranger((request, response, n) => response.writeHead(n === 1 ? 503 : 200).end());
    const database = newDatabase();
    const uploader = new Uploader(database, {});
    const file = newFile(3 * MIB);
    await uploader.put('presigned', file, `${server.url}/a%20b?X-Amz-Signature=topsecret`);
    assert.equal(await uploader.drained(), 1);
    await uploader.stop();

    assert.equal(server.requests.length, 2);
    const [, { method, url, headers, body }] = server.requests;
    assert.deepEqual([method, url], ['PUT', '/a%20b?X-Amz-Signature=topsecret']);
    assert.deepEqual(body, readFileSync(file));
    assert.equal(headers['content-type'], 'video/mp4');
    assert.equal(headers['content-length'], String(3 * MIB));
    assert.equal(headers.authorization, undefined);
    const [end] = uploader.ended;
    assert.deepEqual([end.key, end.location, end.bytes, end.error], ['-', '-', 3 * MIB, '-']);
    assert.doesNotMatch(uploader.stderr, /topsecret/);
  });

  test('that has expired or leads elsewhere is given up at once', async () => {
    const inner = await stranger((request, response) => response.end());
    const expired = await stranger((request, response) => response.writeHead(403).end('x'.repeat(100_000)));
    const outer = await stranger((request, response) => response.writeHead(307, { location: inner.url }).end());
    const uploader = new Uploader(newDatabase(), {});
    for (const { url } of [expired, outer]) await uploader.put('presigned', newFile(10), `${url}/x?topsecret`);
    await uploader.put('presigned', newFile(10), 'file:///etc/passwd');
    await uploader.put('presigned', folder, `${inner.url}/folder`);
    await uploader.all(4);
    assert.deepEqual(uploader.ended.map(({ error }) => error).sort(), ['HTTP status 307', 'HTTP status 403', 'a folder does not go to a single URL', 'the URL is neither http nor https']);
    assert.equal(inner.requests.length, 0);
    assert.equal(expired.requests.length, 1);
    assert.doesNotMatch(uploader.stderr, /topsecret/);
    await uploader.stop();
  });

  test('at a private address gets no connection, whatever the form of the name', async () => {
    const server = await stranger((request, response) => response.end());
    const { port } = new URL(server.url);
    const uploader = new Uploader(newDatabase(), { GUARD: '1', http_proxy: server.url, ALL_PROXY: server.url });
    const hosts = ['127.0.0.1', 'localhost', '0.0.0.0', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.1', '017700000001'];
    const file = newFile(10);
    for (const host of hosts) await uploader.put('presigned', file, `http://${host}:${port}/`);
    await uploader.all(hosts.length);
    assert.equal(server.requests.length, 0);
    assert.deepEqual(uploader.ended.map(({ error }) => error), hosts.map(() => 'the address is not allowed for uploads'));
    await uploader.stop();
  });
});
