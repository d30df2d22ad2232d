// TLS in front of a TCP server, with an authority and a certificate made for it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });

export class TlsFront {
  #server;
  #sockets = new Set();

  /** Takes connections to `host`, whose name is on the certificate, and hands them on to that port. */
  static async start(port, host = 'localhost') {
    const front = new TlsFront();
    front.folder = mkdtempSync(join(tmpdir(), 'plenum-tls-'));
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((n) => join(front.folder, n));
    openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', key, '-out', certificate, '-days', '2', '-subj', `/CN=${host}`],
      ...['-addext', `subjectAltName=DNS:${host}`],
    );
    /** A file of authorities: this one. */
    front.authorities = certificate;
    front.#server = createServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (client) => front.#join(client, connect(port, '127.0.0.1')),
    );
    front.#server.on('tlsClientError', () => {}); // who does not trust it says so and goes
    await new Promise((done) => front.#server.listen(0, '127.0.0.1', done));
    front.port = front.#server.address().port;
    return front;
  }

  #join(client, server) {
    for (const [from, to] of [
      [client, server],
      [server, client],
    ]) {
      this.#sockets.add(from);
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => (this.#sockets.delete(from), to.destroy()));
    }
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((done) => this.#server.close(done));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
