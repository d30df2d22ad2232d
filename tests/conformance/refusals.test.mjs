// Who may not join is told so at once, in plain HTTP, and SDKs understand it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inScene } from '../e2e/lib/scene.mjs';
import { startServer } from '../e2e/lib/server.mjs';
import { forge, freshRoom, goodClaims, unsigned } from '../e2e/lib/token.mjs';
import { RawClient, v0Path, v1Path } from './lib/raw_client.mjs';

const past = Math.floor(Date.now() / 1000) - 7200;
const room = freshRoom();
const good = goodClaims(room, 'somebody');

/** What is wrong with the token, the status it must get, and the token. */
const REFUSED = [
  ['signed with a wrong secret', 401, forge(good, { secret: 'not the secret' })],
  ['signed with the key of nobody', 401, forge({ ...good, iss: 'unknownkey' })],
  ['expired two hours ago', 401, forge({ ...good, nbf: past - 60, exp: past })],
  ['valid only in two hours', 401, forge({ ...good, nbf: past + 14_400, exp: past + 20_000 })],
  ['without expiry', 401, forge({ ...good, exp: undefined })],
  ['not signed at all (alg: none)', 401, unsigned(good)],
  ['that says alg: none but is signed', 401, forge(good, { header: { alg: 'none', typ: 'JWT' } })],
  [
    'signed with HS512',
    401,
    forge(good, { header: { alg: 'HS512', typ: 'JWT' }, digest: 'sha512' }),
  ],
  ['that says RS256', 401, forge(good, { header: { alg: 'RS256', typ: 'JWT' } })],
  ['without a room', 400, forge({ ...good, video: { roomJoin: true } })],
  ['with an empty identity', 400, forge({ ...good, sub: '' })],
  ['without the roomJoin grant', 401, forge({ ...good, video: { room } })],
  ['without any grant', 401, forge({ ...good, video: undefined })],
  [
    'with a room name of 257 characters',
    400,
    forge({ ...good, video: { room: 'r'.repeat(257), roomJoin: true } }),
  ],
  ['with an identity of 257 characters', 400, forge({ ...good, sub: 'i'.repeat(257) })],
  ['cut in the middle', 401, forge(good).slice(0, -20)],
  ['that is no token', 401, 'hello'],
  ['that is missing', 401, undefined],
];

describe('by raw HTTP', () => {
  let server;
  before(async () => (server = await startServer()));
  after(() => server.stop());

  for (const [what, status, token] of REFUSED) {
    for (const [version, path] of [
      ['v0', v0Path(token)],
      ['v1', v1Path(token)],
    ]) {
      test(`${version}: a token ${what} is refused with ${status}, on the upgrade and on validate alike`, async () => {
        const { refused, ...other } = await RawClient.open(server.wsUrl, path);
        other.socket?.terminate();
        const validate = await fetch(server.httpUrl + path.replace('?', '/validate?'));
        const body = await validate.text();

        assert.equal(refused?.status, status);
        assert.ok(refused.body.length > 0, 'the body says why');
        assert.match(refused.headers['content-type'] ?? '', /^text\/plain/);
        assert.equal(validate.status, status);
        assert.equal(body, refused.body);
        assert.ok(
          validate.headers.get('access-control-allow-origin'),
          'JS must be able to read the refusal',
        );
      });
    }
  }

  test('a good token passes validate without joining', async () => {
    for (const path of [v0Path(forge(good)), v1Path(forge(good))]) {
      const validate = await fetch(server.httpUrl + path.replace('?', '/validate?'));

      assert.equal(validate.status, 200);
      assert.equal(await validate.text(), 'success');
    }
  });

  test('a token in the Authorization header is as good as one in the query, and goes before it', async () => {
    for (const path of [v0Path(), v1Path()]) {
      const client = await RawClient.open(server.wsUrl, path, {
        headers: { authorization: `Bearer ${forge(good)}` },
      });
      assert.ok(!client.refused, JSON.stringify(client.refused));
      client.close();
    }
    const { refused } = await RawClient.open(server.wsUrl, v0Path(forge(good)), {
      headers: { authorization: 'Bearer nonsense' },
    });

    assert.equal(refused?.status, 401);
  });

  test('v1 without a join request is a bad request', async () => {
    const response = await fetch(`${server.httpUrl}/rtc/v1/validate?access_token=${forge(good)}`);

    assert.equal(response.status, 400);
    assert.match(await response.text(), /join_request/);
  });

  test('a plain GET of /rtc without upgrade is 404 and a preflight of any route is answered', async () => {
    const plain = await fetch(`${server.httpUrl}/rtc`);
    const preflight = await fetch(`${server.httpUrl}/rtc/validate`, {
      method: 'OPTIONS',
      headers: { origin: 'https://example.org', 'access-control-request-method': 'GET' },
    });

    assert.equal(plain.status, 404);
    assert.ok(preflight.ok, `${preflight.status}`);
    assert.ok(preflight.headers.get('access-control-allow-origin'));
  });

  test('HEAD / is answered with CORS, as SDKs ask when they come back on line', async () => {
    const response = await fetch(`${server.httpUrl}/`, {
      method: 'HEAD',
      headers: { origin: 'https://example.org' },
    });

    assert.equal(response.status, 200);
    assert.ok(response.headers.get('access-control-allow-origin'));
  });
});

/** What the SDK's error says when the server answered 401; 400 has no words of its own in JS. */
const SAYS_401 = { chromium: /NotAllowed/, native: /401/ };
/** The refused upgrade, and the question to validate why it was refused. */
const REQUESTS_TO_LEARN_401 = 2;
for (const kind of ['chromium', 'native']) {
  test(`the ${kind} SDK reports each refusal in its own words and does not loop`, () =>
    inScene({}, async (scene) => {
      const proxy = await scene.proxy();
      for (const [what, status, token] of REFUSED.filter(([, , t]) => t)) {
        // A client each: Chromium delays the WebSockets of a page whose last ones failed.
        const client = await scene[kind]('refused');
        const asked = proxy.requests;
        const { failed } = await client.call('connect', proxy.url, token);

        assert.ok(failed, `a token ${what} was let in`);
        if (status === 401) {
          const said = JSON.stringify(failed);
          assert.match(said, SAYS_401[kind], `a token ${what}: ${said}`);
          // SDKs may try other refusals again, never this one.
          assert.equal(proxy.requests - asked, REQUESTS_TO_LEARN_401, `a token ${what}: ${said}`);
        }
        await client.close();
      }
    }));
}
