// Recordings, livestreams and HLS asked for and joined by strangers who mean harm: nothing leaves its
// place, nothing falls over, and no stream key can be read anywhere.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { complaints, probe } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { RtmpServer } from '../e2e/lib/rtmp_server.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { freePort, needsOwnServer } from '../e2e/lib/server.mjs';
import { mint } from '../e2e/lib/token.mjs';
import {
  endJob,
  fileOf,
  getJob,
  jobIs,
  makeRoom,
  startJob,
  twoPeople,
  withReceiver,
  workers,
} from './lib/egress.mjs';
import { joinRaw, v1Path } from './lib/raw_client.mjs';
import { call, otherToken, TWO_KEYS } from './lib/rest.mjs';

const OPTIONS = { skip: needsOwnServer, timeout: 90_000 };
const URL = 'rtmp://127.0.0.1:1/live';
const KEY = 'a-key-that-nobody-may-read';

const NAMES = {
  markup: '<script>alert(1)</script><img src=x onerror=alert(1)>&lt;%n%s',
  controls: 'a\u0001b\u0007c\u001b[31mde\r\nSet-Cookie: x',
  rightToLeft: '\u202Eevil\u202C \u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 \u2066x',
  zalgo: `Z${'\u0300\u0489\u035C\u0361'.repeat(12)}algo`,
  emoji: '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u{1F3FF}\uFE0F'.repeat(4),
  unassigned: '\uFFFE\uFFFF\uFDD0\u{10FFFF}\u{E0001}',
  wide: '\uFDFD\u{12031}'.repeat(15),
  long: 'W'.repeat(120),
  spaces: '\u2028\u2029\u3000\u200B\u00A0',
};

/** Bodies of `start` that must be refused, by what is wrong with them. */
const REFUSED = {
  livestreams: {
    'no outputs': {},
    'an empty list': { outputs: [] },
    'a line feed in the key': { outputs: [{ url: URL, streamKey: 'a\r\nb' }] },
    'a space in the key': { outputs: [{ url: URL, streamKey: 'a app=x' }] },
    'a zero byte in the key': { outputs: [{ url: URL, streamKey: 'a\u0000b' }] },
    'an empty key': { outputs: [{ url: URL, streamKey: '' }] },
    'a key of 1 MB': { outputs: [{ url: URL, streamKey: 'k'.repeat(900_000) }] },
    'a file': { outputs: [{ url: 'file:///etc/passwd', streamKey: 'k' }] },
    'a protocol in a protocol': { outputs: [{ url: 'concat:rtmp://a', streamKey: 'k' }] },
    'a page': { outputs: [{ url: 'http://127.0.0.1/', streamKey: 'k' }] },
    'no host': { outputs: [{ url: 'rtmp:///live', streamKey: 'k' }] },
    'a line feed in the address': { outputs: [{ url: `${URL}\r\nx`, streamKey: 'k' }] },
    'eleven outputs': { outputs: Array(11).fill({ url: URL, streamKey: 'k' }) },
    'a number for an output': { outputs: [7] },
  },
  recordings: {
    'a number for a configuration': { config: 7 },
    'a layout that nobody knows': { config: { layout: { type: '../../etc' } } },
    'a negative grid': { config: { layout: { gridSize: -1 } } },
    'a huge configuration': { config: { layout: { type: 'GRID' }, more: 'x'.repeat(900_000) } },
    'a page to be rendered': { templateUrl: 'http://127.0.0.1/' },
    'a webhook to another scheme': { webhookUrl: 'file:///etc/passwd' },
    'a webhook to a private address': { webhookUrl: 'http://169.254.169.254/latest' },
  },
};

test('what makes no sense, or harm, is refused and starts nothing', OPTIONS, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { roomId } = await makeRoom(server);
    const somebody = await joinRaw(
      server.wsUrl,
      v1Path(await mint({ room: roomId, identity: 'a' })),
    );
    for (const [kind, bodies] of Object.entries(REFUSED))
      for (const [what, body] of Object.entries(bodies)) {
        const answer = await call(server, 'POST', `/v2/${kind}/start`, {
          body: { roomId, ...body },
        });
        assert.ok(
          [400, 413, 501].includes(answer.status),
          `${what}: ${answer.status} ${answer.text}`,
        );
        assert.ok(answer.text.length < 2000, `${what}: an answer of ${answer.text.length}`);
      }
    const huge = await call(server, 'POST', '/v2/hls/start', {
      body: { roomId, config: { more: 'x'.repeat(1 << 20) } },
    });
    assert.equal(huge.status, 413, huge.text);
    assert.deepEqual(workers(server), []);
    somebody.close();
  }),
);

test('a path that leads elsewhere is not followed', OPTIONS, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { roomId } = await twoPeople(scene);
    const before = readdirSync(server.dataDir);
    for (const awsDirPath of ['../../../../tmp/outside', 'a/../../b', 'a//b']) {
      const body = { roomId, awsDirPath };
      const refused = await call(server, 'POST', '/v2/recordings/start', { body });
      assert.equal(refused.status, 400, refused.text);
    }
    const id = await startJob(server, 'recordings', roomId, {
      awsDirPath: '/in/its/folder/',
      resourceId: '../outside',
    });
    await jobIs(server, 'recordings', id, 'recording');
    await endJob(server, 'recordings', roomId);
    const { file } = await jobIs(server, 'recordings', id, 'completed');
    assert.equal(file.filePath, `recordings/${id}/${id}.mp4`);
    assert.deepEqual(readdirSync(join(server.dataDir, 'recordings')), [id]);
    assert.deepEqual(readdirSync(join(server.dataDir, 'recordings', id)), [`${id}.mp4`]);
    const made = readdirSync(server.dataDir).filter((name) => !before.includes(name));
    assert.deepEqual(
      made.filter((name) => !['recordings', 'hls'].includes(name)),
      [],
    );

    for (const path of [
      `/files/recordings/${id}.mp4`, // not signed
      `/files/recordings/..%2Fplenum.db${new globalThis.URL(file.fileUrl).search}`,
      `/files/recordings/%2e%2e/plenum.db`,
      `/hls/${id}/..%2F..%2Fplenum.db`,
      `/hls/..%2Frecordings/${id}.mp4`,
      `/hls/recordings/${id}.mp4`,
    ]) {
      const { status } = await call(server, 'GET', path, { token: '' });
      assert.ok([400, 403, 404].includes(status), `${path}: ${status}`);
    }
    for (const path of ['..%2F..', '%00', 'x'.repeat(2000)]) {
      const { status } = await call(server, 'GET', `/v2/recordings/${path}`);
      assert.ok([400, 404].includes(status), `${path}: ${status}`);
    }
  }),
);

test('names of any kind are drawn, and the recording plays', OPTIONS, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const { roomId } = await twoPeople(scene);
    const people = [];
    for (const [identity, name] of Object.entries(NAMES)) {
      const token = await mint({ room: roomId, identity, name });
      people.push(await joinRaw(server.wsUrl, v1Path(token)));
    }
    const id = await startJob(server, 'recordings', roomId);
    const [worker] = workers(server);
    await jobIs(server, 'recordings', id, 'recording');
    await delay(3000);
    assert.deepEqual(workers(server), [worker], 'the worker lives');
    await endJob(server, 'recordings', roomId);
    await jobIs(server, 'recordings', id, 'completed');
    const file = fileOf(server.dataDir, id);
    assert.ok((await probe(file)).seconds > 2.5);
    assert.deepEqual(await complaints(file), []);
    for (const person of people) person.close();
  }),
);

test('jobs of another key can be neither seen nor ended', OPTIONS, () =>
  inScene(TWO_KEYS, async (scene) => {
    const { server } = scene;
    const { roomId } = await twoPeople(scene);
    const id = await startJob(server, 'recordings', roomId);
    const token = otherToken();
    for (const [method, path, body] of [
      ['GET', `/v2/recordings/${id}`],
      ['DELETE', `/v2/recordings/${id}`],
      ['POST', '/v2/recordings/start', { roomId }],
      ['POST', '/v2/recordings/end', { roomId }],
      ['POST', '/v2/hls/start', { roomId }],
    ]) {
      const answer = await call(server, method, path, { body, token });
      assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
    }
    const { json } = await call(server, 'GET', '/v2/recordings', { token });
    assert.deepEqual(json.data, []);
    await endJob(server, 'recordings', roomId);
    await jobIs(server, 'recordings', id, 'completed');
  }),
);

test(
  'a stream key is nowhere to be read, whether the stream fails, lives or is lost',
  OPTIONS,
  () =>
    withReceiver(async ({ receiver, flags, serverIs, told }) => {
      const rtmp = await RtmpServer.start();
      try {
        await inScene({ flags }, async (scene) => {
          const { server } = scene;
          serverIs(server);
          const { roomId, ben } = await twoPeople(scene);
          await ben.call('rpc', { to: 'plenum', method: 'state.get', payload: '{}' });
          const read = [];
          const start = async (url) => {
            const id = await startJob(server, 'livestreams', roomId, {
              outputs: [{ url, streamKey: KEY }],
            });
            for (const pid of workers(server))
              for (const what of ['cmdline', 'environ', 'comm'])
                read.push(readFileSync(`/proc/${pid}/${what}`, 'utf8'));
            return id;
          };
          const failed = await start(`rtmp://127.0.0.1:${await freePort()}/live`);
          await jobIs(server, 'livestreams', failed, 'failed');
          await told('livestream-failed');
          const lives = await start(rtmp.url);
          await jobIs(server, 'livestreams', lives, 'started');
          await rtmp.kill();
          await delay(1500);
          for (const id of [failed, lives])
            read.push(JSON.stringify(await getJob(server, 'livestreams', id)));
          await endJob(server, 'livestreams', roomId);
          await jobIs(server, 'livestreams', lives, 'stopped');
          await told('livestream-stopped');
          read.push((await call(server, 'GET', `/v2/livestreams?roomId=${roomId}`)).text);
          read.push((await call(server, 'GET', '/metrics')).text);
          read.push(JSON.stringify(receiver.events.map((e) => e.body)));
          const inRoom = await until(
            'ben is told of the end',
            async () => JSON.stringify(await ben.call('messages')),
            (text) => text.includes('LIVESTREAM_STOPPED'),
          );
          read.push(inRoom, server.log(4000));
          assert.ok(read.some((text) => text.includes('****')));
          for (const text of read) assert.ok(!text.includes(KEY), text.slice(0, 3000));
        });
      } finally {
        await rtmp.close();
      }
    }),
);
