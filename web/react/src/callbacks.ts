import {
  type Emitter,
  type EventMap,
  MEETING_EVENTS,
  type MeetingEvents,
  type ParticipantEvents,
  type StreamEvents,
} from "@plenum/js-sdk";
import { useEffect } from "react";
import { useLatest } from "./latest.js";

type Pascal<S extends string> = S extends `${infer A}-${infer B}`
  ? `${Capitalize<A>}${Pascal<B>}`
  : Capitalize<S>;
type Called<E, K extends keyof E> = E[K] extends unknown[] ? (...args: E[K]) => void : never;

/** A callback for each event of a meeting: `onMeetingJoined` for `meeting-joined`, and so on. */
export type MeetingEventCallbacks = {
  [K in keyof MeetingEvents as `on${Pascal<K>}`]?: Called<MeetingEvents, K>;
};

/** Older names for single states. */
export interface StateCallbacks {
  onRecordingStarted?(): void;
  onRecordingStopped?(): void;
  onLiveStreamStarted?(): void;
  onLiveStreamStopped?(): void;
  /** From when on it can be watched: `downstreamUrl` and `playbackHlsUrl` say where. */
  onHlsStarted?(urls: { downstreamUrl?: string; playbackHlsUrl?: string }): void;
  onHlsStopped?(): void;
}

/** Callbacks of what Plenum does not have. They may be given and are never called. */
export interface UnsupportedCallbacks {
  onWhiteboardStarted?(...args: never[]): void;
  onWhiteboardStopped?(...args: never[]): void;
  onTranscriptionStateChanged?(...args: never[]): void;
  onTranscriptionText?(...args: never[]): void;
  onMediaRelayStarted?(...args: never[]): void;
  onMediaRelayStopped?(...args: never[]): void;
  onMediaRelayError?(...args: never[]): void;
  onMediaRelayRequestResponse?(...args: never[]): void;
  onMediaRelayRequestReceived?(...args: never[]): void;
}

/** What `useMeeting` and `MeetingConsumer` call. */
export interface MeetingCallbacks
  extends MeetingEventCallbacks,
    StateCallbacks,
    UnsupportedCallbacks {}

/** What `useParticipant` calls. */
export interface ParticipantCallbacks {
  onStreamEnabled?: Called<ParticipantEvents, "stream-enabled">;
  onStreamDisabled?: Called<ParticipantEvents, "stream-disabled">;
  onMediaStatusChanged?: Called<ParticipantEvents, "media-status-changed">;
  onVideoQualityChanged?: Called<ParticipantEvents, "video-quality-changed">;
  onStreamPaused?: Called<ParticipantEvents, "stream-paused">;
  onStreamResumed?: Called<ParticipantEvents, "stream-resumed">;
  onE2EEStateChange?: Called<ParticipantEvents, "e2ee-state-change">;
}

/** What `useStream` calls. */
export interface StreamCallbacks {
  onStreamStateChanged?: Called<StreamEvents, "state">;
}

/** An event, and what of it concerns a callback: its arguments, or nothing. */
type Source<E> = [event: keyof E, pick?: (args: unknown[]) => unknown[] | undefined];
type Sources<E> = Record<string, Source<E>>;

const withStatus =
  (wanted: string) =>
  (args: unknown[]): unknown[] | undefined =>
    (args[0] as { status: string }).status === wanted ? [] : undefined;

const pascal = (event: string) =>
  event.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const MEETING_SOURCES: Sources<MeetingEvents> = {
  ...Object.fromEntries(MEETING_EVENTS.map((event) => [`on${pascal(event)}`, [event]])),
  onRecordingStarted: ["recording-state-changed", withStatus("RECORDING_STARTED")],
  onRecordingStopped: ["recording-state-changed", withStatus("RECORDING_STOPPED")],
  onLiveStreamStarted: ["livestream-state-changed", withStatus("LIVESTREAM_STARTED")],
  onLiveStreamStopped: ["livestream-state-changed", withStatus("LIVESTREAM_STOPPED")],
  onHlsStarted: [
    "hls-state-changed",
    ([change]) => {
      const { status, ...urls } = change as MeetingEvents["hls-state-changed"][0];
      return status === "HLS_PLAYABLE" ? [urls] : undefined;
    },
  ],
  onHlsStopped: ["hls-state-changed", withStatus("HLS_STOPPED")],
};

export const PARTICIPANT_SOURCES: Sources<ParticipantEvents> = {
  onStreamEnabled: ["stream-enabled"],
  onStreamDisabled: ["stream-disabled"],
  onMediaStatusChanged: ["media-status-changed"],
  onVideoQualityChanged: ["video-quality-changed"],
  onStreamPaused: ["stream-paused"],
  onStreamResumed: ["stream-resumed"],
  onE2EEStateChange: ["e2ee-state-change"],
};

export const STREAM_SOURCES: Sources<StreamEvents> = { onStreamStateChanged: ["state"] };

/** Listens for those callbacks that were given; calls the ones of the newest render. */
export function useCallbacks<E extends EventMap<E>>(
  emitter: Emitter<E> | undefined,
  sources: Sources<E>,
  callbacks: object | undefined,
): void {
  const given = (callbacks ?? {}) as Record<string, unknown>;
  const latest = useLatest(given);
  const names = Object.keys(given)
    .filter((name) => typeof given[name] === "function" && sources[name])
    .sort()
    .join();
  useEffect(() => {
    if (!emitter || !names) return;
    const ends = names.split(",").map((name) => {
      const [event, pick] = sources[name] as Source<E>;
      const listener = (...args: unknown[]) => {
        const picked = pick ? pick(args) : args;
        const callback = latest.current[name];
        if (picked && typeof callback === "function") callback(...picked);
      };
      emitter.on(event, listener);
      return () => emitter.off(event, listener);
    });
    return () => {
      for (const end of ends) end();
    };
  }, [emitter, sources, names, latest]);
}
