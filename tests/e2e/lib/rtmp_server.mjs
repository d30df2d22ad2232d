// nginx with its RTMP module, which writes each stream that comes into a file.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './poll.mjs';
import { freePort } from './server.mjs';

const answers = (port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), done(true))).once('error', () => done(false));
  });

export class RtmpServer {
  #child;

  static async start() {
    const server = new RtmpServer();
    server.folder = mkdtempSync(join(tmpdir(), 'plenum-rtmp-'));
    server.port = await freePort();
    writeFileSync(
      join(server.folder, 'nginx.conf'),
      `load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; master_process off; pid ${server.folder}/pid; error_log ${server.folder}/log; user root;
events { worker_connections 64; }
rtmp { server { listen 127.0.0.1:${server.port}; application live {
  live on; record all; record_unique on; record_path ${server.folder};
} } }
`,
    );
    await server.resume();
    return server;
  }

  get url() {
    return `rtmp://127.0.0.1:${this.port}/live`;
  }

  /** Takes connections (again). */
  async resume() {
    this.#child = spawn(
      'nginx',
      ['-c', join(this.folder, 'nginx.conf'), '-e', join(this.folder, 'log')],
      {
        stdio: 'ignore',
      },
    );
    await until('nginx listens', () => answers(this.port), Boolean, { everyMs: 20 });
  }

  /** Gone, with all its connections. */
  async kill(signal = 'SIGKILL') {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    await ended;
  }

  /** What it has recorded, in the order in which the streams came. */
  files() {
    const named = readdirSync(this.folder).filter((name) => name.endsWith('.flv'));
    const time = (name) => Number(/-(\d+)\.flv$/.exec(name)?.[1] ?? 0);
    return named.sort((a, b) => time(a) - time(b)).map((name) => join(this.folder, name));
  }

  async close() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
