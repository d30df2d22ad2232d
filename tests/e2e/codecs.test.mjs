// Each codec arrives as the codec that was asked for, and its picture or tone is right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hears, sees } from './lib/expect.mjs';
import { until } from './lib/poll.mjs';
import { inScene } from './lib/scene.mjs';

const VIDEO = [
  { codec: 'vp8', mime: 'video/VP8' },
  { codec: 'h264', mime: 'video/H264' },
  { codec: 'vp9', mime: 'video/VP9' },
  { codec: 'vp9', mime: 'video/VP9', scalabilityMode: 'L3T3_KEY' },
  { codec: 'av1', mime: 'video/AV1' },
  { codec: 'av1', mime: 'video/AV1', scalabilityMode: 'L1T3' },
];
const sameMime = (a, b) => a?.toLowerCase() === b.toLowerCase();

for (const { codec, mime, scalabilityMode } of VIDEO) {
  test(`${codec} ${scalabilityMode ?? 'as the SDK sends it'} from Chromium is decoded by Chromium as ${codec}`, () =>
    inScene({}, async (scene) => {
      const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
      await a.call('publishPattern', {
        sender: 9,
        codec,
        scalabilityMode,
        width: 640,
        height: 360,
      });

      await sees(b, 'a', 9);
      await until(
        'the receiver reports the codec',
        () => b.call('receiverStats', 'a'),
        (s) => sameMime(s?.mime, mime),
      );
      const outbound = await a.call('senderStats', 'camera');
      assert.ok(
        outbound.every((s) => sameMime(s.mime, mime)),
        JSON.stringify(outbound.map((s) => s.mime)),
      );
    }));
}

for (const codec of ['vp8', 'h264', 'vp9', 'av1']) {
  test(`${codec} passes from Chromium to the native client and back`, () =>
    inScene({}, async (scene) => {
      const [a, n] = [await scene.join('chromium', 'a'), await scene.join('native', 'n')];
      await a.call('publishPattern', { sender: 2, codec, width: 320, height: 180 });
      await n.call('publishPattern', { sender: 3, codec, width: 320, height: 180 });

      await sees(n, 'a', 2);
      await sees(a, 'n', 3);
    }));
}

for (const red of [true, false]) {
  test(`Opus ${red ? 'with' : 'without'} RED from Chromium is heard by Chromium and by the native client`, () =>
    inScene({}, async (scene) => {
      const before = (page) => page.call('recordFormats');
      const a = await scene.join('chromium', 'a', { before });
      const b = await scene.join('chromium', 'b', { before });
      const n = await scene.join('native', 'n');
      await a.call('publishTone', { hz: 880, red });

      for (const other of [b, n]) await hears(other, 'a', 880);
      const formats = [
        await a.call('sentFormats', 'microphone'),
        await b.call('receivedFormats', 'a', 'microphone'),
      ];
      for (const seen of formats)
        assert.deepEqual(Object.keys(seen), [red ? 'red/48000/2' : 'opus/48000/2']);
    }));
}

test('stereo is asked for in the answer, so that Chromium sends two channels', () =>
  inScene({}, async (scene) => {
    const [a, b] = [await scene.join('chromium', 'a'), await scene.join('chromium', 'b')];
    await a.call('publishTone', { hz: 660, stereo: true, red: false });

    await hears(b, 'a', 660);
    const [outbound] = await a.call('senderStats', 'microphone');
    assert.match(outbound.fmtp ?? '', /stereo=1/);
  }));
