import {
  ConnectionQuality,
  DataPacket_Kind,
  DisconnectReason,
  type Participant,
  ParticipantEvent,
  type Room,
  RoomEvent,
  Track,
} from "livekit-client";
import type { Emitter } from "../core/emitter.js";
import type { EngineEvents } from "../core/engine.js";
import { removedByApi } from "../core/peer_words.js";
import type { StreamKind } from "../core/types.js";
import { kindOf } from "./kinds.js";
import { awaitsNewConnection } from "./new_connection.js";
import { Peer } from "./peer.js";

/** After each of these the meeting reads the participant anew. */
const changes = [
  RoomEvent.ParticipantMetadataChanged,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.ParticipantPermissionsChanged,
] as const;
const publications = [
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.TrackSubscriptionStatusChanged,
] as const;

/**
 * Tells `out` what happens in a room.
 * @param muting kinds that are being muted from here
 * @returns the remote participants, kept up to date
 */
export function listen(
  room: Room,
  out: Emitter<EngineEvents>,
  muting: ReadonlySet<StreamKind>,
): ReadonlyMap<string, Peer> {
  const peers = new Map<string, Peer>();
  const changed = (participant: Participant | undefined) => {
    if (participant) out.emit("peer", participant.identity);
  };
  room.on(RoomEvent.ParticipantConnected, (participant) => {
    const peer = new Peer(participant);
    peers.set(peer.id, peer);
    out.emit("peer-joined", peer);
  });
  room.on(RoomEvent.ParticipantDisconnected, (participant, reason) => {
    peers.delete(participant.identity);
    out.emit("peer-left", participant.identity, reasonName(reason, participant));
  });
  for (const event of changes)
    room.on(event, (_: unknown, participant: Participant | undefined) =>
      changed(participant ?? room.localParticipant),
    );
  for (const event of publications)
    room.on(event, (...args: unknown[]) => changed(args.at(-1) as Participant));
  room.on(RoomEvent.TrackSubscribed, (_track, _publication, participant) => changed(participant));
  room.on(RoomEvent.TrackUnsubscribed, (_track, _publication, participant) => changed(participant));
  room.on(RoomEvent.TrackStreamStateChanged, (publication, state, participant) =>
    out.emit(
      "bandwidth",
      participant.identity,
      kindOf(publication),
      state === Track.StreamState.Paused,
    ),
  );
  room.on(RoomEvent.TrackMuted, (publication, participant) => {
    const kind = kindOf(publication);
    if (participant.isLocal && !muting.has(kind)) out.emit("muted-from-afar", kind);
  });
  room.on(RoomEvent.ActiveSpeakersChanged, (speakers) =>
    out.emit(
      "speakers",
      speakers.map((each) => each.identity),
    ),
  );
  listenToConnection(room, out, peers);
  listenToLocal(room, out);
  return peers;
}

function listenToConnection(
  room: Room,
  out: Emitter<EngineEvents>,
  peers: Map<string, Peer>,
): void {
  const fill = () => {
    for (const participant of room.remoteParticipants.values())
      if (!peers.has(participant.identity)) peers.set(participant.identity, new Peer(participant));
  };
  room.on(RoomEvent.Connected, fill);
  room.on(RoomEvent.Reconnecting, () => out.emit("reconnecting"));
  room.on(RoomEvent.SignalReconnecting, () => out.emit("reconnecting"));
  room.on(RoomEvent.Reconnected, () => {
    if (awaitsNewConnection(room)) return;
    fill();
    out.emit("reconnected");
  });
  room.on(RoomEvent.Disconnected, (reason) =>
    out.emit("ended", reasonName(reason, room.localParticipant)),
  );
  room.on(RoomEvent.Moved, (name) => out.emit("moved", name));
  room.on(RoomEvent.DataReceived, (bytes, participant, kind, topic, _encryption, identity) =>
    out.emit("data", {
      bytes,
      from: participant?.identity ?? (identity || undefined),
      topic: topic || undefined,
      reliable: kind !== DataPacket_Kind.LOSSY,
    }),
  );
}

function listenToLocal(room: Room, out: Emitter<EngineEvents>): void {
  const local = room.localParticipant;
  room.on(RoomEvent.LocalAudioSilenceDetected, (publication) => {
    const deviceLabel = publication.track?.mediaStreamTrack.label ?? "";
    out.emit("silence", { deviceLabel, active: true });
  });
  let congested = false;
  local.on(ParticipantEvent.ConnectionQualityChanged, (quality) => {
    const now = quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost;
    if (now !== congested) out.emit("limitation", { type: "congestion", active: now });
    congested = now;
  });
  // One's own status is told before there is a room; what counts is what is sent.
  room.on(RoomEvent.LocalTrackPublished, (publication) => {
    if (room.isE2EEEnabled)
      out.emit("encryption", local.identity, kindOf(publication), "encrypted");
  });
  room.on(RoomEvent.ParticipantEncryptionStatusChanged, (encrypted, participant) => {
    if (participant && !participant.isLocal)
      out.emit("encryption", participant.identity, undefined, encrypted ? "decrypted" : "failed");
  });
  room.on(RoomEvent.EncryptionError, (_error, participant) => {
    if (participant) out.emit("encryption", participant.identity, undefined, "failed");
  });
}

function reasonName(reason: DisconnectReason | undefined, who: Participant): string {
  if (reason === DisconnectReason.PARTICIPANT_REMOVED && removedByApi(who.attributes))
    return "PARTICIPANT_REMOVED_BY_API";
  return DisconnectReason[reason ?? DisconnectReason.UNKNOWN_REASON] ?? "UNKNOWN_REASON";
}
