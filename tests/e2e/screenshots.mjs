// Pictures of the meeting app's screens, over a meeting in which nothing happens (web/app/preview), for people to
// look at: node e2e/screenshots.mjs FOLDER [part of a name]
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchChromium } from './lib/chromium.mjs';

const [folder = 'screenshots', wanted = ''] = process.argv.slice(2);
const app = resolve(import.meta.dirname, '../../web/app');
const dist = join(app, 'dist-preview');
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const IN = 'room=team-standup&token=x&skipLobby=1&name=Ada+Lovelace';
const HOST = `token=e30.${Buffer.from('{"permissions":["allow_join","allow_mod"]}').toString('base64url')}.x`;
const host = (query) => `${IN.replace('token=x', HOST)}&${query}`;

const press = (key) => async (page) => {
  await page.keyboard.press(key);
  await page.mouse.move(2, 2);
};
const menu = (item) => async (page) => {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  if (item) await page.getByRole('menuitem', { name: item }).click();
};

const SCREENS = {
  'no-token': { query: 'room=x', blocked: true },
  lobby: { query: 'room=team-standup&token=x&name=Ada+Lovelace' },
  'lobby-no-camera': { query: 'room=team-standup&token=x&cam=0' },
  waiting: { query: `${IN.replace('token=x', `token=e30.${Buffer.from('{"permissions":["ask_join"]}').toString('base64url')}.x`)}&waiting=1` },
  alone: { query: `${IN}&people=1` },
  two: { query: `${IN}&people=2` },
  four: { query: `${IN}&people=4&hands=1` },
  nine: { query: `${IN}&people=9&recording=1` },
  'twenty-five': { query: `${IN}&people=25` },
  sixty: { query: `${IN}&people=60` },
  share: { query: `${IN}&people=8&share=1` },
  sidebar: { query: `${IN}&people=12&layout=sidebar` },
  spotlight: { query: `${IN}&people=5&layout=spotlight` },
  'no-cameras': { query: `${IN}&people=6&dark-cameras=1&hands=1` },
  'long-names': { query: host('people=4&long=1'), act: press('p') },
  rtl: { query: host('people=4&arabic=1&lang=ar&chat=1'), act: press('c') },
  chat: { query: `${IN}&people=4&chat=1`, act: press('c') },
  'chat-empty': { query: `${IN}&people=2`, act: press('c') },
  people: { query: host('people=9&hands=1&asks=1'), act: press('p') },
  admission: { query: host('people=3&asks=1') },
  reconnecting: { query: `${IN}&people=3&reconnecting=1` },
  more: { query: host('people=4'), act: menu() },
  record: { query: host('people=4'), act: menu('Start recording') },
  live: { query: host('people=4'), act: menu('Go live') },
  hls: { query: host('people=4&hls=1'), act: menu('Web stream') },
  settings: { query: host('people=4'), act: menu('Settings') },
  shortcuts: { query: host('people=4'), act: press('?') },
};
const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844, touch: true },
  // 200 % zoom of a 1280 wide window.
  zoomed: { width: 640, height: 400, scale: 2, only: ['lobby', 'four', 'chat', 'share', 'more', 'settings', 'people'] },
};

function serve() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    try {
      const body = readFileSync(join(dist, path === '/' ? 'index.html' : path));
      response.writeHead(200, { 'content-type': TYPES[extname(path) || '.html'] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

execFileSync('npx', ['vite', 'build', '--mode', 'preview', '--outDir', 'dist-preview', '--logLevel', 'warn'], { cwd: app, stdio: 'inherit' });
mkdirSync(folder, { recursive: true });
const server = await serve();
const browser = await launchChromium();
let failed = 0;
for (const [size, { width, height, touch, scale = 1, only }] of Object.entries(SIZES))
  for (const theme of ['light', 'dark'])
    for (const [name, { query, act, blocked }] of Object.entries(SCREENS)) {
      const file = `${name}-${size}-${theme}`;
      if (!file.includes(wanted) || (only && !only.includes(name))) continue;
      const context = await browser.newContext({
        viewport: { width, height },
        deviceScaleFactor: scale,
        colorScheme: theme,
        hasTouch: Boolean(touch),
        isMobile: Boolean(touch),
      });
      const page = await context.newPage();
      page.setDefaultTimeout(8000);
      page.on('pageerror', (error) => console.error(file, error.message));
      try {
        await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`);
        await page.getByRole('heading').or(page.getByTestId('room')).first().waitFor();
        if (!blocked) await sleep(700);
        if (act) await act(page);
        await sleep(700);
        // What reaches beyond the window cannot be used.
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (wide > 0) throw new Error(`is ${wide} pixels too wide`);
      } catch (error) {
        failed++;
        console.error(`${file}: ${error.message.split('\n')[0]}`);
      }
      await page.screenshot({ path: join(folder, `${file}.png`) });
      await context.close();
    }
await browser.close();
server.close();
process.exitCode = failed ? 1 : 0;
