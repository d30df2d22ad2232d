// Which RTP payload formats a track really is in, seen frame by frame: Chromium's statistics name
// the codec inside RED, not RED. Chromium takes transforms only on senders and receivers that are
// new, so recordFormats() comes before the room is joined.

/** Runs in a worker: passes frames on and tells the payload type of each. */
const WATCH = `onrtctransform = ({ transformer: { readable, writable } }) =>
  readable.pipeThrough(new TransformStream({
    transform(frame, controller) {
      postMessage(frame.getMetadata().payloadType);
      controller.enqueue(frame);
    },
  })).pipeTo(writable);`;

/** Of each watched sender and receiver: its connection, and frames by payload type. */
const watched = new Map();

function watch(peer, end) {
  if (watched.has(end)) return;
  const frames = {};
  watched.set(end, { peer, frames });
  const worker = new Worker(URL.createObjectURL(new Blob([WATCH])));
  worker.onmessage = ({ data: payloadType }) =>
    (frames[payloadType] = (frames[payloadType] ?? 0) + 1);
  end.transform = new RTCRtpScriptTransform(worker);
}

function recordFormats() {
  const { addTransceiver, setRemoteDescription } = RTCPeerConnection.prototype;
  const listening = new WeakSet();
  RTCPeerConnection.prototype.addTransceiver = function (...options) {
    const transceiver = addTransceiver.apply(this, options);
    watch(this, transceiver.sender);
    watch(this, transceiver.receiver);
    return transceiver;
  };
  RTCPeerConnection.prototype.setRemoteDescription = function (...options) {
    if (!listening.has(this)) this.addEventListener('track', (e) => watch(this, e.receiver));
    listening.add(this);
    return setRemoteDescription.apply(this, options);
  };
}

/** The rtpmap of each payload type of the section, as { 63: 'red/48000/2' }. */
function payloadTypes(sdp, mid) {
  const section = sdp.split(/\r\nm=/).find((s) => s.split('\r\n').includes(`a=mid:${mid}`)) ?? '';
  return Object.fromEntries(
    [...section.matchAll(/^a=rtpmap:(\d+) (\S+)/gm)].map(([, type, map]) => [type, map]),
  );
}

function formatsOf(end) {
  const { peer, frames } = watched.get(end);
  const { mid } = peer.getTransceivers().find((t) => t.sender === end || t.receiver === end);
  const names = payloadTypes(peer.remoteDescription.sdp, mid);
  return Object.fromEntries(
    Object.entries(frames).map(([type, count]) => [names[type] ?? type, count]),
  );
}

/**
 * @param {() => import('livekit-client').Room} room the room in use
 * @param {(identity: string, source: string) => RTCRtpReceiver | undefined} receiverOf
 */
export const formats = (room, receiverOf) => ({
  recordFormats,
  /** Frames sent so far of a published track by payload format: { 'red/48000/2': 25 }. */
  sentFormats: (source) =>
    formatsOf(room().localParticipant.getTrackPublication(source).track.sender),
  /** The same of a received track. */
  receivedFormats: (identity, source) => formatsOf(receiverOf(identity, source)),
});
