import { Emitter } from "./emitter.js";
import type { EngineTrack } from "./engine.js";
import { failure } from "./error.js";
import type { StreamEvents, StreamState } from "./events.js";
import type { Session } from "./session.js";
import type { StreamKind } from "./types.js";

/** One audio or video of a participant, while it is enabled. Ends with `stream-disabled`. */
export class Stream extends Emitter<StreamEvents> {
  /** Unique in the meeting. */
  readonly id: string;
  readonly kind: StreamKind;
  /** What to show or play. */
  readonly track: MediaStreamTrack;
  /** `vp8`, `opus`, …; empty when it is not known. */
  codec: string;
  /** Not received at present: paused here or by the server. */
  paused: boolean;
  readonly #session: Session;
  readonly #owner: { id: string; local: boolean };

  /** @internal Streams are made by the participants they belong to. */
  constructor(
    session: Session,
    owner: { id: string; local: boolean },
    source: EngineTrack & { media: MediaStreamTrack },
  ) {
    super();
    this.#session = session;
    this.#owner = owner;
    this.id = source.id;
    this.kind = source.kind;
    this.track = source.media;
    this.codec = source.codec;
    this.paused = source.paused;
    this.track.addEventListener("mute", this.#muted);
    this.track.addEventListener("unmute", this.#unmuted);
    this.track.addEventListener("ended", this.#ended);
  }

  /** `monitor`, `window` or `browser` of an own screen share, where the browser tells. */
  get displaySurface(): string | undefined {
    return this.kind === "share" ? this.track.getSettings().displaySurface : undefined;
  }

  /** Stops receiving it; nothing changes for others. Remote streams only (3068). Errors: 4074. */
  pause(): Promise<void> {
    return this.#setEnabled(false);
  }

  /** Receives it again. Errors: 4075. */
  resume(): Promise<void> {
    return this.#setEnabled(true);
  }

  #setEnabled(enabled: boolean): Promise<void> {
    return this.#session.act(enabled ? "RESUME_STREAM_FAILED" : "PAUSE_STREAM_FAILED", (engine) => {
      if (this.#owner.local) throw failure("NOT_SUPPORTED", "Own streams are not received");
      engine.setEnabled(this.#owner.id, this.kind, enabled);
    });
  }

  /** @internal */
  close(): void {
    this.track.removeEventListener("mute", this.#muted);
    this.track.removeEventListener("unmute", this.#unmuted);
    this.track.removeEventListener("ended", this.#ended);
    this.#tell("ended");
  }

  readonly #muted = () =>
    this.paused ? undefined : this.#tell(this.#isVideo ? "freeze-detected" : "stuck");
  readonly #unmuted = () => {
    if (this.#isVideo) this.#tell("freeze-resolved");
    this.#tell("active");
  };
  readonly #ended = () => this.#tell("ended");

  get #isVideo(): boolean {
    return this.kind === "video" || this.kind === "share";
  }

  #tell(state: StreamState): void {
    this.emit("state", { state, timestamp: this.#session.platform.now() });
  }
}
