import type { LeaveReason } from "./codes.js";
import type { MeetingError } from "./error.js";
import type { Participant } from "./participant.js";
import type { Stream } from "./stream.js";
import type {
  ConnectionState,
  EntryDecision,
  HlsState,
  LivestreamState,
  Mode,
  PinState,
  Quality,
  RecordingState,
  StreamKind,
  StreamKinds,
} from "./types.js";

/** Somebody asks to enter; the first answer counts. */
export interface EntryRequest {
  participantId: string;
  name: string;
  allow(): Promise<void>;
  deny(): Promise<void>;
}

/** Somebody asks to turn on a microphone or camera of this participant. */
export interface MediaRequest {
  /** Who asks. */
  participantId: string;
  accept(): Promise<void>;
  reject(): void;
}

/** A message of `send`. */
export interface DataMessage {
  payload: string | Uint8Array;
  /** The sender's id. */
  from: string;
  /** When it arrived, ms since 1970. */
  timestamp: number;
  reliability: "reliable" | "unreliable";
}

/** What a meeting tells. */
export interface MeetingEvents {
  /** In the room. */
  "meeting-joined": [];
  /** Out of the room, for whatever reason, also when joining failed. */
  "meeting-left": [LeaveReason];
  /** The connection changed. */
  "meeting-state-changed": [{ state: ConnectionState }];
  /** Somebody is there: came, or was there before oneself. */
  "participant-joined": [Participant];
  /** Somebody left. */
  "participant-left": [Participant, LeaveReason];
  /** Somebody, oneself included, has another mode. */
  "participant-mode-changed": [{ participantId: string; mode: Mode }];
  /** Who speaks loudest now; null when nobody does. */
  "speaker-changed": [string | null];
  /** Who presents now; null when nobody does. */
  "presenter-changed": [string | null];
  /** Who belongs on the main screen now. */
  "main-participant-changed": [Participant | null];
  /** Somebody asks to enter; only to holders of `allow_join`. */
  "entry-requested": [EntryRequest];
  /** Somebody was let in or turned away; to holders of `allow_join` and to who asked. */
  "entry-responded": [participantId: string, decision: EntryDecision];
  /** Somebody asks for one's own microphone. */
  "mic-requested": [MediaRequest];
  /** Somebody asks for one's own camera. */
  "webcam-requested": [MediaRequest];
  /** Somebody is pinned, or not any more. */
  "pin-state-changed": [
    { participantId: string; peerId: string; state: PinState; pinnedBy: string | null },
  ];
  /** The recording of the room. */
  "recording-state-changed": [{ status: RecordingState }];
  /** The live stream of the room. */
  "livestream-state-changed": [{ status: LivestreamState }];
  /** The HLS stream of the room; the addresses are there while it can be watched. */
  "hls-state-changed": [
    { status: HlsState; playbackHlsUrl?: string; livestreamUrl?: string; downstreamUrl?: string },
  ];
  /** `pauseAllStreams` was called. */
  "paused-all-streams": [{ kind: StreamKinds }];
  /** `resumeAllStreams` was called. */
  "resumed-all-streams": [{ kind: StreamKinds }];
  /** A message of `send`. */
  data: [DataMessage];
  /** Something limits what is sent; `congestion` is a bad way to the server. */
  "quality-limitation": [
    { type: "congestion" | "bandwidth" | "cpu"; state: "detected" | "resolved"; timestamp: number },
  ];
  /** The microphone gives nothing but silence. */
  "audio-input-silence": [
    { deviceLabel: string; state: "detected" | "resolved"; timestamp: number },
  ];
  /** The camera is sent in another codec, because somebody could not decode the one before. */
  "codec-changed": [
    {
      previousCodec: string;
      currentCodec: string;
      unsupportedRemoteCodec: string | null;
      kind: StreamKind;
      causedBy: string | null;
    },
  ];
  /** An action failed, or something that ran. */
  error: [MeetingError];
}

/** What a participant tells. */
export interface ParticipantEvents {
  /** A stream has begun. */
  "stream-enabled": [Stream];
  /** A stream has ended. */
  "stream-disabled": [Stream];
  /** A microphone, camera or screen share is on or off, received or not. */
  "media-status-changed": [{ kind: StreamKind; newStatus: boolean }];
  /** Another quality of the camera was asked for. */
  "video-quality-changed": [{ prevQuality: Quality | null; currentQuality: Quality }];
  /** A stream is not received: paused here (`muted`), or by the server for lack of bandwidth. */
  "stream-paused": [{ kind: StreamKind; reason: "muted" | "leastDominance" }];
  /** A stream is received again. */
  "stream-resumed": [
    { kind: StreamKind; reason: "unmuted" | "networkStable" | "adaptiveSubscriptionsDisabled" },
  ];
  /** Media is encrypted, decrypted, or cannot be decrypted. */
  "e2ee-state-change": [{ kind: StreamKind; state: "encrypted" | "decrypted" | "failed" }];
}

/** What happened to a stream's frames. */
export type StreamState = "active" | "stuck" | "freeze-detected" | "freeze-resolved" | "ended";

/** What a stream tells. */
export interface StreamEvents {
  /** Frames came, stopped coming, or ended. */
  state: [{ state: StreamState; timestamp: number }];
}

const meeting: Record<keyof MeetingEvents, true> = {
  "meeting-joined": true,
  "meeting-left": true,
  "meeting-state-changed": true,
  "participant-joined": true,
  "participant-left": true,
  "participant-mode-changed": true,
  "speaker-changed": true,
  "presenter-changed": true,
  "main-participant-changed": true,
  "entry-requested": true,
  "entry-responded": true,
  "mic-requested": true,
  "webcam-requested": true,
  "pin-state-changed": true,
  "recording-state-changed": true,
  "livestream-state-changed": true,
  "hls-state-changed": true,
  "paused-all-streams": true,
  "resumed-all-streams": true,
  data: true,
  "quality-limitation": true,
  "audio-input-silence": true,
  "codec-changed": true,
  error: true,
};
const participant: Record<keyof ParticipantEvents, true> = {
  "stream-enabled": true,
  "stream-disabled": true,
  "media-status-changed": true,
  "video-quality-changed": true,
  "stream-paused": true,
  "stream-resumed": true,
  "e2ee-state-change": true,
};

/** The names of all events of a meeting. */
export const MEETING_EVENTS = Object.keys(meeting) as (keyof MeetingEvents)[];
/** The names of all events of a participant. */
export const PARTICIPANT_EVENTS = Object.keys(participant) as (keyof ParticipantEvents)[];
