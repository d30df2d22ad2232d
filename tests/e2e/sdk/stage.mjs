// What the tests of the SDK share: a server, a site with the SDK's file, and people in pages.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, restToken } from '../../conformance/lib/rest.mjs';
import { launchChromium } from '../lib/chromium.mjs';
import { until } from '../lib/poll.mjs';
import { freePort, startServer } from '../lib/server.mjs';
import { toneWav } from '../lib/tone.mjs';

const sdkFolder = join(import.meta.dirname, '../../../web/sdk');
const files = {
  '/plenum.global.js': join(sdkFolder, 'dist/plenum.global.js'),
  '/recorder.js': join(import.meta.dirname, 'recorder.js'),
  '/quick_start.js': join(import.meta.dirname, 'quick_start.js'),
  '/quick_start.html': join(import.meta.dirname, 'quick_start.html'),
  '/e2ee.worker.js': join(
    sdkFolder,
    '../node_modules/livekit-client/dist/livekit-client.e2ee.worker.mjs',
  ),
};
const html = `<!doctype html><meta charset="utf-8"><title>SDK</title><body>
<script src="/plenum.global.js"></script><script src="/recorder.js"></script>`;

async function serveFiles() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://site').pathname;
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    if (path !== '/' && !files[path]) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': type });
    response.end(path === '/' ? html : readFileSync(files[path]));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Somebody with a page and, once joined, a meeting in it. */
export class Person {
  constructor(stage, name, page) {
    this.stage = stage;
    this.name = name;
    this.page = page;
  }

  /** Runs `body(meeting, argument)` in the page. */
  run(body, argument) {
    return this.page.evaluate(`(${body})(window.meeting, ${JSON.stringify(argument ?? null)})`);
  }

  /** Runs what must be refused; answers the number. */
  refused(body, argument) {
    return this.page.evaluate(
      `Promise.resolve().then(() => (${body})(window.meeting, ${JSON.stringify(argument ?? null)}))
        .then((v) => 'not refused: ' + JSON.stringify(v), (e) => e.code ?? String(e))`,
    );
  }

  init(options) {
    return this.page.evaluate(
      (o) => {
        const { camera, microphone, ...rest } = o;
        if (camera) rest.customCameraVideoTrack = window.stage.paintedStream(camera);
        if (microphone) rest.customMicrophoneAudioTrack = window.stage.silentStream();
        window.meeting = window.stage.makeMeeting(rest);
      },
      {
        meetingId: this.stage.roomId,
        participantId: this.name,
        name: `${this.name} name`,
        signalingBaseUrl: this.stage.server.httpUrl,
        ...options,
      },
    );
  }

  said() {
    return this.run((meeting) => meeting.said);
  }

  /** The last event of that name that matches; waits for it. */
  hears(name, matches = () => true) {
    return until(`${this.name} hears ${name}`, async () =>
      (await this.said()).filter((e) => e.name === name && matches(...e.args, e.by)).at(-1),
    );
  }

  /** Waits until `body(meeting, argument)` is truthy; answers it. */
  until(what, body, argument) {
    return until(`${this.name}: ${what}`, () => this.run(body, argument));
  }

  forget() {
    return this.run((meeting) => void meeting.said.splice(0));
  }

  async close() {
    await this.stage.note(this.page);
    await this.page.context().close();
  }
}

/** One server and browser for all chapters; each has rooms of its own. */
export class Stage {
  called = new Set();
  told = new Set();
  surface = [];
  people = [];

  static async open(options = {}) {
    const stage = new Stage();
    // A port that is known from the start, so that links to files and streams have it.
    stage.server = await startServer({ httpPort: await freePort(), ...options });
    stage.site = await serveFiles();
    stage.folder = mkdtempSync(join(tmpdir(), 'plenum-sdk-'));
    // The browser's own beeps are too short to count as speaking.
    const voice = join(stage.folder, 'voice.wav');
    writeFileSync(voice, toneWav({ hz: 440, seconds: 5 }));
    stage.browser = await launchChromium({
      args: [
        `--use-file-for-fake-audio-capture=${voice}`,
        '--auto-select-desktop-capture-source=Entire screen',
      ],
    });
    return stage;
  }

  async room(body = {}) {
    const made = await call(this.server, 'POST', '/v2/rooms', { body });
    assert.equal(made.status, 200, made.text);
    this.roomId = made.json.roomId;
    return this.roomId;
  }

  token(permissions = ['allow_join', 'allow_mod'], claims = {}) {
    return restToken({ roles: ['rtc'], permissions, ...claims });
  }

  async person(name, path = '/') {
    const context = await this.browser.newContext({
      permissions: ['camera', 'microphone'],
    });
    const page = await context.newPage();
    const person = new Person(this, name, page);
    page.on('console', (m) => process.env.SDK_LOG && console.error(`${name}: ${m.text()}`));
    await page.goto(this.site.url + path);
    this.people.push(person);
    return person;
  }

  async joins(name, { permissions, token = this.token(permissions), ...options } = {}) {
    const person = await this.person(name);
    await person.init({ token, ...options });
    await person.run((meeting) => meeting.join());
    return person;
  }

  /** Takes over what the page's classes have counted. */
  async note(page) {
    const seen = await page.evaluate(() => ({
      surface: window.stage?.surface ?? [],
      called: [...(window.stage?.called ?? [])],
      told: [...(window.stage?.told ?? [])],
    }));
    if (seen.surface.length) this.surface = seen.surface;
    for (const name of seen.called) this.called.add(name);
    for (const name of seen.told) this.told.add(name);
  }

  /** Everybody out, before the next chapter. */
  async clear() {
    for (const person of this.people.splice(0)) await person.close();
  }

  async close() {
    await this.clear();
    await this.browser.close();
    await this.site.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }
}
