// Somebody who uses the meeting app in a browser, by what is written on it. The same for Chromium and
// Firefox, in this process or in a worker of its own (person_worker.mjs).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import puppeteer from 'puppeteer-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
// Firefox answers slowly where pictures are drawn without a graphics card.
const TIMEOUT_MS = 60_000;
const FIREFOX_PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.cubeb.force_mock_context': true,
  'media.cubeb.sandbox': false,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'app.update.auto': false,
  'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-provider.enabled': false,
  'ui.prefersReducedMotion': 1,
};

async function devices() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page/person_devices.mjs')],
    bundle: true,
    format: 'iife',
    write: false,
    target: ['chrome120', 'firefox128'],
  });
  return outputFiles[0].text;
}

function launch(browser, url, dark) {
  if (browser === 'firefox')
    return puppeteer.launch({
      browser: 'firefox',
      headless: true,
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      extraPrefsFirefox: {
        ...FIREFOX_PREFERENCES,
        'ui.systemUsesDarkTheme': dark ? 1 : 0,
        'dom.securecontext.allowlist': new URL(url).hostname,
      },
    });
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      `--unsafely-treat-insecure-origin-as-secure=${new URL(url).origin}`,
      '--disable-quic',
      '--no-first-run',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
    ],
  });
}

export class Person {
  lines = [];
  complaints = [];

  /** @param {{browser?: string, url: string, sender: number, hz: number, viewport?: object}} options */
  static async arrive({ browser = 'chromium', url, sender, hz, viewport, dark = false }) {
    const person = new Person();
    person.browser = await launch(browser, url, dark);
    const page = (await person.browser.pages())[0] ?? (await person.browser.newPage());
    person.page = page;
    page.setDefaultTimeout(TIMEOUT_MS);
    page.on('console', (message) => person.lines.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => person.complaints.push(String(error.stack ?? error)));
    await page.setViewport(viewport ?? { width: 1280, height: 800 });
    // What is fading in has no contrast yet.
    if (browser !== 'firefox')
      await page.emulateMediaFeatures([
        { name: 'prefers-reduced-motion', value: 'reduce' },
        { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' },
      ]);
    const setup = `window.personSetup = ${JSON.stringify({ sender, hz })};`;
    const code = await devices();
    await page.evaluateOnNewDocument(`if (window.isSecureContext) { ${setup}\n${code} }`);
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    return person;
  }

  goto(url) {
    return this.page.goto(url, { waitUntil: 'domcontentloaded' }).then(() => undefined);
  }

  address() {
    return this.page.url();
  }

  async #find(selector) {
    return this.page.waitForSelector(selector, { visible: true });
  }

  /** Clicks what has this accessible name; in `within`, a selector, if it is given. */
  async click(name, within = '') {
    const quoted = JSON.stringify(name);
    const selectors = ['button', '[role=button]', '[role=menuitem]', '[role=tab]'];
    const at = (await this.page.waitForFunction(
      (wanted, scope, all) => {
        const root = scope ? document.querySelector(scope) : document;
        const named = [...(root?.querySelectorAll(all.join(',')) ?? [])].filter(
          (el) => (el.getAttribute('aria-label') ?? el.textContent.trim()) === wanted && el.checkVisibility() && !el.disabled,
        );
        return named.at(-1);
      },
      { polling: 100 },
      name,
      within,
      selectors,
    )).asElement();
    if (!at) throw new Error(`nothing is called ${quoted}`);
    await at.click();
  }

  async fill(label, text) {
    const field = await this.page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll('input, textarea')].find(
          (el) => (el.getAttribute('aria-label') ?? el.labels?.[0]?.textContent.replace(/\s*\*$/, '')) === wanted,
        ),
      { polling: 100 },
      label,
    );
    const element = field.asElement();
    await element.click({ count: 3 });
    await element.type(text);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  async shows(selector) {
    await this.#find(selector);
  }

  text(selector) {
    return this.page.evaluate((s) => document.querySelector(s)?.textContent ?? null, selector);
  }

  /** All that can be read. */
  words() {
    return this.page.evaluate(() => document.body.innerText);
  }

  labels(selector) {
    return this.page.evaluate(
      (s) => [...document.querySelectorAll(s)].map((el) => el.getAttribute('aria-label') ?? el.textContent),
      selector,
    );
  }

  seen() {
    return this.page.evaluate(() => window.person.seen());
  }

  arriving() {
    return this.page.evaluate(() => window.person.arriving());
  }

  tiles() {
    return this.page.evaluate(() => window.person.tiles());
  }

  received() {
    return this.page.evaluate(() => window.person.received());
  }

  frameTimes(forMs) {
    return this.page.evaluate((ms) => window.person.frameTimes(ms), forMs);
  }

  heard() {
    return this.page.evaluate(() => window.person.heard());
  }

  /** Violations of accessibility rules that are serious or worse. */
  async barriers() {
    await this.page.evaluate(`if (!window.axe) { ${readFileSync(AXE, 'utf8')} }`);
    return this.page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map((n) => `${n.html.slice(0, 160)} ${n.failureSummary}`).slice(0, 3).join(' | ')}`);
    });
  }

  setOffline(offline) {
    return this.page.setOfflineMode(offline);
  }

  shot(path) {
    return this.page.screenshot({ path }).then(() => undefined);
  }

  /** What the browser said, for a failure message. */
  report() {
    return { lines: this.lines.slice(-40), complaints: this.complaints };
  }

  async close() {
    await this.browser.close();
  }
}
