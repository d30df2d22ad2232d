// VideoSDK's React quick start on @plenum/react-sdk, in StrictMode, with both versions of React: two people
// in pages of their own meet, see and hear each other, turn microphone and camera off and on, and leave.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromium } from './lib/chromium.mjs';
import { until } from './lib/poll.mjs';
import { startServer } from './lib/server.mjs';
import { toneWav } from './lib/tone.mjs';
import { inPages } from './react_sdk/site.mjs';

const media = mkdtempSync(join(tmpdir(), 'plenum-react-'));
let server;
let browser;
before(async () => {
  const voice = join(media, 'voice.wav');
  writeFileSync(voice, toneWav({ hz: 440, seconds: 5 }));
  [server, browser] = await Promise.all([
    startServer(),
    launchChromium({ args: [`--use-file-for-fake-audio-capture=${voice}`] }),
  ]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  rmSync(media, { recursive: true });
});

const viewOf = (page, name) =>
  page.locator('.container > div > div', { has: page.getByText(`Participant: ${name} |`) });
const statusOf = (page, name) => viewOf(page, name).locator('p').textContent();

async function sees(page, name) {
  const video = viewOf(page, name).locator('video');
  const time = () => video.evaluate((v) => (v.videoWidth ? v.currentTime : 0), null, { timeout: 20_000 });
  const start = await until(`${name} has a picture`, time, (t) => t > 0, { timeoutMs: 20_000 });
  await until(`the picture of ${name} moves`, time, (t) => t > start + 0.5, { timeoutMs: 10_000 });
}

/** How loud what the page plays of somebody is, 0 to 1. */
const loudness = (page, name) =>
  viewOf(page, name)
    .locator('audio')
    .evaluate(async (audio) => {
      if (!audio.srcObject || audio.muted) return 0;
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaStreamSource(audio.srcObject).connect(analyser);
      await new Promise((done) => setTimeout(done, 400));
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      await context.close();
      return Math.max(...samples.map(Math.abs));
    });

for (const react of [19, 18])
  test(`two people meet with the quick start and React ${react}`, { timeout: 120_000 }, () =>
    inPages({ entry: 'index.jsx', react, browser, server }, async (open) => {
      const ada = await open('Ada');
      assert.equal(await ada.evaluate(() => parseInt(window.reactVersion, 10)), react);
      await ada.getByRole('button', { name: 'Create Meeting' }).click();
      const meetingId = (await ada.locator('h3').textContent()).replace('Meeting Id: ', '');
      await ada.getByRole('button', { name: 'Join' }).click();

      const bob = await open('Bob');
      await bob.getByPlaceholder('Enter Meeting Id').fill(meetingId);
      await bob.getByRole('button', { name: 'Join' }).click();
      await bob.locator('h3').waitFor();
      await bob.getByRole('button', { name: 'Join' }).click();

      for (const [page, other] of [[ada, 'Bob'], [bob, 'Ada']]) {
        await sees(page, other);
        await until(`${other} is heard`, () => loudness(page, other), (l) => l > 0.05, { timeoutMs: 15_000 });
        await sees(page, 'Ada');
        assert.equal(await page.getByText(/^Participant:/).count(), 2);
      }
      assert.equal(await loudness(ada, 'Ada'), 0, 'nobody hears oneself');

      await bob.getByRole('button', { name: 'toggleMic' }).click();
      await until('Bob is muted', () => statusOf(ada, 'Bob'), (s) => s.includes('Mic: OFF'));
      await bob.getByRole('button', { name: 'toggleWebcam' }).click();
      await until('his camera is off', () => statusOf(ada, 'Bob'), (s) => s.includes('Webcam: OFF'));
      assert.equal(await viewOf(ada, 'Bob').locator('video').count(), 0);
      await bob.getByRole('button', { name: 'toggleMic' }).click();
      await bob.getByRole('button', { name: 'toggleWebcam' }).click();
      await sees(ada, 'Bob');
      await until('Bob is heard again', () => loudness(ada, 'Bob'), (l) => l > 0.05, { timeoutMs: 15_000 });

      await bob.getByRole('button', { name: 'Leave' }).click();
      await bob.getByRole('button', { name: 'Create Meeting' }).waitFor();
      await viewOf(ada, 'Bob').waitFor({ state: 'detached', timeout: 10_000 });
      assert.equal(await ada.getByText(/^Participant:/).count(), 1);
    }));
