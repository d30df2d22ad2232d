// The console at /console/, used as an operator uses it, beside a call of a native client and a
// browser: watched, muted, ended, looked up, played, delivered again. No page of it may break its own
// content security policy or have a serious fault of accessibility.
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { call } from '../conformance/lib/rest.mjs';
import { isAccessible } from './lib/axe.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';
import { needsOwnServer } from './lib/server.mjs';
import { API_KEY, API_SECRET } from './lib/token.mjs';

const SHOTS = process.env.PLENUM_SHOTS;
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

/** Takes no webhook until it is told to. */
async function refusingReceiver() {
  const taken = [];
  const receiver = { taken, refuses: true };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece) => (text += piece));
    request.on('end', () => {
      if (!receiver.refuses) taken.push(JSON.parse(text).webhookType ?? JSON.parse(text).type);
      response.writeHead(receiver.refuses ? 410 : 204).end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  receiver.url = `http://127.0.0.1:${server.address().port}/hook`;
  receiver.close = () => new Promise((done) => server.close(done));
  return receiver;
}

/** The console in a browser of its own; what it complains of is kept. */
async function openConsole(scene, options = {}) {
  const browser = await scene.browser();
  const context = await browser.newContext({ viewport: DESK, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  await page.goto(`${scene.server.httpUrl}/console/`);
  return { page, complaints };
}

async function signIn(page, { key = API_KEY, secret = API_SECRET } = {}) {
  await page.getByLabel('API key').fill(key);
  await page.getByLabel(/^Secret/).fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Looks at the page in both colours and on a phone: no serious fault, nothing wider than it. */
async function looksRight(page, name) {
  const turn = async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.waitForFunction(
      (scheme) => document.documentElement.dataset.mantineColorScheme === scheme,
      colorScheme,
    );
  };
  for (const colorScheme of ['light', 'dark']) {
    await turn(colorScheme);
    await isAccessible(page, `${name}, ${colorScheme}`);
    await shot(page, `${name}-${colorScheme}`);
  }
  await turn('light');
  await page.setViewportSize(PHONE);
  await isAccessible(page, `${name}, phone`);
  await shot(page, `${name}-phone`);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `${name} is ${width} wide on a phone of ${PHONE.width}`);
  await page.setViewportSize(DESK);
}

async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

const menu = (page, name) => page.getByRole('navigation').getByRole('link', { name });
const of = (page, identity) => page.locator(`tbody[data-participant=${identity}]`);
const track = (page, identity, name) => of(page, identity).locator('tr[data-track]', { hasText: name });

/** Bits a second as the page words them. */
function bits(text) {
  const found = text.match(/([\d.]+) (k|M)bit\/s/);
  return found ? Number(found[1]) * { k: 1e3, M: 1e6 }[found[2]] : 0;
}

/** The third cell of a track's line, once it is a rate. */
const rateOf = (page, identity, name) =>
  until(
    `the console shows the rate of ${identity}'s ${name}`,
    async () => bits(await track(page, identity, name).locator('td').nth(2).innerText()),
    (rate) => rate > 1000,
    { timeoutMs: 20_000 },
  );

async function watches(scene, page) {
  await menu(page, 'Live').click();
  const row = page.getByRole('row', { name: /standup/ });
  await row.getByText('standup').waitFor();
  assert.match(await row.innerText(), /\t2\t2\t/, 'two participants, two publishers');
  await looksRight(page, 'live');
  await page.getByRole('link', { name: 'standup' }).click();

  const camera = await rateOf(page, 'ada', 'Camera');
  const microphone = await rateOf(page, 'ada', 'Microphone');
  const browser = await rateOf(page, 'ben', 'Camera');
  assert.ok(camera > 5e3 && camera < 1e6, `ada's camera has ${camera} bits a second`);
  assert.ok(microphone > 8e3 && microphone < 300e3, `ada's microphone has ${microphone}`);
  assert.ok(browser > 20e3 && browser < 4e6, `ben's camera has ${browser}`);
  await until(
    "two layers of ben's come in",
    () => track(page, 'ben', 'Camera').locator('[data-active=true]').count(),
    (n) => n >= 1,
    { timeoutMs: 15_000 },
  );
  assert.match(await track(page, 'ada', 'Camera').innerText(), /VP8 320×180/);
  await looksRight(page, 'room');
}

/** Whether who is told so has its microphone muted. */
const muted = async (client) => {
  const { local } = await client.call('room');
  return JSON.stringify(local).includes('"muted":true');
};

async function acts(page, { ada, ben }) {
  await track(page, 'ada', 'Microphone').getByRole('button', { name: 'Mute' }).click();
  await track(page, 'ada', 'Microphone').getByText('muted').waitFor();
  await until('ada is muted', () => muted(ada), Boolean);

  await of(page, 'ben').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByText('Remove ben?').waitFor();
  await looksRight(page, 'remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await of(page, 'ben').waitFor({ state: 'detached' });
  await until('ben is out', () => ben.call('room'), ({ connected, state }) => !connected && state !== 'connected');

  await page.getByRole('button', { name: 'End room' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End room' }).click();
  await page.getByText('Nobody is in this room').waitFor();
  await until('ada is out', () => ada.call('room'), ({ connected }) => !connected);
}

async function looksUp(page) {
  await menu(page, 'Sessions').click();
  const row = page.getByRole('row', { name: /standup/ });
  await row.getByText('ended').waitFor();
  assert.match(await row.innerText(), /\t2\t/, 'two participants');
  await looksRight(page, 'sessions');
  await row.getByRole('link').click();
  await page.getByRole('button', { name: 'ada' }).click();
  await page.getByRole('img', { name: /To the server/ }).first().waitFor();
  await looksRight(page, 'session');
}

async function plays(page) {
  await menu(page, 'Recordings').click();
  const row = page.locator('tr[data-job]');
  await row.getByText('completed').waitFor({ timeout: 20_000 });
  await looksRight(page, 'recordings');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    row.getByRole('link', { name: /Download/ }).click(),
  ]);
  assert.ok(statSync(await download.path()).size > 20_000);
  assert.match(download.suggestedFilename(), /\.mp4$/);

  await row.getByRole('button', { name: /Play/ }).click();
  const video = page.getByRole('dialog').locator('video');
  const time = () => video.evaluate((v) => v.videoWidth && v.currentTime);
  await until('the recording plays', time, (seconds) => seconds > 1, { timeoutMs: 15_000 });
  await isAccessible(page, 'player');
  await shot(page, 'player');
  await page.keyboard.press('Escape');
  await video.waitFor({ state: 'detached' });
}

async function watchesStream(page) {
  await page.getByText('HLS', { exact: true }).click();
  await page.locator('tr[data-job]').getByText('stopped').waitFor({ timeout: 20_000 });
  await page.getByRole('button', { name: /Watch/ }).click();
  const video = page.getByRole('dialog').locator('video');
  const time = () => video.evaluate((v) => v.videoWidth && v.currentTime);
  await until('the stream plays', time, (seconds) => seconds > 1, { timeoutMs: 15_000 });
  await page.keyboard.press('Escape');
  await video.waitFor({ state: 'detached' });
}

async function sendsAgain(page, receiver) {
  await menu(page, 'Webhooks').click();
  await page.getByRole('row', { name: /session-started/ }).waitFor();
  await looksRight(page, 'webhooks');
  receiver.refuses = false;
  await page.getByRole('button', { name: /Send session-started .* again/ }).click();
  await until('the webhook comes', () => receiver.taken, (taken) => taken.includes('session-started'));
  await page.getByRole('button', { name: /Send all again/ }).click();
  await until('the others come', () => receiver.taken, (taken) => taken.includes('participant-joined'));
  await page.getByText('Everything was delivered').waitFor({ timeout: 15_000 });
}

test('an operator watches a call, acts on it, and finds what it left behind', { skip: needsOwnServer, timeout: 480_000 }, async () => {
  const receiver = await refusingReceiver();
  try {
    await inScene({ flags: ['--webhook-allow-private'] }, async (scene) => {
      const made = await call(scene.server, 'POST', '/v2/rooms', {
        body: { customRoomId: 'standup', webhook: { endPoint: receiver.url, events: ['*'] } },
      });
      const room = made.json.roomId;
      const bothKinds = async (verb) => {
        for (const kind of ['recordings', 'hls']) {
          const body = { roomId: room, config: { quality: 'low' } };
          const { status, text } = await call(scene.server, 'POST', `/v2/${kind}/${verb}`, { body });
          assert.equal(status, 200, text);
        }
      };
      const ada = await scene.join('native', 'ada', { room });
      await ada.call('publishPattern', { sender: 1, width: 320, height: 180, fps: 15, maxBitrate: 300_000 });
      await ada.call('publishTone', { hz: 440 });
      const ben = await scene.join('chromium', 'ben', { room });
      await ben.call('publishPattern', { sender: 2, width: 640, height: 360, fps: 15, simulcast: true });
      await bothKinds('start');

      const { page, complaints } = await openConsole(scene);
      await looksRight(page, 'sign-in');
      await signIn(page);
      await watches(scene, page);
      await bothKinds('end');
      await acts(page, { ada, ben });
      await looksUp(page);
      await plays(page);
      await watchesStream(page);
      await sendsAgain(page, receiver);
      assert.deepEqual(complaints, []);
    });
  } finally {
    await receiver.close();
  }
});

test('a wrong secret, an unknown key and a closed tab open nothing', { skip: needsOwnServer, timeout: 120_000 }, async () => {
  await inScene({}, async (scene) => {
    const { page, complaints } = await openConsole(scene);
    const requests = [];
    page.on('request', (r) => requests.push(`${r.url()} ${JSON.stringify(r.headers())} ${r.postData()}`));
    const refused = page.getByRole('alert').getByText('does not take this key and secret');
    await signIn(page, { secret: 'not its secret' });
    await refused.waitFor();
    await shot(page, 'refused');
    await isAccessible(page, 'refused');
    await signIn(page, { key: 'nobody' });
    await refused.waitFor();

    await signIn(page);
    await page.getByText('No room is open').waitFor();
    await looksRight(page, 'nothing-live');
    const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
    assert.ok(!stored.includes(API_SECRET), stored);
    await page.reload();
    await page.getByLabel('Remember in this tab').check();
    await signIn(page);
    await page.getByText('No room is open').waitFor();
    await page.reload();
    await page.getByText('No room is open').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.reload();
    await page.getByLabel('API key').waitFor();

    assert.ok(requests.length > 0);
    assert.ok(!requests.some((r) => r.includes('not its secret') || r.includes(`"${API_SECRET}"`)));
    assert.deepEqual(complaints, []);
  });
});
