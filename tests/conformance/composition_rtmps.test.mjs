// Livestreams over TLS, as the large platforms want them: only to a server that proves its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { probe } from '../e2e/lib/media_file.mjs';
import { until } from '../e2e/lib/poll.mjs';
import { RtmpServer } from '../e2e/lib/rtmp_server.mjs';
import { inScene } from '../e2e/lib/scene.mjs';
import { binary, needsOwnServer } from '../e2e/lib/server.mjs';
import { TlsFront } from '../e2e/lib/tls_front.mjs';
import { endJob, jobIs, startJob, twoPeople } from './lib/egress.mjs';

const OPTIONS = { skip: needsOwnServer, timeout: 90_000 };

async function withTlsServer(body) {
  const rtmp = await RtmpServer.start();
  const front = await TlsFront.start(rtmp.port);
  try {
    await body(rtmp, front);
  } finally {
    await front.close();
    await rtmp.close();
  }
}

/** The server, with other authorities than the machine's. */
const trusting = (authorities) => [
  ...['unshare', '--mount', 'sh', '-c'],
  `mount --bind ${authorities} /etc/ssl/certs/ca-certificates.crt && exec "$0" "$@"`,
  binary(),
];

test('a server that nobody vouches for gets nothing', OPTIONS, () =>
  withTlsServer((rtmp, front) =>
    inScene({}, async (scene) => {
      const { server } = scene;
      const { roomId } = await twoPeople(scene);
      const id = await startJob(server, 'livestreams', roomId, {
        outputs: [{ url: `rtmps://localhost:${front.port}/live`, streamKey: 'not-for-you' }],
        config: { quality: 'low' },
      });
      await jobIs(server, 'livestreams', id, 'failed', 60_000);
      assert.deepEqual(rtmp.files(), []);
    }),
  ),
);

const noMounts = process.getuid() === 0 ? false : 'needs root to give the server its authorities';
test(
  'a livestream over TLS arrives as one without',
  { ...OPTIONS, skip: OPTIONS.skip || noMounts },
  () =>
    withTlsServer((rtmp, front) =>
      inScene({ command: trusting(front.authorities) }, async (scene) => {
        const { server } = scene;
        const { roomId } = await twoPeople(scene);
        const id = await startJob(server, 'livestreams', roomId, {
          outputs: [{ url: `rtmps://localhost:${front.port}/live`, streamKey: 'secure' }],
          config: { quality: 'low' },
        });
        await jobIs(server, 'livestreams', id, 'started');
        await delay(4000);
        await endJob(server, 'livestreams', roomId);
        await jobIs(server, 'livestreams', id, 'stopped');
        const { video, audio, seconds } = await until('it is written', () =>
          probe(rtmp.files()[0]),
        );
        assert.ok(video && audio && seconds > 3, `${seconds} s`);
      }),
    ),
);
