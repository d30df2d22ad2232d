import type { ErrorName } from "./codes.js";
import { Emitter } from "./emitter.js";
import type { Engine, EnginePeer, EngineTrack } from "./engine.js";
import { failure, MeetingError, unsupported } from "./error.js";
import type { ParticipantEvents } from "./events.js";
import type { CaptureImageOptions, RenderAudioOptions, RenderVideoOptions } from "./options.js";
import { modeOf, pinOf, readMetaData } from "./peer_words.js";
import type { Needs, Session } from "./session.js";
import { streamStats, transportStats } from "./stats.js";
import { Stream } from "./stream.js";
import type {
  Mode,
  PinState,
  PinType,
  Quality,
  StreamKind,
  StreamStats,
  TransportStats,
} from "./types.js";

/** The kinds of streams a participant can have. */
export const STREAM_KINDS: readonly StreamKind[] = ["audio", "video", "share", "shareAudio"];

const receives: Needs = { modes: ["SEND_AND_RECV", "RECV_ONLY"] };

/** Somebody in the meeting, or oneself. */
export class Participant extends Emitter<ParticipantEvents> {
  /** This is oneself. */
  readonly local: boolean;
  displayName = "";
  mode: Mode = "SEND_AND_RECV";
  metaData: Record<string, unknown> | undefined;
  /** What is enabled now, by stream id. */
  readonly streams = new Map<string, Stream>();
  micOn = false;
  webcamOn = false;
  screenShareOn = false;
  screenShareAudioOn = false;
  /** The quality asked for of the camera. */
  quality: Quality = "high";
  /** The quality asked for of the screen share. */
  screenShareQuality: Quality = "high";
  pinState: PinState = { cam: false, share: false };
  #id: string;
  readonly #session: Session;
  readonly #lastBytes = new Map<string, { bytes: number; at: number }>();

  /** @internal Participants are made by the meeting. */
  constructor(session: Session, id: string, local: boolean) {
    super();
    this.#session = session;
    this.#id = id;
    this.local = local;
  }

  get id(): string {
    return this.#id;
  }

  /** @internal The server gave oneself another id. */
  become(id: string): void {
    this.#id = id;
  }

  /** Removes from the meeting. Needs `allow_mod`. Errors: 4066. */
  remove(): Promise<void> {
    return this.#call("participant.remove", {}, "REMOVE_PARTICIPANT_FAILED");
  }

  /** Asks to turn the microphone on (`mic-requested` there); one's own goes on at once. Errors: 4067. */
  enableMic(): Promise<void> {
    return this.#device("mic", true, "ENABLE_REMOTE_MIC_FAILED");
  }

  /** Turns the microphone off, at once. Needs `allow_mod`. Errors: 4068. */
  disableMic(): Promise<void> {
    return this.#device("mic", false, "DISABLE_REMOTE_MIC_FAILED");
  }

  /** Asks to turn the camera on (`webcam-requested` there). Errors: 4069. */
  enableWebcam(): Promise<void> {
    return this.#device("webcam", true, "ENABLE_REMOTE_WEBCAM_FAILED");
  }

  /** Turns the camera off, at once. Needs `allow_mod`. Errors: 4070. */
  disableWebcam(): Promise<void> {
    return this.#device("webcam", false, "DISABLE_REMOTE_WEBCAM_FAILED");
  }

  /** The quality in which the camera is received. Remote only. Errors: 4073. */
  setQuality(quality: Quality): Promise<void> {
    return this.#remote("SET_QUALITY_FAILED", (engine) => {
      engine.setQuality(this.id, "video", checkedQuality(quality));
      const prevQuality = this.quality;
      this.quality = quality;
      if (prevQuality !== quality)
        this.emit("video-quality-changed", { prevQuality, currentQuality: quality });
    });
  }

  /** The quality in which the screen share is received. Remote only. Errors: 4073. */
  setScreenShareQuality(quality: Quality): Promise<void> {
    return this.#remote("SET_QUALITY_FAILED", (engine) => {
      engine.setQuality(this.id, "share", checkedQuality(quality));
      this.screenShareQuality = quality;
    });
  }

  /** Chooses the quality by the size it is shown in, CSS pixels. Remote only. Errors: 3073, 4073. */
  setViewPort(width: number, height: number): Promise<void> {
    return this.#remote("SET_QUALITY_FAILED", (engine) => {
      if (!(width > 0 && height > 0 && width <= 16384 && height <= 16384))
        throw failure("INVALID_PARAMETER", "A viewport has 1 to 16384 pixels each way");
      engine.setViewport(this.id, "video", Math.round(width), Math.round(height));
    });
  }

  /** Pins for everybody; adds to what is pinned. Errors: 4071. */
  pin(type: PinType = "SHARE_AND_CAM"): Promise<void> {
    return this.#setPin(type, true);
  }

  /** Takes a pin away for everybody. Errors: 4072. */
  unpin(type: PinType = "SHARE_AND_CAM"): Promise<void> {
    return this.#setPin(type, false);
  }

  /** With `autoConsume: false`: receives the microphone. Errors: 4080. */
  consumeMicStreams(): Promise<void> {
    return this.#consume("CONSUME_MIC_FAILED", ["audio"], true);
  }

  /** Errors: 4081. */
  stopConsumingMicStreams(): Promise<void> {
    return this.#consume("STOP_CONSUME_MIC_FAILED", ["audio"], false);
  }

  /** With `autoConsume: false`: receives the camera and the screen share. Errors: 4082. */
  consumeWebcamStreams(): Promise<void> {
    return this.#consume("CONSUME_WEBCAM_FAILED", ["video", "share", "shareAudio"], true);
  }

  /** Errors: 4083. */
  stopConsumingWebcamStreams(): Promise<void> {
    return this.#consume("STOP_CONSUME_WEBCAM_FAILED", ["video", "share", "shareAudio"], false);
  }

  /** An element that shows the camera or screen share, and follows it as it goes and comes. Browsers only (3068). */
  renderVideo(options: RenderVideoOptions = {}): HTMLDivElement {
    const views = this.#session.platform.views;
    if (!views) throw unsupported("Rendering without a document");
    return views.renderVideo(this, options);
  }

  /** An element that plays the microphone or the screen share's sound. Browsers only (3068). */
  renderAudio(options: RenderAudioOptions = {}): HTMLAudioElement {
    const views = this.#session.platform.views;
    if (!views) throw unsupported("Rendering without a document");
    return views.renderAudio(this, options);
  }

  /** The camera's present picture as base64 of a JPEG, without `data:` before it. Errors: 3069. */
  async captureImage(options: CaptureImageOptions = {}): Promise<string> {
    return this.#session.act("CAPTURE_IMAGE_FAILED", () => {
      const views = this.#session.platform.views;
      if (!views) throw unsupported("Capturing without a document");
      const stream = this.stream("video");
      if (!stream) throw failure("CAPTURE_IMAGE_FAILED", "The camera is off");
      return views.captureImage(stream.track, options);
    });
  }

  /** Figures of the camera; empty while it is off. Several with simulcast of one's own. */
  getVideoStats(): Promise<StreamStats[]> {
    return this.#stats("video");
  }

  /** Figures of the microphone. */
  getAudioStats(): Promise<StreamStats[]> {
    return this.#stats("audio");
  }

  /** Figures of the screen share. */
  getShareStats(): Promise<StreamStats[]> {
    return this.#stats("share");
  }

  /** Figures of the screen share's sound. */
  getShareAudioStats(): Promise<StreamStats[]> {
    return this.#stats("shareAudio");
  }

  /** Figures of this client's connection to the server. */
  getTransportStats(): Promise<TransportStats> {
    return this.#session.act("TRACK_NOT_FOUND", async (engine) =>
      transportStats(await engine.transportStats()),
    );
  }

  /** The enabled stream of a kind. */
  stream(kind: StreamKind): Stream | undefined {
    for (const stream of this.streams.values()) if (stream.kind === kind) return stream;
    return undefined;
  }

  /** @internal Takes over what the engine knows; answers whether mode or pins changed. */
  update(peer: EnginePeer): { mode: boolean; pin: boolean } {
    this.displayName = peer.name;
    this.metaData = readMetaData(peer.metadata);
    const mode = modeOf(peer.attributes);
    const pin = pinOf(peer.attributes);
    const changed = {
      mode: mode !== this.mode,
      pin: pin.cam !== this.pinState.cam || pin.share !== this.pinState.share,
    };
    this.mode = mode;
    if (changed.pin) this.pinState = pin;
    for (const kind of STREAM_KINDS)
      this.#follow(
        kind,
        peer.tracks.find((track) => track.kind === kind),
      );
    return changed;
  }

  /** @internal The server paused or continued a video for lack of bandwidth. */
  bandwidth(kind: StreamKind, paused: boolean): void {
    const stream = this.stream(kind);
    if (stream) stream.paused = paused;
    if (paused) this.emit("stream-paused", { kind, reason: "leastDominance" });
    else this.emit("stream-resumed", { kind, reason: "networkStable" });
  }

  /** @internal Ends all streams. */
  close(): void {
    for (const kind of STREAM_KINDS) this.#follow(kind, undefined);
  }

  #follow(kind: StreamKind, track: EngineTrack | undefined): void {
    const on = track !== undefined && !track.muted;
    const stream = this.stream(kind);
    const kept = on && stream?.id === track.id && stream.track === track.media;
    if (stream && !kept) {
      this.streams.delete(stream.id);
      this.#setStatus(kind, on);
      stream.close();
      this.emit("stream-disabled", stream);
    } else this.#setStatus(kind, on);
    if (!on || !track.media) return;
    if (stream && kept) {
      stream.codec = track.codec;
      this.#setPaused(stream, track.paused);
      return;
    }
    const fresh = new Stream(this.#session, this, { ...track, media: track.media });
    this.streams.set(fresh.id, fresh);
    this.emit("stream-enabled", fresh);
  }

  #setPaused(stream: Stream, paused: boolean): void {
    if (stream.paused === paused) return;
    stream.paused = paused;
    if (paused) this.emit("stream-paused", { kind: stream.kind, reason: "muted" });
    else this.emit("stream-resumed", { kind: stream.kind, reason: this.#session.resumeReason });
  }

  #setStatus(kind: StreamKind, on: boolean): void {
    const field = (
      {
        audio: "micOn",
        video: "webcamOn",
        share: "screenShareOn",
        shareAudio: "screenShareAudioOn",
      } as const
    )[kind];
    if (this[field] === on) return;
    this[field] = on;
    this.emit("media-status-changed", { kind, newStatus: on });
  }

  #setPin(type: PinType, on: boolean): Promise<void> {
    const cam = type === "SHARE" ? this.pinState.cam : on;
    const share = type === "CAM" ? this.pinState.share : on;
    return this.#call("pin.set", { cam, share }, on ? "PIN_FAILED" : "UNPIN_FAILED");
  }

  #device(kind: "mic" | "webcam", on: boolean, otherwise: ErrorName): Promise<void> {
    const own = this.#session.own;
    if (this.local && own) return own[kind](on);
    const method = on ? "media.request" : "media.mute";
    return this.#session.act(otherwise, async () => {
      try {
        await this.#session.call(method, { participantId: this.id, kind }, otherwise);
      } catch (error) {
        // The server has one number for both kinds.
        if (error instanceof MeetingError && (error.code === 4067 || error.code === 4068))
          throw failure(otherwise, error.message);
        throw error;
      }
    });
  }

  #consume(otherwise: ErrorName, kinds: StreamKind[], on: boolean): Promise<void> {
    return this.#remote(otherwise, (engine) => {
      for (const kind of kinds) engine.setSubscribed(this.id, kind, on);
    });
  }

  #stats(kind: StreamKind): Promise<StreamStats[]> {
    return this.#session.act("TRACK_NOT_FOUND", async (engine) =>
      this.stream(kind)
        ? streamStats(
            await engine.stats(this.id, kind),
            this.#lastBytes,
            this.#session.platform.now(),
          )
        : [],
    );
  }

  #remote(otherwise: ErrorName, body: (engine: Engine) => void): Promise<void> {
    return this.#session.act(
      otherwise,
      (engine) => {
        if (this.local) throw failure("NOT_SUPPORTED", "One's own streams are not received");
        body(engine);
      },
      receives,
    );
  }

  #call(method: string, payload: Record<string, unknown>, otherwise: ErrorName): Promise<void> {
    return this.#session.act(otherwise, async () => {
      await this.#session.call(method, { participantId: this.id, ...payload }, otherwise);
    });
  }
}

function checkedQuality(quality: Quality): Quality {
  if (["low", "med", "high"].includes(quality)) return quality;
  throw failure("INVALID_PARAMETER", "A quality is low, med or high");
}
