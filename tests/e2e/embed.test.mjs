// The meeting app in a frame of another site's page (`/embed.js`), and the samples of docs/app.md as they stand there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { restToken } from '../conformance/lib/rest.mjs';
import { launchChromium } from './lib/chromium.mjs';
import { until } from './lib/poll.mjs';
import { startServer } from './lib/server.mjs';
import { freshRoom } from './lib/token.mjs';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/app.md'), 'utf8');
const sample = (language) => page.match(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms'))[1];

/** A page of another origin. */
async function site(html) {
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><body>${html}`),
  );
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

async function inBrowser(act) {
  const server = await startServer();
  const browser = await launchChromium();
  try {
    await act(server, await browser.newPage({ viewport: { width: 1000, height: 700 } }));
  } finally {
    await browser.close();
    await server.stop();
  }
}

async function room(server, name) {
  const response = await fetch(`${server.httpUrl}/v2/rooms`, {
    method: 'POST',
    headers: { Authorization: restToken(), 'Content-Type': 'application/json' },
    body: JSON.stringify({ customRoomId: name }),
  });
  return (await response.json()).roomId;
}

test('the page of the sample shows a meeting, is told of it, and may end it; others are not heard', () =>
  inBrowser(async (server, browserPage) => {
    const html = sample('html')
      .replaceAll('https://plenum.example', server.httpUrl)
      .replace("'standup'", `'${await room(server, freshRoom('embed'))}'`)
      .replace('TOKEN', restToken({ roles: ['rtc'] }))
      .replace("name: 'Ada',", "name: 'Ada', skipLobby: true, onReady: () => console.log('ready'),");
    const other = await site(html);
    const lines = [];
    browserPage.on('console', (message) => lines.push(message.text()));
    await browserPage.goto(other.url);
    const frame = browserPage.frameLocator('iframe');
    await frame.getByTestId('room').waitFor();
    await until('joining is told', () => lines, (all) => all.some((l) => l.startsWith('joined as')));
    assert.ok(lines.includes('ready'));

    await frame.getByRole('button', { name: 'Turn microphone off' }).waitFor();
    await browserPage.evaluate('call.toggleMic()');
    await frame.getByRole('button', { name: 'Turn microphone on' }).waitFor();
    // Another window, and the page under a name that is not its own.
    await browserPage.evaluate(() => window.postMessage({ source: 'plenum', type: 'left', code: 1, reason: 'x' }, '*'));
    assert.equal(await browserPage.locator('iframe').count(), 1);

    await browserPage.evaluate('call.leave()');
    await until('the frame is removed', () => browserPage.locator('iframe').count(), (n) => n === 0);
    other.close();
  }));

test('a frame obeys only the page that it was opened for', () =>
  inBrowser(async (server, browserPage) => {
    const id = await room(server, freshRoom('embed'));
    const query = new URLSearchParams({ room: id, name: 'Ada', skipLobby: '1', embedder: 'https://elsewhere.example' });
    const other = await site(
      `<iframe allow="camera; microphone" width=900 height=600 src="${server.httpUrl}/?${query}#token=${restToken({ roles: ['rtc'] })}"></iframe>`,
    );
    await browserPage.goto(other.url);
    const frame = browserPage.frameLocator('iframe');
    const off = frame.getByRole('button', { name: 'Turn microphone off' });
    await off.waitFor();
    await browserPage.evaluate(() => window.frames[0].postMessage({ plenum: 'leave' }, '*'));
    await browserPage.evaluate(() => window.frames[0].postMessage({ plenum: 'toggleMic' }, '*'));
    await new Promise((done) => setTimeout(done, 500));
    assert.ok(await off.isVisible());
    other.close();
  }));

test('the sample for Node prints an address that opens the meeting', () =>
  inBrowser(async (server, browserPage) => {
    const file = join(import.meta.dirname, `.sample-${process.pid}.mjs`);
    try {
      writeFileSync(file, sample('js'));
      const { stdout } = await promisify(execFile)(process.execPath, [file], {
        env: { ...process.env, PLENUM_URL: server.httpUrl },
      });
      await browserPage.goto(stdout.trim());
    } finally {
      rmSync(file, { force: true });
    }
    assert.equal(await browserPage.getByLabel('Your name').inputValue(), 'Ada');
    await browserPage.getByRole('button', { name: 'Join meeting' }).click();
    await browserPage.getByTestId('room').waitFor();
  }));

test('a server that is not for development says how the app is opened', async () => {
  const server = await startServer();
  const browser = await launchChromium();
  try {
    const browserPage = await browser.newPage();
    await browserPage.route('**/dev/app-token*', (route) => route.fulfill({ status: 404, body: 'Not Found' }));
    await browserPage.goto(server.httpUrl);
    await browserPage.getByText('This page needs a link from your application').waitFor();
    const { headers } = await fetch(server.httpUrl);
    assert.match(headers.get('content-security-policy'), /script-src 'self'/);
    assert.equal(headers.get('cache-control'), 'no-cache');
  } finally {
    await browser.close();
    await server.stop();
  }
});
