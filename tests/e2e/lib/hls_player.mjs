// hls.js in a page of its own origin, which plays an HLS stream of the server and tells what it shows.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { until } from './poll.mjs';

const SCRIPT = fileURLToPath(import.meta.resolve('hls.js/dist/hls.min.js'));
const PAGE = `<!doctype html><meta charset="utf-8"><title>HLS</title>
<body><script src="/hls.js"></script><script>
const state = { fatal: [], errors: [], video: undefined };
window.play = (url, fromStart) => {
  state.hls?.destroy();
  state.video?.remove();
  state.video = document.createElement('video');
  Object.assign(state.video, { muted: true, width: 320 });
  document.body.append(state.video);
  state.hls = new Hls({ startPosition: fromStart ? 0 : -1 });
  state.hls.on(Hls.Events.ERROR, (_, { type, details, fatal, error }) =>
    (fatal ? state.fatal : state.errors).push(type + ' ' + details + ' ' + (error ?? '')));
  state.hls.on(Hls.Events.MANIFEST_PARSED, () => state.video.play());
  state.hls.loadSource(url);
  state.hls.attachMedia(state.video);
};
window.seen = () => {
  const { video } = state;
  const { totalVideoFrames: frames, droppedVideoFrames: dropped } = video.getVideoPlaybackQuality();
  return { fatal: state.fatal, errors: state.errors, time: video.currentTime, frames, dropped,
    duration: String(video.duration), width: video.videoWidth, height: video.videoHeight,
    paused: video.paused, ended: video.ended };
};
window.seek = (seconds) => (state.video.currentTime = seconds);
window.pixels = () => {
  const { videoWidth: width, videoHeight: height } = state.video;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(state.video, 0, 0);
  // In a cross-origin picture that was not allowed to be read, this throws.
  const bytes = new Uint8Array(context.getImageData(0, 0, width, height).data.buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return { width, height, rgba: btoa(text) };
};
</script>`;

export class HlsPlayer {
  /** @param {import('playwright-core').Browser} browser */
  static async open(browser) {
    const site = createServer((request, response) => {
      const isScript = request.url === '/hls.js';
      response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
      response.end(isScript ? readFileSync(SCRIPT) : PAGE);
    });
    await new Promise((done) => site.listen(0, '127.0.0.1', done));
    const context = await browser.newContext();
    const player = new HlsPlayer();
    player.page = await context.newPage();
    player.close = async () => {
      await context.close();
      site.closeAllConnections();
      await new Promise((done) => site.close(done));
    };
    await player.page.goto(`http://127.0.0.1:${site.address().port}/`);
    await player.page.waitForFunction(() => window.Hls !== undefined);
    return player;
  }

  play(url, { fromStart = false } = {}) {
    return this.page.evaluate(([u, f]) => window.play(u, f), [url, fromStart]);
  }

  seen() {
    return this.page.evaluate(() => window.seen());
  }

  seek(seconds) {
    return this.page.evaluate((s) => window.seek(s), seconds);
  }

  /** The picture that is shown now, as RGBA. */
  async picture() {
    const { width, height, rgba } = await this.page.evaluate(() => window.pixels());
    return { width, height, rgba: new Uint8Array(Buffer.from(rgba, 'base64')) };
  }

  /** Waits until it plays, then until so many seconds have been shown; no error may be fatal. */
  async plays(seconds, { timeoutMs = 25_000 } = {}) {
    const begun = await until(
      'the player begins',
      () => this.seen(),
      (s) => s.frames > 0 && s.time > 0,
      { timeoutMs },
    );
    const end = await until(
      `the player shows ${seconds} s`,
      () => this.seen(),
      (s) => s.time >= begun.time + seconds,
      { timeoutMs: timeoutMs + 1000 * seconds },
    );
    return { ...end, seconds: end.time - begun.time, shown: end.frames - begun.frames };
  }
}
