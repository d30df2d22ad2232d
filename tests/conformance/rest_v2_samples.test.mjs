// Runs every sample of docs/api/rest-v2.md as it stands there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { startServer } from '../e2e/lib/server.mjs';

const run = promisify(execFile);
const page = readFileSync(resolve(import.meta.dirname, '../../docs/api/rest-v2.md'), 'utf8');
const samples = [...page.matchAll(/^```(js|sh)\n(.*?)^```/gms)];

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

samples.forEach(([, language, text], index) =>
  test(`sample ${index + 1} (${language}) does what it says`, async () => {
    const env = { ...process.env, PLENUM_URL: server.httpUrl };
    // Beside the tests, where packages are found.
    const file = join(import.meta.dirname, `.sample-${process.pid}-${index}.mjs`);
    try {
      if (language === 'js') writeFileSync(file, text);
      const { stdout } =
        language === 'js'
          ? await run(process.execPath, [file], { env })
          : await run('sh', ['-ec', text], { env });
      assert.match(stdout, /[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}/);
    } finally {
      rmSync(file, { force: true });
    }
  }),
);
test('there are samples', () => assert.ok(samples.length >= 3));
