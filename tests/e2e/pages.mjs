// Lighthouse over the pages that people and operators see, on a server of their own: a table of scores and
// figures, then what is amiss. As on a phone with a slow network, and as on a desk:
// node e2e/pages.mjs [part of a name]
import lighthouse, { desktopConfig } from 'lighthouse';
import puppeteer from 'puppeteer-core';
import { startServer } from './lib/server.mjs';
import { API_KEY, API_SECRET } from './lib/token.mjs';

const [wanted = ''] = process.argv.slice(2);
const CATEGORIES = ['performance', 'accessibility', 'best-practices'];
const FIGURES = {
  FCP: 'first-contentful-paint',
  LCP: 'largest-contentful-paint',
  TBT: 'total-blocking-time',
  CLS: 'cumulative-layout-shift',
};
const FORMS = { phone: undefined, desk: desktopConfig };
/** Below it the command fails; pages of a call are never idle, which costs them points of performance. */
const LEAST = { accessibility: 90 };

const PAGES = {
  home: { path: '/' },
  lobby: { path: '/?room=check&name=Ada' },
  meeting: { path: '/?room=check&name=Ada&skipLobby=1' },
  console: { path: '/console/' },
  'console, rooms': { path: '/console/', prepare: signIn },
};

async function signIn(page, url) {
  await page.goto(url);
  await page.locator('input[autocomplete=username]').fill(API_KEY);
  await page.locator('input[autocomplete=current-password]').fill(API_SECRET);
  await page.locator('input[type=checkbox]').click();
  await page.locator('button[type=submit]').click();
  await page.waitForSelector('nav');
}

async function look(browser, url, prepare, config) {
  // Nothing is in the cache of who comes for the first time.
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  try {
    await prepare?.(page, url);
    const flags = { onlyCategories: CATEGORIES, disableStorageReset: true, logLevel: 'error' };
    const { lhr } = await lighthouse(url, flags, config, page);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    return lhr;
  } finally {
    await context.close();
  }
}

/** What of a report is to be mended, one line each. */
function faults({ audits, categories }) {
  const worth = categories.performance.auditRefs
    .map(({ id }) => audits[id])
    .filter(({ score, metricSavings }) => score !== null && score < 0.9 && Object.values(metricSavings ?? {}).some((ms) => ms > 50))
    .map(({ id, title, displayValue = '' }) => `${id}: ${title} ${displayValue}`);
  const wrong = ['accessibility', 'best-practices']
    .flatMap((id) => categories[id].auditRefs)
    .filter(({ id, weight }) => weight > 0 && audits[id].score === 0)
    .flatMap(({ id }) => {
      const items = audits[id].details?.items ?? [];
      const where = items.slice(0, 4).map(({ node, description, url }) => node?.snippet ?? description ?? url ?? '');
      return [`${id}: ${audits[id].title}`, ...where.map((line) => `  ${line.slice(0, 200)}`)];
    });
  return [...worth, ...wrong];
}

const server = await startServer();
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
});
const rows = [];
const amiss = [];
try {
  for (const [name, { path, prepare }] of Object.entries(PAGES))
    for (const [form, config] of Object.entries(FORMS)) {
      const title = `${name}, ${form}`;
      if (!title.includes(wanted)) continue;
      const report = await look(browser, server.httpUrl + path, prepare, config);
      const score = (id) => Math.round(100 * (report.categories[id].score ?? 0));
      const figures = Object.entries(FIGURES).map(([short, id]) => [short, report.audits[id].displayValue]);
      const kilobytes = Math.round(report.audits['total-byte-weight'].numericValue / 1024);
      rows.push({
        page: title,
        ...Object.fromEntries(CATEGORIES.map((id) => [id, score(id)])),
        ...Object.fromEntries(figures),
        KiB: kilobytes,
      });
      for (const line of faults(report)) amiss.push(`${title}: ${line}`);
      if (score('accessibility') < LEAST.accessibility) process.exitCode = 1;
    }
} finally {
  await browser.close();
  await server.stop();
}
console.table(rows);
for (const line of amiss) console.log(line);
