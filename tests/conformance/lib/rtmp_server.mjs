// nginx with its RTMP module, which writes each stream that it is sent into a file.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../e2e/lib/server.mjs';
import { until } from '../../e2e/lib/poll.mjs';
import { connect } from 'node:net';

const answers = (port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });

export class RtmpServer {
  static async start() {
    const rtmp = new RtmpServer();
    rtmp.folder = mkdtempSync(join(tmpdir(), 'plenum-rtmp-'));
    rtmp.port = await freePort();
    const config = join(rtmp.folder, 'nginx.conf');
    writeFileSync(
      config,
      `load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; worker_processes 1; pid ${rtmp.folder}/pid; error_log ${rtmp.folder}/log; user root;
events { worker_connections 64; }
rtmp { server { listen 127.0.0.1:${rtmp.port}; application live { live on; record all; record_path ${rtmp.folder}; } } }
`,
    );
    rtmp.child = spawn('nginx', ['-c', config, '-e', join(rtmp.folder, 'log')], { stdio: 'ignore' });
    await until('nginx takes streams', () => answers(rtmp.port));
    return rtmp;
  }

  /** Where to send to; a key follows. */
  get url() {
    return `rtmp://127.0.0.1:${this.port}/live`;
  }

  /** The file of the stream with that key; undefined = there is none. */
  file(key) {
    const name = readdirSync(this.folder).find((f) => f.startsWith(key) && f.endsWith('.flv'));
    return name && join(this.folder, name);
  }

  close() {
    this.child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
