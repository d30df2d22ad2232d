// One slot of the soak: native clients one after the other, each joins, publishes, changes something
// and leaves. A process of its own, for a client that hangs or crashes must not end the soak:
//
//   node churn_client.mjs URL SLOT        (started by churn.mjs; stops when told 'stop')
//
// Sends {counts} after each life, and ends with code 3 when a client never returns from disconnect.
import { dispose, Room, TrackPublishOptions, TrackSource } from '@livekit/rtc-node';
import { patternSource, toneSource } from '../e2e/lib/native_media.mjs';
import { mint } from '../e2e/lib/token.mjs';

const [url, slotText] = process.argv.slice(2);
const slot = Number(slotText);
/** rtc-node 1.1.0 now and then never returns from disconnect(), without having said goodbye. */
const DISCONNECT_MS = 10_000;
const HUNG = 3;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const between = (low, high) => low + Math.random() * (high - low);

let stopping = false;
process.on('message', () => (stopping = true));
process.on('disconnect', () => process.exit(1));

async function publish(room, source, trackSource) {
  const { track, stop } = source;
  const options = new TrackPublishOptions();
  options.source = trackSource;
  const publication = await room.localParticipant.publishTrack(track, options);
  return { publication, stop };
}

/** One life of one client: in, media up, something changes, out. */
async function life() {
  const counts = { joins: 0, unpublished: 0, errors: 0 };
  const room = new Room();
  const running = [];
  try {
    const token = await mint({ room: `soak-${slot % 3}`, identity: `churn-${slot}` });
    await room.connect(url, token, { autoSubscribe: true });
    ++counts.joins;
    running.push(
      await publish(room, toneSource({ hz: 300 + 20 * slot }, 'mic'), TrackSource.SOURCE_MICROPHONE),
    );
    if (slot % 3 === 0)
      running.push(
        await publish(
          room,
          patternSource({ sender: slot & 15, width: 320, height: 180, fps: 5 }, 'cam'),
          TrackSource.SOURCE_CAMERA,
        ),
      );
    await sleep(between(500, 4000));
    if (Math.random() < 0.5) {
      const gone = running.pop();
      gone.stop();
      await room.localParticipant.unpublishTrack(gone.publication.sid);
      ++counts.unpublished;
    }
    await sleep(between(200, 3000));
  } catch (error) {
    ++counts.errors;
    console.error(`client ${slot}: ${error.message}`);
  }
  for (const { stop } of running) stop();
  const gone = room.disconnect().then(
    () => true,
    () => true,
  );
  const hung = !(await Promise.race([gone, sleep(DISCONNECT_MS)]));
  process.send({ ...counts, hung: hung ? 1 : 0 });
  if (hung) process.exit(HUNG);
}

await sleep(between(0, 3000));
while (!stopping) await life();
await dispose();
process.exit(0);
