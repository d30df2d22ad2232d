// A bad link (harness/impair): what it does to plain UDP and TCP, and a call that lives with it.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { keepsSeeing, sees } from './lib/expect.mjs';
import { Impairment } from './lib/impair.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';

const HOST = '127.0.0.1';
const port = (address) => Number(address.split(':')[1]);

/** A UDP socket that is closed with the test and keeps what it gets. */
async function udpSocket(t) {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.got = [];
  socket.on('message', (bytes, from) => socket.got.push({ text: `${bytes}`, port: from.port }));
  socket.bind(0, HOST);
  await once(socket, 'listening');
  return socket;
}

async function startLink(t, options) {
  const link = await Impairment.start(options);
  t.after(() => link.stop());
  return link;
}

test('datagrams arrive in order at both ends; those too long, and those in a blackhole, do not', async (t) => {
  const [client, server] = [await udpSocket(t), await udpSocket(t)];
  server.on('message', (bytes, from) => server.send(bytes, from.port, from.address));
  const link = await startLink(t, {
    udp: [`${HOST}:0=${HOST}:${server.address().port}`],
    up: 'delay=10ms,jitter=5ms,mtu=500',
  });
  const send = (text) => client.send(text, port(link.udp[0]), HOST);
  const texts = Array.from({ length: 100 }, (_, i) => `number ${i}`);

  texts.forEach(send);
  await until('all are back', () => client.got.length === texts.length);
  send('x'.repeat(473)); // with its headers one more than the MTU
  await until('the long one is gone', async () => (await link.stats()).up.too_long === 1);
  await link.blackhole(true);
  send('dark');
  await until('the dark one is gone', async () => (await link.stats()).up.blackhole === 1);

  assert.deepEqual(
    client.got.map((d) => d.text),
    texts,
  );
});

test('a rebinding shows the server another port, and answers still come', async (t) => {
  const [client, server] = [await udpSocket(t), await udpSocket(t)];
  server.on('message', (bytes, from) => server.send(bytes, from.port, from.address));
  const link = await startLink(t, { udp: [`${HOST}:0`] });
  await link.target(0, `${HOST}:${server.address().port}`);

  client.send('before', port(link.udp[0]), HOST);
  await until('the first is back', () => client.got.length === 1);
  await link.rebind();
  client.send('after', port(link.udp[0]), HOST);
  await until('the second is back', () => client.got.length === 2);

  assert.notEqual(server.got[0].port, server.got[1].port);
});

test('a stream passes whole through loss and a limited rate, ends as it ended, and can be cut', async (t) => {
  const sent = randomBytes(1_000_000);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const parts = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => {});
    socket.on('end', () => socket.end(Buffer.concat(parts)));
  }).listen(0, HOST);
  await once(server, 'listening');
  t.after(() => server.close());
  const link = await startLink(t, {
    tcp: [`${HOST}:0=${HOST}:${server.address().port}`],
    up: 'rate=20mbit,queue=50ms,delay=5ms,loss=10%',
    down: 'delay=5ms,jitter=3ms',
  });

  const client = connect({ port: port(link.tcp[0]), host: HOST, allowHalfOpen: true });
  const back = [];
  client.on('data', (part) => back.push(part));
  client.end(sent);
  await once(client, 'end');
  assert.ok(Buffer.concat(back).equals(sent));
  const { up, down } = await link.stats();
  assert.deepEqual([up.stream_bytes, down.stream_bytes], [sent.length, sent.length]);
  assert.ok(up.longest_queue_ms > 10 && up.longest_queue_ms <= 55, `${up.longest_queue_ms} ms`);

  const second = connect({ port: port(link.tcp[0]), host: HOST });
  await until('the link has it', async () => (await link.stats()).connections === 1);
  const failed = once(second, 'error');
  await link.cut();
  assert.equal((await failed.catch((error) => [error]))[0].code, 'ECONNRESET');
});

test('a call goes on over 2 % loss and 50 ms each way, and after a rebinding', () =>
  inScene({}, async (scene) => {
    const a = await scene.joinThroughLink('a', { model: 'loss=2%,delay=50ms,jitter=10ms' });
    const b = await scene.join('chromium', 'b');
    await a.call('publishPattern', { sender: 1, width: 320, height: 180 });
    await b.call('publishPattern', { sender: 2, width: 320, height: 180 });
    await sees(b, 'a', 1);
    await sees(a, 'b', 2);

    await a.link.rebind();
    await keepsSeeing(b, 'a', 1, { frames: 60 });
    await keepsSeeing(a, 'b', 2, { frames: 60 });

    const { up, down } = await a.link.stats();
    assert.ok(up.lost > 0 && down.lost > 0, JSON.stringify({ up, down }));
    const names = (await a.call('events')).map((e) => e.name);
    assert.ok(!names.includes('reconnecting'), names.join(' '));
  }));
