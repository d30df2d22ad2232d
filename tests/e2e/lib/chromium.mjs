// Chromium, headless, with fake devices; each client is a window of its own in one browser.
import { chromium } from 'playwright-core';
import { tidy } from './poll.mjs';

const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  // Pages that draw and decode must not be slowed down because another one is in front.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

const LOAD_TIMEOUT_MS = 60_000;

export async function launchChromium({ args = [] } = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: false,
    args: [...ARGUMENTS, ...args],
  });
}

/** A page in its own context with `call(method, ...args)` into window.tester. */
export class ChromiumClient {
  /** @param {import('playwright-core').Browser} browser */
  static async open(browser, pageUrl, label) {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(LOAD_TIMEOUT_MS);
    const client = new ChromiumClient(page, label);
    page.on('console', (message) =>
      client.lines.push(tidy(`${message.type()}: ${message.text()}`)),
    );
    page.on('pageerror', (error) => client.lines.push(`error: ${error.stack}`));
    await page.goto(pageUrl);
    await page.waitForFunction(() => window.tester !== undefined);
    return client;
  }

  constructor(page, label) {
    this.page = page;
    this.label = label;
    this.lines = [];
  }

  call(method, ...args) {
    return this.page.evaluate(([m, a]) => window.tester[m](...a), [method, args]);
  }

  async close() {
    await this.page.context().close();
  }
}
