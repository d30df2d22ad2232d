import { ERRORS, type ErrorName } from "./codes.js";
import { MeetingError, unsupported } from "./error.js";
import type { Session } from "./session.js";
import type { HlsState, HlsUrls, LivestreamState, RecordingState } from "./types.js";

/** What can be started for the whole room. */
export type EgressKind = "recording" | "livestream" | "hls";

const kinds: readonly EgressKind[] = ["recording", "livestream", "hls"];
const errors: Record<EgressKind, { start: ErrorName; stop: ErrorName; failed: ErrorName }> = {
  recording: {
    start: "START_RECORDING_FAILED",
    stop: "STOP_RECORDING_FAILED",
    failed: "RECORDING_FAILED",
  },
  livestream: {
    start: "START_LIVESTREAM_FAILED",
    stop: "STOP_LIVESTREAM_FAILED",
    failed: "LIVESTREAM_FAILED",
  },
  hls: { start: "START_HLS_FAILED", stop: "STOP_HLS_FAILED", failed: "HLS_FAILED" },
};
const urlFields = ["playbackHlsUrl", "livestreamUrl", "downstreamUrl"] as const;

type Said = Readonly<Record<string, unknown>>;

/** Recording, live stream and HLS of the room: started and stopped here, their states as the server says. */
export class Egress {
  recording: RecordingState = "RECORDING_STOPPED";
  livestream: LivestreamState = "LIVESTREAM_STOPPED";
  hls: HlsState = "HLS_STOPPED";
  hlsUrls: HlsUrls = {};
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @param body the fields of the request; null and undefined ones are left out */
  start(
    kind: EgressKind,
    body: Record<string, unknown>,
    transcription?: Record<string, unknown> | null,
  ): Promise<void> {
    return this.#session.act(
      errors[kind].start,
      async () => {
        if (transcription) throw unsupported("Transcription");
        const fields = Object.entries(body).filter(([, value]) => value != null);
        await this.#session.call(
          "egress.start",
          { kind, ...Object.fromEntries(fields) },
          errors[kind].start,
        );
      },
      { key: `egress.${kind}` },
    );
  }

  stop(kind: EgressKind): Promise<void> {
    return this.#session.act(
      errors[kind].stop,
      async () => {
        await this.#session.call("egress.stop", { kind }, errors[kind].stop);
      },
      { key: `egress.${kind}` },
    );
  }

  /** What runs, out of a snapshot; what is not there has stopped. */
  snapshot(said: Said): void {
    for (const kind of kinds) this.#apply(kind, said[kind]);
  }

  /** An event such as `recording.state`; false if it is another's. */
  event(type: string, data: unknown): boolean {
    const kind = kinds.find((each) => type === `${each}.state`);
    if (kind) this.#apply(kind, data);
    return kind !== undefined;
  }

  /** The meeting was left. */
  clear(): void {
    this.recording = "RECORDING_STOPPED";
    this.livestream = "LIVESTREAM_STOPPED";
    this.hls = "HLS_STOPPED";
    this.hlsUrls = {};
  }

  #apply(kind: EgressKind, data: unknown): void {
    const said: Said = typeof data === "object" && data !== null ? (data as Said) : {};
    const status = typeof said.status === "string" ? said.status : stopped(kind);
    if (!status.startsWith(`${kind.toUpperCase()}_`)) return;
    const changed = this[kind] !== status;
    const { events } = this.#session;
    if (kind === "recording") {
      this.recording = status as RecordingState;
      if (changed) events.emit("recording-state-changed", { status: this.recording });
    } else if (kind === "livestream") {
      this.livestream = status as LivestreamState;
      if (changed) events.emit("livestream-state-changed", { status: this.livestream });
    } else {
      this.hls = status as HlsState;
      this.hlsUrls = readUrls(said);
      if (changed) events.emit("hls-state-changed", { status: this.hls, ...this.hlsUrls });
    }
    if (changed && status === stopped(kind)) this.#tellFailure(kind, said.error);
  }

  #tellFailure(kind: EgressKind, said: unknown): void {
    if (typeof said !== "object" || said === null) return;
    const { code, name, message } = said as Said;
    const number = Number(code);
    this.#session.tell(
      new MeetingError(
        number > 0 ? number : ERRORS[errors[kind].failed],
        typeof message === "string" ? message : `The ${kind} failed`,
        typeof name === "string" ? name : errors[kind].failed,
      ),
    );
  }
}

function stopped(kind: EgressKind): string {
  return `${kind.toUpperCase()}_STOPPED`;
}

function readUrls(said: Said): HlsUrls {
  const urls: HlsUrls = {};
  for (const field of urlFields) {
    const url = said[field];
    if (typeof url === "string") urls[field] = url;
  }
  return urls;
}
