// Pages that use @plenum/react-sdk with either version of React, as a bundler makes them, and people who open them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { restToken } from '../../conformance/lib/rest.mjs';

const web = join(import.meta.dirname, '../../../web');
const HTML = `<!doctype html><meta charset="utf-8"><title>React SDK</title><div id="root"></div>
<script type="module" src="/app.js"></script>`;

/** @param {string} entry a file of this folder */
async function bundle(entry, react) {
  const modules = react === 18 ? join(web, 'react18/node_modules') : join(web, 'node_modules');
  const result = await build({
    entryPoints: [join(import.meta.dirname, entry)],
    bundle: true,
    format: 'esm',
    write: false,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    nodePaths: [join(web, 'node_modules')],
    alias: { react: join(modules, 'react'), 'react-dom': join(modules, 'react-dom') },
    logLevel: 'error',
  });
  return result.outputFiles[0].text;
}

/** @param {18 | 19} react */
async function serveReact(entry, react) {
  const script = await bundle(entry, react);
  const site = createServer((request, response) => {
    const isScript = request.url === '/app.js';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? script : HTML);
  });
  await new Promise((done) => site.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${site.address().port}`,
    close: () => {
      site.closeAllConnections();
      return new Promise((done) => site.close(done));
    },
  };
}

/** Opens a page for somebody; `complaints` gets what the browser has to say against it. */
async function openReact({ browser, site, server, name, complaints, query = {} }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`${name}: ${error}`));
  page.on('console', (line) => {
    // StrictMode runs effects twice: the second play() of an element takes the place of the first.
    const repeated = line.text().includes('interrupted by a new load request');
    if (line.type() === 'error' && !repeated) complaints.push(`${name}: ${line.text()}`);
  });
  // As a dashboard gives them out: for REST and for joining.
  const token = restToken({ version: undefined, roles: undefined });
  const all = new URLSearchParams({ server: server.httpUrl, token, name, ...query });
  await page.goto(`${site.url}/?${all}`);
  return page;
}

/**
 * Serves `entry` and lets `act(open)` open pages of it for people: `open(name, query)`. No page may have complained.
 * @param {{entry: string, react: 18 | 19, browser: object, server: object}} where
 */
export async function inPages({ entry, react, browser, server }, act) {
  const site = await serveReact(entry, react);
  const complaints = [];
  try {
    await act((name, query) => openReact({ browser, site, server, name, complaints, query }));
    assert.deepEqual(complaints, []);
  } catch (error) {
    error.message += `\n--- pages\n${complaints.join('\n')}\n--- server\n${server.log(15)}`;
    throw error;
  } finally {
    for (const context of browser.contexts()) await context.close();
    await site.close();
  }
}
