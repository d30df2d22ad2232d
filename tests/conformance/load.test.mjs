// `plenum load` against our server: its own figures, and a browser that sees and hears what it sends.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hears } from '../e2e/lib/expect.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { binary } from '../e2e/lib/server.mjs';
import { API_KEY, API_SECRET } from '../e2e/lib/token.mjs';

const TONE_HZ = 330;

/** Runs the generator; answers {code, out, err, report, html}. */
async function load(scene, args) {
  const folder = await mkdtemp(join(tmpdir(), 'plenum-load-'));
  const [json, html] = ['report.json', 'report.html'].map((name) => join(folder, name));
  const given = ['load', '--url', scene.server.wsUrl, '--api-key', API_KEY, '--room', scene.room];
  try {
    const run = await new Promise((done) =>
      execFile(
        binary(),
        [...given, '--api-secret', API_SECRET, '--json', json, '--html', html, ...args],
        { timeout: 60_000 },
        (error, out, err) => done({ code: error ? (error.code ?? error.signal) : 0, out, err }),
      ),
    );
    const read = (path) => readFile(path, 'utf8').catch(() => '');
    const text = await read(json);
    return { ...run, report: text && JSON.parse(text), html: await read(html) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('three publishers reach five subscribers without loss', () =>
  inScene({}, async (scene) => {
    const { code, out, err, report, html } = await load(scene, [
      ...['--publishers', '3', '--subscribers', '5', '--duration', '6s', '--data', '5/s'],
      '--screen-share',
    ]);

    assert.equal(code, 0, out + err);
    assert.equal(report.schema, 1);
    assert.equal(report.join.joined, 8);
    assert.equal(report.join.failed, 0);
    assert.equal(report.join.subscribers_without_picture, 0);
    assert.equal(report.receive.lost, 0);
    assert.ok(report.receive.frames > 300, `${report.receive.frames} frames`);
    assert.equal(report.receive.bitrate.count, 5);
    assert.ok(report.receive.video_delay.count > 300);
    assert.ok(report.receive.audio_delay.p50_ms > 0);
    assert.ok(report.data.received >= report.data.sent, JSON.stringify(report.data));
    assert.ok(report.samples.length >= 4);
    assert.match(html, /<svg[\s\S]*<\/html>/);
  }));

for (const codec of ['vp8', 'h264']) {
  test(`Chromium sees the ${codec} and hears the tone`, () =>
    inScene({}, async (scene) => {
      const browser = await scene.join('chromium', 'watcher');
      const running = load(scene, ['--video', codec, '--duration', '12s']);
      await hears(browser, 'publisher-1', TONE_HZ);
      const seen = await until(
        `Chromium decodes ${codec}`,
        () => browser.call('receiverStats', 'publisher-1', 'camera'),
        (s) => s && s.framesDecoded > 30,
      );

      assert.equal(seen.mime.toLowerCase(), `video/${codec}`);
      assert.equal(seen.freezeCount, 0);
      assert.equal((await running).code, 0);
    }));
}

test('a lossy link is repaired, and what is not is counted', () =>
  inScene({}, async (scene) => {
    const { code, out, report } = await load(scene, [
      ...['--publishers', '1', '--subscribers', '2', '--audio', 'off', '--duration', '8s'],
      ...['--impair-down', 'loss=3%,delay=20ms,seed=5'],
    ]);

    assert.equal(code, 0, out);
    assert.ok(report.receive.recovered > 10, `${report.receive.recovered} recovered`);
    assert.ok(report.receive.loss_percent < 1, `${report.receive.loss_percent}% lost`);
    assert.ok(report.receive.video_delay.p50_ms >= 20);
  }));

test('layouts ask for small pictures, churn comes back', () =>
  inScene({}, async (scene) => {
    const size = ['--publishers', '3', '--subscribers', '3', '--duration', '8s'];
    const small = await load(scene, [...size, '--layout', '5x5', '--churn', 'leave=15/m']);
    const { receive, join: joins } = small.report;

    assert.equal(small.code, 0, small.out);
    assert.ok(joins.attempts > 6, `${joins.attempts} joins`);
    assert.ok(receive.bitrate.max_kbps < 1500, `${receive.bitrate.max_kbps} kbit/s`);
    assert.ok(receive.frames > 100);
  }));

test('a wrong secret is a failure with the server’s words', () =>
  inScene({}, async (scene) => {
    const { code, report, html } = await load(scene, [
      ...['--api-secret', 'x'.repeat(32), '--publishers', '1', '--duration', '2s'],
    ]);

    assert.equal(code, 1);
    assert.match(Object.keys(report.join.failures)[0], /status 401/);
    assert.doesNotMatch(JSON.stringify(report) + html, /xxxx/);
  }));
