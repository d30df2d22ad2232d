// The browser side of a test client: one room, its media and data, as functions on window.tester
// whose arguments and results are plain data. native_worker.mjs offers the same functions for
// @livekit/rtc-node.
import {
  ConnectionErrorReason,
  ConnectionState,
  DisconnectReason,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  setLogLevel,
  Track,
  VideoQuality,
} from 'livekit-client';
import { fingerprint } from '../payload.mjs';
import { formats } from './formats.mjs';
import { loopback } from './loopback.mjs';
import { messaging } from './messaging.mjs';
import { routing } from './routing.mjs';
import { AudioObserver, patternTrack, toneTrack, VideoObserver } from './media.mjs';

setLogLevel(new URLSearchParams(location.search).get('log') ?? 'warn');

/** Publications by source, receivers by "identity source". */
const published = new Map();
const received = new Map();
const events = [];
const messages = [];
const streams = [];
let room;

const key = (identity, source) => `${identity} ${source}`;
const note = (name, detail = {}) => events.push({ at: performance.now(), name, ...detail });

function onSubscribed(track, publication, participant) {
  note('trackSubscribed', {
    identity: participant.identity,
    source: publication.source,
    sid: publication.trackSid,
  });
  const element = track.attach();
  element.style.width = '320px';
  document.body.append(element);
  const observer =
    track.kind === Track.Kind.Video
      ? new VideoObserver(element)
      : new AudioObserver(track.mediaStreamTrack);
  received.get(key(participant.identity, publication.source))?.observer.stop();
  received.set(key(participant.identity, publication.source), { track, publication, observer });
}

function onUnsubscribed(track, publication, participant) {
  note('trackUnsubscribed', {
    identity: participant.identity,
    source: publication.source,
    sid: publication.trackSid,
  });
  const at = key(participant.identity, publication.source);
  for (const element of track.detach()) element.remove();
  if (received.get(at)?.track !== track) return;
  received.get(at).observer.stop();
  received.delete(at);
}

/** Room events kept as plain data: name and what of it identifies things. */
function noteRoomEvents() {
  const who = (participant) => ({ identity: participant?.identity, sid: participant?.sid });
  room
    .on(RoomEvent.ConnectionStateChanged, (state) => note('connectionState', { state }))
    .on(RoomEvent.Disconnected, (reason) =>
      note('disconnected', { reason: DisconnectReason[reason] ?? String(reason) }),
    )
    .on(RoomEvent.SignalReconnecting, () => note('signalReconnecting'))
    .on(RoomEvent.Reconnecting, () => note('reconnecting'))
    .on(RoomEvent.Reconnected, () => note('reconnected'))
    .on(RoomEvent.SignalConnected, () => note('signalConnected'))
    .on(RoomEvent.ParticipantConnected, (p) => note('participantConnected', who(p)))
    .on(RoomEvent.ParticipantDisconnected, (p) => note('participantDisconnected', who(p)))
    .on(RoomEvent.TrackPublished, (t, p) =>
      note('trackPublished', { ...who(p), source: t.source, muted: t.isMuted }),
    )
    .on(RoomEvent.TrackUnpublished, (t, p) =>
      note('trackUnpublished', { ...who(p), source: t.source }),
    )
    .on(RoomEvent.TrackMuted, (t, p) => note('trackMuted', { ...who(p), source: t.source }))
    .on(RoomEvent.TrackUnmuted, (t, p) => note('trackUnmuted', { ...who(p), source: t.source }))
    .on(RoomEvent.LocalTrackUnpublished, (t) => note('localTrackUnpublished', { source: t.source }))
    .on(RoomEvent.LocalTrackSubscribed, (t) => note('localTrackSubscribed', { source: t.source }))
    .on(RoomEvent.ActiveSpeakersChanged, (list) =>
      note('speakers', { identities: list.map((p) => p.identity) }),
    )
    .on(RoomEvent.RoomMetadataChanged, (metadata) => note('roomMetadata', { metadata }))
    .on(RoomEvent.ParticipantMetadataChanged, (_, p) =>
      note('metadata', { ...who(p), metadata: p.metadata }),
    )
    .on(RoomEvent.ParticipantNameChanged, (name, p) =>
      note('name', { ...who(p), participantName: name }),
    )
    .on(RoomEvent.ParticipantAttributesChanged, (changed, p) =>
      note('attributes', { ...who(p), changed }),
    )
    .on(RoomEvent.ParticipantPermissionsChanged, (_, p) => note('permissions', who(p)))
    .on(RoomEvent.TrackSubscriptionPermissionChanged, (t, status, p) =>
      note('subscriptionPermission', { ...who(p), source: t.source, status }),
    )
    .on(RoomEvent.TrackStreamStateChanged, (t, state, p) =>
      note('streamState', { ...who(p), source: t.source, state }),
    )
    .on(RoomEvent.ConnectionQualityChanged, (quality, p) =>
      note('quality', { ...who(p), quality }),
    );
}

const describeTracks = (participant) =>
  [...participant.trackPublications.values()].map((t) => ({
    sid: t.trackSid,
    source: t.source,
    kind: t.kind,
    mime: t.mimeType,
    muted: t.isMuted,
    name: t.trackName,
    subscribed: t.isSubscribed,
    width: t.dimensions?.width,
    height: t.dimensions?.height,
  }));
const describe = (participant) => ({
  identity: participant.identity,
  sid: participant.sid,
  name: participant.name,
  metadata: participant.metadata,
  attributes: { ...participant.attributes },
  quality: participant.connectionQuality,
  permissions: participant.permissions && {
    canPublish: participant.permissions.canPublish,
    canSubscribe: participant.permissions.canSubscribe,
    canPublishData: participant.permissions.canPublishData,
  },
  tracks: describeTracks(participant),
});

function publication(source) {
  const found = room.localParticipant.getTrackPublication(source);
  if (!found) throw new Error(`nothing published as ${source}`);
  return found;
}

function remote(identity, source) {
  const found = room.remoteParticipants.get(identity)?.getTrackPublication(source);
  if (!found) throw new Error(`${identity} has no ${source}`);
  return found;
}

const plain = (report, types) =>
  [...report.values()].filter((s) => types.includes(s.type)).map((s) => ({ ...s }));

export const session = {
  async connect(url, token, { room: roomOptions = {}, connect = {} } = {}) {
    room = new Room({ stopLocalTrackOnUnpublish: false, ...roomOptions });
    room
      .on(RoomEvent.TrackSubscribed, onSubscribed)
      .on(RoomEvent.TrackUnsubscribed, onUnsubscribed);
    noteRoomEvents();
    room.on(RoomEvent.DataReceived, (payload, from, kind, topic) =>
      messages.push({
        at: performance.now(),
        from: from?.identity,
        kind,
        topic,
        print: fingerprint(payload),
        text: topic?.startsWith('plenum/') ? new TextDecoder().decode(payload) : undefined,
      }),
    );
    try {
      await room.connect(url, token, connect);
    } catch (error) {
      return {
        failed: {
          name: error.name,
          // Not reasonName, which keeps the reason before the SDK has put the true one in.
          reason: ConnectionErrorReason[error.reason],
          status: error.status,
          message: error.message,
        },
      };
    }
    return {
      sid: room.localParticipant.sid,
      identity: room.localParticipant.identity,
      room: room.name,
    };
  },

  disconnect: () => room.disconnect(),

  room: async () => ({
    state: room.state,
    connected: room.state === ConnectionState.Connected,
    name: room.name,
    metadata: room.metadata,
    sid: await Promise.race([room.getSid(), new Promise((done) => setTimeout(done, 50, ''))]),
    local: describe(room.localParticipant),
    participants: [...room.remoteParticipants.values()].map(describe),
    speakers: room.activeSpeakers.map((p) => p.identity),
    recording: room.isRecording,
  }),

  events: () => events,
  messages: () => messages,
  streams: () => streams,
};

export const publishing = {
  /** Options of the picture, plus codec, simulcast, scalabilityMode, maxBitrate, source, name. */
  async publishPattern({
    codec,
    simulcast = false,
    scalabilityMode,
    maxBitrate,
    source = 'camera',
    name,
    backupCodec = false,
    muted = false,
    ...picture
  }) {
    const media = patternTrack(picture);
    const track = new LocalVideoTrack(media.track, undefined, true);
    if (muted) await track.mute();
    const videoEncoding = { maxBitrate: maxBitrate ?? 1_500_000, maxFramerate: picture.fps ?? 20 };
    const result = await room.localParticipant.publishTrack(track, {
      source,
      name,
      simulcast,
      videoCodec: codec,
      scalabilityMode,
      backupCodec,
      videoEncoding,
      screenShareEncoding: videoEncoding,
    });
    published.set(source, { media, track });
    return { sid: result.trackSid, mime: result.mimeType };
  },

  async publishTone({
    hz,
    loudness,
    red = true,
    dtx = false,
    stereo = false,
    source = 'microphone',
    name,
  }) {
    const media = toneTrack({ hz, loudness, stereo });
    const track = new LocalAudioTrack(media.track, undefined, true, undefined);
    const result = await room.localParticipant.publishTrack(track, {
      source,
      name,
      red,
      dtx,
      forceStereo: stereo,
    });
    published.set(source, { media, track });
    return { sid: result.trackSid, mime: result.mimeType };
  },

  async unpublish(source) {
    await room.localParticipant.unpublishTrack(publication(source).track);
    published.get(source)?.media.stop();
    published.delete(source);
  },

  async setMuted(source, muted) {
    await (muted ? publication(source).mute() : publication(source).unmute());
  },

  /**
   * Outbound RTP of a published track: one entry a layer, with `active`, `rid`, frame size, bytes.
   */
  async senderStats(source) {
    const { sender } = publication(source).track;
    const report = await sender.getStats();
    const codecs = new Map(plain(report, ['codec']).map((c) => [c.id, c]));
    return plain(report, ['outbound-rtp']).map((s) => ({
      ...s,
      mime: codecs.get(s.codecId)?.mimeType,
      fmtp: codecs.get(s.codecId)?.sdpFmtpLine,
    }));
  },

  setSubscriptionPermissions: (all, permissions) =>
    room.localParticipant.setTrackSubscriptionPermissions(all, permissions),
};

export const watching = {
  watch(identity, source = 'camera') {
    const entry = received.get(key(identity, source));
    return (
      entry && {
        ...entry.observer.log.snapshot(performance.now()),
        sid: entry.publication.trackSid,
      }
    );
  },

  resetWatch(identity, source = 'camera') {
    received.get(key(identity, source))?.observer.log.reset();
  },

  hear: (identity, source = 'microphone') => received.get(key(identity, source))?.observer.hear(),

  /** Inbound RTP of a received track, with the codec it is in. */
  async receiverStats(identity, source = 'camera') {
    const entry = received.get(key(identity, source));
    if (!entry) return undefined;
    const report = await entry.track.receiver.getStats();
    const inbound = plain(report, ['inbound-rtp'])[0];
    const codec = plain(report, ['codec']).find((c) => c.id === inbound?.codecId);
    return inbound && { ...inbound, mime: codec?.mimeType, fmtp: codec?.sdpFmtpLine };
  },

  /** Pairs in use: protocol and addresses, to see how media travels. */
  async selectedPairs() {
    const { pcManager } = room.engine;
    const pairs = [];
    for (const transport of [pcManager.publisher, pcManager.subscriber].filter(Boolean)) {
      const report = await transport.getStats();
      for (const pair of plain(report, ['candidate-pair']).filter(
        (p) => p.nominated && p.state === 'succeeded',
      )) {
        const local = report.get(pair.localCandidateId);
        const far = report.get(pair.remoteCandidateId);
        pairs.push({
          protocol: local?.protocol,
          remote: `${far?.address}:${far?.port}`,
          bytes: pair.bytesReceived,
        });
      }
    }
    return pairs;
  },

  setQuality: (identity, quality, source = 'camera') =>
    remote(identity, source).setVideoQuality(VideoQuality[quality]),
  setEnabled: (identity, enabled, source = 'camera') =>
    remote(identity, source).setEnabled(enabled),
  setSubscribed: (identity, subscribed, source = 'camera') =>
    remote(identity, source).setSubscribed(subscribed),
};

window.tester = {
  ...session,
  ...publishing,
  ...watching,
  ...messaging(() => room, streams),
  ...routing,
  ...formats(
    () => room,
    (identity, source) => received.get(key(identity, source))?.track.receiver,
  ),
  loopback,
};
