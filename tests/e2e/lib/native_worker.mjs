// A test client on @livekit/rtc-node (Rust signalling, native libwebrtc), answering the calls that
// page/client.mjs answers in a browser. Its own process: a panic in the native library must fail a
// test, not the test run.
import {
  ConnectionState,
  DisconnectReason,
  dispose,
  Room,
  RoomEvent,
  RpcError,
  SimulateScenarioKind,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoCodec,
} from '@livekit/rtc-node';
import {
  flashSources,
  NativeAudioObserver,
  NativeVideoObserver,
  patternSource,
  toneSource,
} from './native_media.mjs';
import { fingerprint, seededBytes } from './payload.mjs';
import { answerCalls } from './worker.mjs';

const SOURCES = {
  camera: TrackSource.SOURCE_CAMERA,
  microphone: TrackSource.SOURCE_MICROPHONE,
  screen_share: TrackSource.SOURCE_SCREENSHARE,
  screen_share_audio: TrackSource.SOURCE_SCREENSHARE_AUDIO,
};
const sourceName = (source) =>
  Object.keys(SOURCES).find((name) => SOURCES[name] === source) ?? 'unknown';
const SCENARIOS = {
  'signal-reconnect': SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT,
  'full-reconnect': SimulateScenarioKind.SIMULATE_FULL_RECONNECT,
  'server-leave': SimulateScenarioKind.SIMULATE_SERVER_LEAVE,
  'node-failure': SimulateScenarioKind.SIMULATE_NODE_FAILURE,
  'disconnect-signal-on-resume': SimulateScenarioKind.SIMULATE_DISCONNECT_SIGNAL_ON_RESUME,
  migration: SimulateScenarioKind.SIMULATE_MIGRATION,
  speaker: SimulateScenarioKind.SIMULATE_SPEAKER,
  'force-tcp': SimulateScenarioKind.SIMULATE_FORCE_TCP,
};

const events = [];
const messages = [];
const streams = [];
const published = new Map();
const received = new Map();
let room;

const key = (identity, source) => `${identity} ${source}`;
const note = (name, detail = {}) => events.push({ at: performance.now(), name, ...detail });
const who = (participant) => ({ identity: participant?.identity, sid: participant?.sid });

function noteRoomEvents() {
  room
    .on(RoomEvent.TrackSubscribed, (track, publication, participant) => {
      const source = sourceName(publication.source);
      note('trackSubscribed', { ...who(participant), source, sid: publication.sid });
      const observer =
        track.kind === TrackKind.KIND_VIDEO
          ? new NativeVideoObserver(track)
          : new NativeAudioObserver(track);
      received.get(key(participant.identity, source))?.observer.stop();
      received.set(key(participant.identity, source), { observer, publication });
    })
    .on(RoomEvent.TrackUnsubscribed, (track, publication, participant) => {
      const at = key(participant.identity, sourceName(publication.source));
      note('trackUnsubscribed', { ...who(participant), source: sourceName(publication.source) });
      if (received.get(at)?.publication.sid !== publication.sid) return;
      received.get(at).observer.stop();
      received.delete(at);
    })
    .on(RoomEvent.ConnectionStateChanged, (state) => note('connectionState', { state }))
    .on(RoomEvent.Disconnected, (reason) =>
      note('disconnected', { reason: DisconnectReason[reason] ?? String(reason) }),
    )
    .on(RoomEvent.Reconnecting, () => note('reconnecting'))
    .on(RoomEvent.Reconnected, () => note('reconnected'))
    .on(RoomEvent.ParticipantConnected, (p) => note('participantConnected', who(p)))
    .on(RoomEvent.ParticipantDisconnected, (p) => note('participantDisconnected', who(p)))
    .on(RoomEvent.TrackPublished, (t, p) =>
      note('trackPublished', { ...who(p), source: sourceName(t.source) }),
    )
    .on(RoomEvent.TrackUnpublished, (t, p) =>
      note('trackUnpublished', { ...who(p), source: sourceName(t.source) }),
    )
    .on(RoomEvent.TrackMuted, (t, p) =>
      note('trackMuted', { ...who(p), source: sourceName(t.source) }),
    )
    .on(RoomEvent.TrackUnmuted, (t, p) =>
      note('trackUnmuted', { ...who(p), source: sourceName(t.source) }),
    )
    .on(RoomEvent.ActiveSpeakersChanged, (list) =>
      note('speakers', { identities: list.map((p) => p.identity) }),
    )
    .on(RoomEvent.RoomMetadataChanged, (metadata) => note('roomMetadata', { metadata }))
    .on(RoomEvent.ParticipantMetadataChanged, (_, p) =>
      note('metadata', { ...who(p), metadata: p.metadata }),
    )
    .on(RoomEvent.DataReceived, (payload, from, kind, topic) =>
      messages.push({
        at: performance.now(),
        from: from?.identity,
        kind,
        topic,
        print: fingerprint(payload),
        text: topic?.startsWith('plenum/') ? new TextDecoder().decode(payload) : undefined,
      }),
    );
}

const describe = (participant) => ({
  identity: participant.identity,
  sid: participant.sid,
  name: participant.name,
  metadata: participant.metadata,
  attributes: { ...participant.attributes },
  tracks: [...participant.trackPublications.values()].map((t) => ({
    sid: t.sid,
    source: sourceName(t.source),
    kind: t.kind === TrackKind.KIND_VIDEO ? 'video' : 'audio',
    mime: t.mimeType,
    muted: t.muted,
    name: t.name,
    subscribed: t.subscribed,
  })),
});

const session = {
  async connect(
    url,
    token,
    { room: { adaptiveStream: _, ...roomOptions } = {}, connect = {} } = {},
  ) {
    room = new Room();
    noteRoomEvents();
    try {
      await room.connect(url, token, {
        autoSubscribe: connect.autoSubscribe ?? true,
        dynacast: false,
        ...roomOptions,
      });
    } catch (error) {
      return { failed: { name: error.name, message: error.message } };
    }
    return {
      sid: room.localParticipant.sid,
      identity: room.localParticipant.identity,
      room: room.name,
    };
  },
  disconnect: () => room.disconnect(),
  async close() {
    for (const { stop } of [...published.values()].map((p) => p.media)) stop();
    for (const { observer } of received.values()) observer.stop();
    await room?.disconnect();
    await dispose();
  },
  room: async () => ({
    state: ConnectionState[room.connectionState],
    connected: room.isConnected,
    name: room.name,
    metadata: room.metadata,
    sid: await room.getSid(),
    local: describe(room.localParticipant),
    participants: [...room.remoteParticipants.values()].map(describe),
  }),
  events: () => events,
  messages: () => messages,
  streams: () => streams,
  simulate(scenario) {
    if (SCENARIOS[scenario] === undefined) throw new Error(`rtc-node cannot simulate ${scenario}`);
    return room.simulateScenario(SCENARIOS[scenario]);
  },
};

const media = {
  async publishPattern({
    codec = 'vp8',
    simulcast = false,
    source = 'camera',
    name = 'pattern',
    maxBitrate = 1_500_000,
    ...picture
  }) {
    const made = patternSource(picture, name);
    const publication = await room.localParticipant.publishTrack(
      made.track,
      new TrackPublishOptions({
        source: SOURCES[source],
        simulcast,
        videoCodec: VideoCodec[codec.toUpperCase()],
        videoEncoding: { maxBitrate: BigInt(maxBitrate), maxFramerate: picture.fps ?? 20 },
      }),
    );
    published.set(source, { media: made, publication });
    return { sid: publication.sid, mime: publication.mimeType };
  },
  async publishTone({
    hz,
    loudness,
    red = true,
    dtx = false,
    source = 'microphone',
    name = 'tone',
  }) {
    const made = toneSource({ hz, loudness }, name);
    const publication = await room.localParticipant.publishTrack(
      made.track,
      new TrackPublishOptions({ source: SOURCES[source], red, dtx }),
    );
    published.set(source, { media: made, publication });
    return { sid: publication.sid, mime: publication.mimeType };
  },
  /** Camera and microphone that flash and beep together. */
  async publishFlash(options) {
    const made = flashSources(options);
    for (const [source, track] of [
      ['camera', made.video],
      ['microphone', made.audio],
    ]) {
      const publication = await room.localParticipant.publishTrack(
        track,
        new TrackPublishOptions({
          source: SOURCES[source],
          simulcast: false,
          dtx: false,
          videoCodec: VideoCodec.VP8,
          videoEncoding: { maxBitrate: 1_500_000n, maxFramerate: 30 },
        }),
      );
      published.set(source, { media: made, publication });
    }
  },
  async unpublish(source) {
    const { media: made, publication } = published.get(source);
    await room.localParticipant.unpublishTrack(publication.sid);
    made.stop();
    published.delete(source);
  },
  watch(identity, source = 'camera') {
    const entry = received.get(key(identity, source));
    return (
      entry && { ...entry.observer.log.snapshot(performance.now()), sid: entry.publication.sid }
    );
  },
  resetWatch: (identity, source = 'camera') =>
    received.get(key(identity, source))?.observer.log.reset(),
  hear: (identity, source = 'microphone') => received.get(key(identity, source))?.observer.hear(),
};

const messaging = {
  async sendData({ seed = 0, size = 100, count = 1, reliable = true, topic, to, everyMs = 0 }) {
    for (let i = 0; i < count; ++i) {
      await room.localParticipant.publishData(seededBytes(seed + i, size), {
        reliable,
        topic,
        destination_identities: to,
      });
      if (everyMs) await new Promise((done) => setTimeout(done, everyMs));
    }
  },
  answerRpc(method) {
    room.localParticipant.registerRpcMethod(method, async ({ callerIdentity, payload }) => {
      if (payload === 'fail') throw new RpcError(101, 'told to fail');
      if (payload === 'never') await new Promise(() => {});
      return `${callerIdentity}: ${payload}`;
    });
  },
  async rpc({ to, method, payload, timeoutMs = 5000 }) {
    try {
      return {
        value: await room.localParticipant.performRpc({
          destinationIdentity: to,
          method,
          payload,
          responseTimeout: timeoutMs,
        }),
      };
    } catch (error) {
      return { code: error.code, message: error.message, data: error.data };
    }
  },
  readStreams(topic) {
    const keep = (kind, { info }, { identity }, bytes) =>
      streams.push({
        kind,
        from: identity,
        topic: info.topic,
        at: performance.now(),
        print: fingerprint(bytes),
      });
    room.registerTextStreamHandler(topic, async (stream, from) =>
      keep('text', stream, from, Buffer.from(await stream.readAll())),
    );
    room.registerByteStreamHandler(topic, async (stream, from) =>
      keep('bytes', stream, from, Buffer.concat(await stream.readAll())),
    );
  },
  sendText: (text, topic) => room.localParticipant.sendText(text, { topic }).then(() => undefined),
  async sendBytes({ seed, size, topic }) {
    const writer = await room.localParticipant.streamBytes({
      name: 'bytes',
      topic,
      totalSize: size,
    });
    await writer.write(seededBytes(seed, size));
    await writer.close();
  },
  setMetadata: (metadata) => room.localParticipant.updateMetadata(metadata),
  setAttributes: (attributes) => room.localParticipant.setAttributes(attributes),
};

answerCalls({ ...session, ...media, ...messaging });
