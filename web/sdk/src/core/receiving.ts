import type { ErrorName } from "./codes.js";
import { failure, unsupported } from "./error.js";
import { STREAM_KINDS } from "./participant.js";
import type { Roster } from "./roster.js";
import type { Session } from "./session.js";
import type { StreamKind, StreamKinds } from "./types.js";

const adaptEveryMs = 300;

/** What is received of all together. */
export class Receiving {
  readonly #session: Session;
  readonly #roster: Roster;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Streams paused because nothing shows them. */
  readonly #hidden = new Set<string>();

  constructor(session: Session, roster: Roster) {
    this.#session = session;
    this.#roster = roster;
  }

  pauseAll(kind: StreamKinds): Promise<void> {
    return this.#setAll("PAUSE_ALL_STREAMS_FAILED", kind, false);
  }

  resumeAll(kind: StreamKinds): Promise<void> {
    return this.#setAll("RESUME_ALL_STREAMS_FAILED", kind, true);
  }

  setAdaptive(on: boolean): Promise<void> {
    return this.#session.act("ADAPTIVE_SUBSCRIPTION_FAILED", () => {
      if (!this.#session.platform.views)
        throw unsupported("Adaptive subscription without a document");
      if (on === (this.#timer !== undefined)) return;
      if (on) this.#timer = setInterval(() => this.#adapt(), adaptEveryMs);
      else this.#endAdaptive();
    });
  }

  /** The meeting was left. */
  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#hidden.clear();
    this.#session.pausedKinds.clear();
  }

  /** A participant has come or changed: its streams of paused kinds are paused too. */
  follow(id: string): void {
    const peer = this.#session.engine?.peers.get(id);
    for (const track of peer?.tracks ?? [])
      if (this.#session.pausedKinds.has(track.kind) && !track.paused)
        this.#session.engine?.setEnabled(id, track.kind, false);
  }

  /** Asks for each video what is seen of it. */
  #adapt(): void {
    const { engine, platform } = this.#session;
    for (const participant of this.#roster.others.values())
      for (const stream of participant.streams.values()) {
        if (stream.kind !== "video" && stream.kind !== "share") continue;
        const size = platform.views?.shownSize(stream.track);
        if (!size && !stream.paused) {
          this.#hidden.add(stream.id);
          engine?.setEnabled(participant.id, stream.kind, false);
        } else if (size && this.#hidden.delete(stream.id))
          engine?.setEnabled(participant.id, stream.kind, true);
        if (size) engine?.setViewport(participant.id, stream.kind, size.width, size.height);
      }
  }

  #endAdaptive(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const engine = this.#session.live;
    this.#session.resumeReason = "adaptiveSubscriptionsDisabled";
    for (const { id, streams, quality, screenShareQuality } of this.#roster.others.values())
      for (const stream of streams.values()) {
        if (stream.kind !== "video" && stream.kind !== "share") continue;
        if (this.#hidden.has(stream.id)) engine.setEnabled(id, stream.kind, true);
        engine.setQuality(id, stream.kind, stream.kind === "video" ? quality : screenShareQuality);
      }
    this.#session.resumeReason = "unmuted";
    this.#hidden.clear();
  }

  #setAll(otherwise: ErrorName, kind: StreamKinds, enabled: boolean): Promise<void> {
    return this.#session.act(otherwise, (engine) => {
      const kinds = kindsOf(kind);
      for (const each of kinds)
        if (enabled) this.#session.pausedKinds.delete(each);
        else this.#session.pausedKinds.add(each);
      for (const id of this.#roster.others.keys())
        for (const each of kinds) engine.setEnabled(id, each, enabled);
      this.#session.events.emit(enabled ? "resumed-all-streams" : "paused-all-streams", { kind });
    });
  }
}

function kindsOf(kind: StreamKinds): readonly StreamKind[] {
  if (kind === "all") return STREAM_KINDS;
  if (STREAM_KINDS.includes(kind)) return [kind];
  throw failure("INVALID_PARAMETER", "A kind is audio, video, share, shareAudio or all");
}
