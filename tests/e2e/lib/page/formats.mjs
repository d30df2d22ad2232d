// Which RTP payload formats a track really is in, seen packet by packet: Chromium's statistics name
// the codec inside RED, not RED.

const FRAMES = 25;
const TIMEOUT_MS = 15_000;

/** Runs in a worker: passes frames on and tells the payload type and size of each. */
const WATCH = `onrtctransform = ({ transformer: { readable, writable } }) =>
  readable.pipeThrough(new TransformStream({
    transform(frame, controller) {
      postMessage({ payloadType: frame.getMetadata().payloadType, bytes: frame.data.byteLength });
      controller.enqueue(frame);
    },
  })).pipeTo(writable);`;

/** The rtpmap of each payload type of the section, as { 63: 'red/48000/2' }. */
function payloadTypes(sdp, mid) {
  const section = sdp.split(/\r\nm=/).find((s) => s.split('\r\n').includes(`a=mid:${mid}`)) ?? '';
  return Object.fromEntries(
    [...section.matchAll(/^a=rtpmap:(\d+) (\S+)/gm)].map(([, type, map]) => [type, map]),
  );
}

/** How many of the next frames through `end` (an RTCRtpSender or RTCRtpReceiver) have which format. */
async function formatsOf(peer, end) {
  const transceiver = peer.getTransceivers().find((t) => t.sender === end || t.receiver === end);
  const names = payloadTypes(peer.remoteDescription.sdp, transceiver.mid);
  const seen = {};
  const worker = new Worker(URL.createObjectURL(new Blob([WATCH])));
  await new Promise((done, fail) => {
    const timer = setTimeout(
      () => fail(new Error(`Not ${FRAMES} frames in ${TIMEOUT_MS} ms: ${JSON.stringify(seen)}`)),
      TIMEOUT_MS,
    );
    let count = 0;
    worker.onmessage = ({ data: { payloadType } }) => {
      const name = names[payloadType] ?? `${payloadType}`;
      seen[name] = (seen[name] ?? 0) + 1;
      if (++count === FRAMES) done(clearTimeout(timer));
    };
    end.transform = new RTCRtpScriptTransform(worker);
  });
  return seen;
}

/**
 * @param {() => import('livekit-client').Room} room the room in use
 * @param {(identity: string, source: string) => RTCRtpReceiver | undefined} receiverOf
 */
export const formats = (room, receiverOf) => {
  const peerOf = (end) =>
    [room().engine.pcManager.publisher, room().engine.pcManager.subscriber]
      .map((transport) => transport?._pc ?? transport?.pc)
      .find((pc) => pc?.getSenders().includes(end) || pc?.getReceivers().includes(end));
  return {
    /** Frames sent of a published track by payload format: { 'red/48000/2': 25 }. */
    sentFormats(source) {
      const { sender } = room().localParticipant.getTrackPublication(source).track;
      return formatsOf(peerOf(sender), sender);
    },

    /** The same of a received track. */
    receivedFormats(identity, source) {
      const receiver = receiverOf(identity, source);
      return formatsOf(peerOf(receiver), receiver);
    },
  };
};
