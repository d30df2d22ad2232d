// Files that an app leaves for others for a while (docs/api/rest-v2.md).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inScene } from '../e2e/lib/scene.mjs';
import { call, restToken } from './lib/rest.mjs';

const upload = (server, query, body, token = restToken({ roles: ['rtc'], permissions: ['allow_join'] })) =>
  call(server, 'POST', `/v2/plenum/files${query}`, { body, token, headers: { 'Content-Type': 'application/octet-stream' } });

/** The link on the server that runs here. */
const here = (server, url) => server.httpUrl + new URL(url).pathname + new URL(url).search;

test('a file is left and fetched by its link', () =>
  inScene({ flags: ['--files-max', '1'] }, async ({ server }) => {
    const left = await upload(server, '?name=na%C3%AFve%20.svg', '<svg onload="alert(1)">');
    assert.equal(left.status, 200, left.text);
    assert.ok(left.json.expiresAt > Date.now() / 1000 + 23 * 3600);
    const got = await fetch(here(server, left.json.url), { headers: { Origin: 'https://app.example' } });
    assert.equal(got.status, 200);
    assert.equal(await got.text(), '<svg onload="alert(1)">');
    assert.equal(got.headers.get('content-disposition'), "attachment; filename*=UTF-8''na%C3%AFve%20.svg");
    assert.equal(got.headers.get('content-type'), 'application/octet-stream');
    assert.equal(got.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(got.headers.get('access-control-allow-origin'), '*');
    const part = await fetch(here(server, left.json.url), { headers: { Range: 'bytes=1-3' } });
    assert.deepEqual([part.status, await part.text()], [206, 'svg']);
    for (const [from, to] of [['sig=', 'sig=A'], ['exp=1', 'exp=2'], ['.svg', '.htm']]) {
      const forged = await fetch(here(server, left.json.url.replace(from, to)));
      assert.equal(forged.status, 403, to);
    }
    const elsewhere = await fetch(`${server.httpUrl}/v2/plenum/files/..%2Fmedia.secret?name=a&exp=1&sig=a`);
    assert.equal(elsewhere.status, 404);
  }));

test('what is no file, is too large or comes from nobody is refused', () =>
  inScene({ flags: ['--files-max', '1'] }, async ({ server }) => {
    assert.equal((await upload(server, '', 'text')).status, 400);
    assert.equal((await upload(server, '?name=a', '')).status, 400);
    assert.equal((await upload(server, '?name=a%2Fb', 'text')).status, 400);
    assert.equal((await upload(server, '?name=a', 'text', '')).status, 401);
    assert.equal((await upload(server, '?name=a', 'text', restToken({ roles: [] }))).status, 403);
    assert.equal((await upload(server, '?name=a', 'text', restToken({ roles: ['rtc'], permissions: ['ask_join'] }))).status, 403);
    const large = await upload(server, '?name=a', 'x'.repeat(2 ** 20 + 1));
    assert.equal(large.status, 413);
    assert.equal(large.json.code, 'PAYLOAD_TOO_LARGE');
    assert.equal((await upload(server, '?name=a', 'x'.repeat(2 ** 20))).status, 200);
    assert.equal((await call(server, 'DELETE', '/v2/plenum/files')).status, 405);
  }));

test('a server may keep none', () =>
  inScene({ flags: ['--files-max', '0'] }, async ({ server }) => {
    assert.equal((await upload(server, '?name=a', 'text')).status, 501);
  }));
