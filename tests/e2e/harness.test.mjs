// The harness itself, without a server: test media survive a real codec and are told apart.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ChromiumClient, launchChromium } from './lib/chromium.mjs';
import { NetworkNamespace } from './lib/netns.mjs';
import { paint, PALETTE, read } from './lib/pattern.mjs';
import { serveTestPage } from './lib/site.mjs';
import { loudestPitch, toneSample } from './lib/tone.mjs';
import { WorkerClient } from './lib/worker.mjs';

let site;
before(async () => (site = await serveTestPage()));
after(() => site.close());

function assertPatternAndTone({ video, audio }, sender, hz) {
  assert.equal(video?.sender, sender, JSON.stringify(video));
  assert.ok(video.valid >= 8 && video.distinctCounters >= 8, JSON.stringify(video));
  assert.ok(video.wrongColour <= video.valid / 4, JSON.stringify(video));
  assert.ok(Math.abs(audio.hz - hz) <= 40 && audio.db > -40, JSON.stringify(audio));
}

test('a painted frame reads back as its sender and counter, at any size', () => {
  for (const [width, height] of [
    [160, 90],
    [320, 180],
    [1280, 720],
    [640, 480],
  ]) {
    const pixels = new Uint8Array(width * height * 4);
    for (let sender = 0; sender < 2 * PALETTE.length; ++sender) {
      paint(pixels, width, height, sender, 37 * sender);

      assert.deepEqual(read(pixels, width, height), {
        sender,
        counter: (37 * sender) & 0xff,
        colourMatches: true,
      });
    }
  }
});

test('a grey, black or white frame is not taken for a pattern', () => {
  for (const level of [0, 127, 255])
    assert.equal(read(new Uint8Array(64 * 36 * 4).fill(level), 64, 36), undefined);
});

test('the pitch of the test tone is found, and silence is silent', () => {
  const tone = (hz) => Float32Array.from({ length: 8192 }, (_, i) => toneSample(i, 48_000, hz));

  for (const hz of [440, 700, 1000, 1500])
    assert.ok(Math.abs(loudestPitch(tone(hz), 48_000).hz - hz) <= 20);
  assert.equal(loudestPitch(new Float32Array(8192), 48_000).db, -Infinity);
});

test('Chromium shows pattern and tone after a loopback connection', async () => {
  const browser = await launchChromium();
  try {
    const client = await ChromiumClient.open(browser, site.url, 'chromium');
    assertPatternAndTone(await client.call('loopback', { sender: 5, hz: 700 }), 5, 700);
  } finally {
    await browser.close();
  }
});

test(
  'Firefox in a network namespace shows pattern and tone after a loopback connection',
  { skip: NetworkNamespace.unavailable },
  async () => {
    const namespace = new NetworkNamespace();
    const client = new WorkerClient(join(import.meta.dirname, 'lib/firefox_worker.mjs'), {
      label: 'firefox',
      prefix: namespace.prefix,
      args: [site.urlOn(namespace.hostAddress)],
    });
    try {
      assertPatternAndTone(
        await client.call('loopback', { sender: 6, hz: 900, seconds: 5 }),
        6,
        900,
      );
    } finally {
      await client.close();
      namespace.remove();
    }
  },
);
