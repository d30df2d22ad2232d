// Runs every sample of docs/api/rest-v2.md as it stands there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { inScene } from '../e2e/lib/scene.mjs';
import { call } from './lib/rest.mjs';

const run = promisify(execFile);
const page = readFileSync(resolve(import.meta.dirname, '../../docs/api/rest-v2.md'), 'utf8');
const samples = [...page.matchAll(/^```(js|sh)\n(.*?)^```/gms)];

async function runSample(server, language, text, index) {
  const env = { ...process.env, PLENUM_URL: server.httpUrl };
  if (language === 'sh') return (await run('sh', ['-ec', text], { env })).stdout;
  // Beside the tests, where packages are found.
  const file = join(import.meta.dirname, `.sample-${process.pid}-${index}.mjs`);
  try {
    writeFileSync(file, text);
    return (await run(process.execPath, [file], { env })).stdout;
  } finally {
    rmSync(file, { force: true });
  }
}

test('the samples do what they say', (t) =>
  inScene({}, async (scene) => {
    // Somebody is in the room that they speak of.
    const room = await call(scene.server, 'POST', '/v2/rooms', { body: { customRoomId: 'standup' } });
    await scene.join('native', 'somebody', { room: room.json.roomId });
    assert.ok(samples.length >= 4);
    let shell = ''; // of one page, read from its top to its bottom
    for (const [index, [, language, text]] of samples.entries()) {
      if (language === 'sh') shell += text;
      await t.test(`sample ${index + 1} (${language})`, async () => {
        const out = await runSample(scene.server, language, language === 'sh' ? shell : text, index);
        assert.match(out, /[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}/);
      });
    }
  }));
