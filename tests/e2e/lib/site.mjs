// Serves the bare test page: one HTML file and the bundle of a script of page/.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';

const HTML = `<!doctype html><meta charset="utf-8"><title>Plenum test client</title>
<style>body{background:#123;color:#fff;font:14px sans-serif}</style><body><script type="module" src="/client.js"></script>`;

const bundles = new Map();
async function bundle(script) {
  if (!bundles.has(script)) {
    const made = build({
      entryPoints: [join(import.meta.dirname, 'page', script)],
      bundle: true,
      format: 'esm',
      write: false,
      target: ['chrome120', 'firefox128'],
    });
    bundles.set(script, made.then((result) => result.outputFiles[0].text));
  }
  return bundles.get(script);
}

/**
 * @param {string} name of the script
 * @returns {Promise<{url: string, urlOn: (host: string) => string, close: () => Promise<void>}>}
 */
export async function serveTestPage(name = 'client.mjs') {
  const script = await bundle(name);
  const server = createServer((request, response) => {
    const isScript = request.url === '/client.js';
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
    response.end(isScript ? script : HTML);
  });
  await new Promise((done, fail) => server.once('error', fail).listen(0, '0.0.0.0', done));
  const { port } = server.address();
  return {
    url: `http://127.0.0.1:${port}/`,
    urlOn: (host) => `http://${host}:${port}/`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(done);
      }),
  };
}
