// Runs the page of a crowd (page/crowd.mjs) in a browser of its own, so that it can have a lower priority.
import { launchChromium } from './chromium.mjs';
import { serveTestPage } from './site.mjs';
import { answerCalls } from './worker.mjs';

const site = await serveTestPage('crowd.mjs');
const browser = await launchChromium();
const page = await browser.newPage();
page.on('console', (message) => console.log(message.text()));
page.on('pageerror', (error) => console.log(error.stack));
await page.goto(site.url);
await page.waitForFunction(() => window.crowd !== undefined);

const call =
  (method) =>
  (...args) =>
    page.evaluate(([m, a]) => window.crowd[m](...a), [method, args]);
answerCalls({
  enter: call('enter'),
  speak: call('speak'),
  async close() {
    await browser.close();
    await site.close();
  },
});
