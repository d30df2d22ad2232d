// The hooks of @plenum/react-sdk for messages, shared values and files, and tiles that are received as they are
// seen: in StrictMode, with both versions of React, against the server.
import { after, before, test } from 'node:test';
import { call } from '../conformance/lib/rest.mjs';
import { launchChromium } from './lib/chromium.mjs';
import { until } from './lib/poll.mjs';
import { freePort, startServer } from './lib/server.mjs';
import { inPages } from './react_sdk/site.mjs';

let server;
let browser;
before(async () => {
  // A port that is known from the start, so that links to files have it.
  const httpPort = await freePort();
  [server, browser] = await Promise.all([startServer({ httpPort }), launchChromium()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
const section = (page, name) => page.locator(`section[aria-label=${name}]`);
const says = async (page, text) => {
  await page.getByLabel('Message').fill(text);
  await page.getByLabel('Message').press('Enter');
};
const messages = (page) => section(page, 'chat').locator('li').allTextContents();
const reads = (page, ...lines) =>
  until(`the chat is ${lines}`, () => messages(page), (all) => `${all}` === `${lines}`);
const shows = (page, name, element, text) =>
  until(`${name} shows ${text}`, () => section(page, name).locator(element).textContent(), (t) => t === text);

/** Two people in a page each, in one meeting. */
const withTwo = (react, act) => () =>
  inPages({ entry: 'hooks.jsx', react, browser, server }, async (open) => {
    const { json } = await call(server, 'POST', '/v2/rooms', { body: {} });
    const join = async (name, more = {}) => {
      const page = await open(name, { meeting: json.roomId, ...more });
      page.setDefaultTimeout(20_000);
      await press(page, 'Join');
      await page.getByRole('button', { name: 'Leave' }).waitFor();
      return page;
    };
    await act(await join('Ada', { camera: 1 }), await join('Bob'), join);
  });

for (const react of [19, 18]) {
  test(`messages, values and files are shared, React ${react}`, { timeout: 120_000 }, withTwo(react, async (ada, bob, join) => {
    await says(ada, 'Hello');
    await reads(bob, 'Ada: Hello (Ada)');
    await says(bob, 'Hi');
    for (const page of [ada, bob]) await reads(page, 'Ada: Hello (Ada)', 'Bob: Hi (Bob)');
    await shows(ada, 'chat', 'output', '2');

    await press(bob, 'Close chat');
    await says(ada, 'Are you there?');
    await press(bob, 'Open chat');
    const eve = await join('Eve');
    for (const page of [bob, eve]) {
      await reads(page, 'Ada: Hello (Ada)', 'Bob: Hi (Bob)', 'Ada: Are you there? (Ada)');
      await shows(page, 'chat', 'output', '0');
    }

    await press(ada, 'Set agenda');
    for (const page of [ada, bob, eve]) await shows(page, 'agenda', 'output', 'first item');
    await press(bob, 'Ask agenda');
    await shows(bob, 'agenda', 'em', 'first item');
    await press(bob, 'Delete agenda');
    for (const page of [ada, bob, eve]) await shows(page, 'agenda', 'output', 'null');

    await press(ada, 'Upload');
    const address = () => ada.getByLabel('File address').inputValue();
    await bob.getByLabel('File address').fill(await until('the file has an address', address));
    await press(bob, 'Fetch');
    await shows(bob, 'file', 'em', 'the minutes');
  }));

  test(`a tile is received while it is seen, as large as it is, React ${react}`, { timeout: 120_000 }, withTwo(react, async (_, bob) => {
    const video = bob.locator('#list video');
    const width = () => video.evaluate((v) => v.videoWidth);
    const frames = () => video.evaluate((v) => v.getVideoPlaybackQuality().totalVideoFrames);
    const scroll = (top) => bob.locator('#list').evaluate((list, y) => list.scrollTo(0, y), top);
    const moving = async () => {
      const start = await frames();
      await new Promise((done) => setTimeout(done, 1500));
      return (await frames()) - start;
    };
    await until('a large tile has a large picture', width, (w) => w >= 640, { timeoutMs: 40_000 });
    await press(bob, 'Change size');
    await until('a small tile has a small picture', width, (w) => w > 0 && w <= 320);
    await scroll(2000);
    await until('nothing arrives for a tile that is out of sight', moving, (n) => n === 0);
    await scroll(0);
    await until('the picture moves again', moving, (n) => n > 5);
    await press(bob, 'Change size');
    await until('a large tile has a large picture again', width, (w) => w >= 640, { timeoutMs: 40_000 });
  }));
}
