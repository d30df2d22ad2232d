// Runs every sample of docs/api/rest-v2.md and docs/recording.md as it stands there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { inScene } from '../e2e/lib/scene.mjs';
import { call } from './lib/rest.mjs';

const run = promisify(execFile);
const samplesOf = (page) =>
  [...readFileSync(resolve(import.meta.dirname, '../../docs', page), 'utf8').matchAll(/^```(js|sh)\n(.*?)^```/gms)];

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

/** Of a room with somebody in it: what each sample of a page prints, the first one's shell before each. */
function page(name, check) {
  test(`the samples of ${name} do what they say`, (t) =>
    inScene({}, async (scene) => {
      const samples = samplesOf(name);
      const room = await call(scene.server, 'POST', '/v2/rooms', { body: { customRoomId: 'standup' } });
      await scene.join('native', 'ada', { room: room.json.roomId });
      assert.ok(samples.length >= 4);
      const first = samples.find(([, language]) => language === 'sh');
      for (const [index, sample] of samples.entries()) {
        const [, language, text] = sample;
        const shell = sample === first ? text : first[2] + text;
        await t.test(`sample ${index + 1} (${language})`, async () =>
          check(await runSample(scene.server, language, language === 'sh' ? shell : text, index), index));
      }
    }));
}

page('api/rest-v2.md', (out) => assert.match(out, /[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}/));
page('recording.md', (out, index) => {
  if (index > 0) assert.match(out, /"roomId":/);
  if (index === 3) assert.match(out, /#EXTM3U/);
});
