// The call page at `/`, used as a person uses it: two people meet, speak, mute, share, leave. Their
// microphones play a tone that swings like speech; the browser's own beeps are too short to count as
// speaking.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { launchChromium } from './lib/chromium.mjs';
import { until } from './lib/poll.mjs';
import { startServer } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';
import { toneWav } from './lib/tone.mjs';

const SHOTS = process.env.PLENUM_SHOTS;
const tileOf = (page, name) =>
  page.locator('[data-testid=tile]', { has: page.getByText(name, { exact: true }) });

/** A picture that has a size and plays on. */
async function moves(page, name) {
  const video = tileOf(page, name).locator('video');
  const time = () => video.evaluate((v) => (v.hidden ? -1 : v.videoWidth && v.currentTime));
  const start = await until(`${name} has a picture`, time, (t) => t > 0, { timeoutMs: 20_000 });
  await until(`the picture of ${name} moves`, time, (t) => t > start + 0.5);
}

async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Opens the page, fills the form, joins. */
async function enter(browser, url, { name, room }, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${url}/?room=${room}`);
  await shot(page, 'form');
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByTestId('call').waitFor({ timeout: 15_000 });
  return { page, complaints };
}

const media = mkdtempSync(join(tmpdir(), 'plenum-page-'));
after(() => rmSync(media, { recursive: true }));
function launchWithVoice() {
  const voice = join(media, 'voice.wav');
  writeFileSync(voice, toneWav({ hz: 440, seconds: 5 }));
  return launchChromium({ args: [`--use-file-for-fake-audio-capture=${voice}`] });
}

test('two people meet on the call page, see each other, mute, share a screen and leave', async () => {
  const server = await startServer();
  const browser = await launchWithVoice();
  try {
    const room = freshRoom('page');
    const ada = await enter(browser, server.httpUrl, { name: 'Ada', room });
    const bob = await enter(
      browser,
      server.httpUrl,
      { name: 'Bob', room },
      { viewport: { width: 390, height: 780 } },
    );
    await moves(ada.page, 'Bob');
    await moves(bob.page, 'Ada');
    await until(
      'both are connected',
      () => ada.page.getByTestId('connection-state').textContent(),
      (t) => t === 'Connected',
    );
    await until(
      'a speaking ring',
      () => ada.page.locator('.tile.speaking').count(),
      (n) => n > 0,
      { timeoutMs: 15_000 },
    );
    await shot(ada.page, 'call-wide');
    await shot(bob.page, 'call-narrow');

    await bob.page.getByRole('button', { name: 'Turn microphone off' }).click();
    await tileOf(ada.page, 'Bob').getByRole('img', { name: 'Microphone off' }).waitFor();
    await bob.page.getByRole('button', { name: 'Turn microphone on' }).click();
    await tileOf(ada.page, 'Bob')
      .getByRole('img', { name: 'Microphone off' })
      .waitFor({ state: 'hidden' });

    await ada.page.getByRole('button', { name: 'Turn camera off' }).click();
    await tileOf(bob.page, 'Ada').locator('video').waitFor({ state: 'hidden' });
    await ada.page.getByRole('button', { name: 'Turn camera on' }).click();
    await moves(bob.page, 'Ada');

    await ada.page.getByRole('button', { name: 'Share your screen' }).click();
    await bob.page.getByTestId('screen-tile').waitFor({ timeout: 10_000 });
    await shot(bob.page, 'screen-narrow');
    await shot(ada.page, 'screen-wide');
    await ada.page.getByRole('button', { name: 'Stop sharing your screen' }).click();
    await bob.page.getByTestId('screen-tile').waitFor({ state: 'detached', timeout: 10_000 });

    await bob.page.getByRole('button', { name: 'Leave the call' }).click();
    await bob.page.getByRole('button', { name: 'Join' }).waitFor();
    await tileOf(ada.page, 'Bob').waitFor({ state: 'detached', timeout: 10_000 });
    assert.deepEqual([...ada.complaints, ...bob.complaints], []);
  } finally {
    await browser.close();
    await server.stop();
  }
});

test('a third person who comes late sees both at once', async () => {
  const server = await startServer();
  const browser = await launchWithVoice();
  try {
    const room = freshRoom('page');
    for (const name of ['Ada', 'Bob']) await enter(browser, server.httpUrl, { name, room });
    const late = await enter(browser, server.httpUrl, { name: 'Eve', room });

    await moves(late.page, 'Ada');
    await moves(late.page, 'Bob');
    assert.equal(await late.page.getByTestId('count').textContent(), '3 people');
    await shot(late.page, 'three');
  } finally {
    await browser.close();
    await server.stop();
  }
});
