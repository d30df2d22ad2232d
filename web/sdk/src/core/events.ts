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
  "meeting-joined": [];
  "meeting-left": [LeaveReason];
  "meeting-state-changed": [{ state: ConnectionState }];
  "participant-joined": [Participant];
  "participant-left": [Participant, LeaveReason];
  "participant-mode-changed": [{ participantId: string; mode: Mode }];
  "speaker-changed": [string | null];
  "presenter-changed": [string | null];
  "main-participant-changed": [Participant | null];
  "entry-requested": [EntryRequest];
  "entry-responded": [participantId: string, decision: EntryDecision];
  "mic-requested": [MediaRequest];
  "webcam-requested": [MediaRequest];
  "pin-state-changed": [
    { participantId: string; peerId: string; state: PinState; pinnedBy: string | null },
  ];
  "recording-state-changed": [{ status: RecordingState }];
  "livestream-state-changed": [{ status: LivestreamState }];
  "hls-state-changed": [
    { status: HlsState; playbackHlsUrl?: string; livestreamUrl?: string; downstreamUrl?: string },
  ];
  "paused-all-streams": [{ kind: StreamKinds }];
  "resumed-all-streams": [{ kind: StreamKinds }];
  data: [DataMessage];
  "quality-limitation": [
    { type: "congestion" | "bandwidth" | "cpu"; state: "detected" | "resolved"; timestamp: number },
  ];
  "audio-input-silence": [
    { deviceLabel: string; state: "detected" | "resolved"; timestamp: number },
  ];
  "codec-changed": [
    {
      previousCodec: string;
      currentCodec: string;
      unsupportedRemoteCodec: string | null;
      kind: StreamKind;
      causedBy: string | null;
    },
  ];
  error: [MeetingError];
}

/** What a participant tells. */
export interface ParticipantEvents {
  "stream-enabled": [Stream];
  "stream-disabled": [Stream];
  "media-status-changed": [{ kind: StreamKind; newStatus: boolean }];
  "video-quality-changed": [{ prevQuality: Quality | null; currentQuality: Quality }];
  "stream-paused": [{ kind: StreamKind; reason: "muted" | "leastDominance" }];
  "stream-resumed": [
    { kind: StreamKind; reason: "unmuted" | "networkStable" | "adaptiveSubscriptionsDisabled" },
  ];
  "e2ee-state-change": [{ kind: StreamKind; state: "encrypted" | "decrypted" | "failed" }];
}

/** What happened to a stream's frames. */
export type StreamState = "active" | "stuck" | "freeze-detected" | "freeze-resolved" | "ended";

/** What a stream tells. */
export interface StreamEvents {
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
