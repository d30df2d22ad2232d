// Background colour, background image and logo in the picture that is recorded.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateSync, crc32 } from 'node:zlib';
import { inScene } from '../e2e/lib/scene.mjs';
import { needsOwnServer } from '../e2e/lib/server.mjs';
import { endJob, fileOf, jobIs, startJob, twoPeople } from './lib/egress.mjs';
import { call } from './lib/rest.mjs';

const OPTIONS = { skip: needsOwnServer, timeout: 90_000 };
const CANVAS = { width: 854, height: 480 };
const RED = [200, 30, 30, 255];
const GREEN = [20, 160, 40, 255];

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), 4 + body.length);
  return out;
}

/** A PNG of one colour, red, green, blue and alpha. */
function png(width, height, colour) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), ...Array(width).fill(Buffer.from(colour))]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array(height).fill(row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const upload = (server, bytes, type = 'image/png', options = {}) =>
  call(server, 'POST', '/v2/plenum/images', {
    body: bytes,
    headers: { 'Content-Type': type },
    ...options,
  });

/** Red, green and blue of places in the frame at that time of a film. */
function pixels(file, seconds, places) {
  const raw = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-ss', `${seconds}`, '-i', file, '-frames:v', '1']
      .concat(['-vf', 'scale=in_color_matrix=bt709:in_range=tv'])
      .concat(['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']),
    { maxBuffer: 1 << 24 },
  );
  assert.equal(raw.length, CANVAS.width * CANVAS.height * 3);
  return places.map(([x, y]) => [...raw.subarray(3 * (y * CANVAS.width + x)).subarray(0, 3)]);
}

function isNear(actual, expected, what) {
  const differs = expected.some((value, i) => Math.abs(value - actual[i]) > 14);
  assert.ok(!differs, `${what}: ${actual}, expected ${expected}`);
}

test('a recording shows its background and logo, and others after a PATCH', OPTIONS, () =>
  inScene({}, async (scene) => {
    const { server } = scene;
    const red = (await upload(server, png(320, 200, RED))).json;
    assert.deepEqual([red.type, red.id.length], ['image/png', 24]);
    const green = (await upload(server, png(100, 100, GREEN))).json;
    const { roomId } = await twoPeople(scene);
    const config = {
      quality: 'low',
      background: { color: '#2040C0' },
      logo: { image: green.id, position: 'top-left' },
    };
    const id = await startJob(server, 'recordings', roomId, { config });
    await jobIs(server, 'recordings', id, 'recording');
    await delay(4000);
    const change = { background: { image: red.id }, logo: { image: green.id } };
    const changed = await call(server, 'PATCH', `/v2/recordings/${id}`, {
      body: { config: change },
    });
    assert.equal(changed.status, 200, changed.text);
    await delay(4000);
    await endJob(server, 'recordings', roomId);
    const { file } = await jobIs(server, 'recordings', id, 'completed');
    const film = fileOf(server.dataDir, id);
    // Above the two tiles, which stand in the middle; a logo of 60 pixels 12 from the edges.
    const places = [
      [CANVAS.width / 2, 20],
      [40, 40],
      [CANVAS.width - 40, 40],
    ];
    const [above, left, right] = pixels(film, 2, places);
    isNear(above, [0x20, 0x40, 0xc0], 'the colour');
    isNear(left, GREEN.slice(0, 3), 'the logo');
    isNear(right, [0x20, 0x40, 0xc0], 'no logo');
    const later = pixels(film, file.meta.duration - 1, places);
    isNear(later[0], RED.slice(0, 3), 'the image');
    isNear(later[1], RED.slice(0, 3), 'no logo any more');
    isNear(later[2], GREEN.slice(0, 3), 'the logo in its usual corner');
  }));

test('images are kept for their key, within limits', OPTIONS, () =>
  inScene({}, async ({ server }) => {
    const { json: image } = await upload(server, png(2, 2, RED));
    const listed = await call(server, 'GET', '/v2/plenum/images');
    assert.deepEqual(listed.json.data.map((i) => i.id), [image.id]);
    assert.equal((await upload(server, 'GIF89a')).status, 415);
    assert.equal((await upload(server, Buffer.alloc((2 << 20) + 1, 0xff))).status, 413);
    assert.equal((await upload(server, png(2, 2, RED), 'image/png', { token: null })).status, 401);
    for (const other of ['0'.repeat(24), '../../secret', 'x']) {
      const gone = await call(server, 'DELETE', `/v2/plenum/images/${encodeURIComponent(other)}`);
      assert.equal(gone.status, 404, other);
    }
    assert.equal((await call(server, 'DELETE', `/v2/plenum/images/${image.id}`)).status, 200);
    assert.deepEqual((await call(server, 'GET', '/v2/plenum/images')).json.data, []);
    const { json: room } = await call(server, 'POST', '/v2/rooms', { body: {} });
    const config = { background: { color: 'red' } };
    const refused = await call(server, 'POST', '/v2/recordings/start', {
      body: { roomId: room.roomId, config },
    });
    assert.equal(refused.status, 400, refused.text);
    const automatic = { recording: { config: { logo: { image: '0'.repeat(24) } } } };
    const unmade = await call(server, 'POST', '/v2/rooms', {
      body: { autoStartConfig: automatic },
    });
    assert.equal(unmade.status, 400, unmade.text);
  }));
