// Drives one headless Firefox; a process of its own so that it can live in a network namespace with
// its browser.
import puppeteer from 'puppeteer-core';
import { answerCalls } from './worker.mjs';

const [pageUrl] = process.argv.slice(2);
const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // A machine without sound card: without a mocked one AudioContext never starts.
  'media.cubeb.force_mock_context': true,
  'media.cubeb.sandbox': false,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // The page comes from an address in the namespace, not from localhost.
  'dom.securecontext.allowlist': new URL(pageUrl).hostname,
  'app.update.auto': false,
  'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-provider.enabled': false,
};

const browser = await puppeteer.launch({
  browser: 'firefox',
  headless: true,
  executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
  extraPrefsFirefox: PREFERENCES,
});
const page = await browser.newPage();
page.on('console', (message) => console.log(`${message.type()}: ${message.text()}`));
page.on('pageerror', (error) => console.log(`error: ${error.stack}`));
await page.goto(pageUrl);
await page.waitForFunction(() => window.tester !== undefined);

const call =
  (method) =>
  (...args) =>
    page.evaluate((m, a) => window.tester[m](...a), method, args);
answerCalls(
  new Proxy(
    { close: () => browser.close() },
    {
      has: () => true,
      get: (own, method) => own[method] ?? call(method),
    },
  ),
);
process.on('SIGTERM', () => browser.close().finally(() => process.exit(0)));
