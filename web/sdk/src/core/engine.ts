import type { Emitter } from "./emitter.js";
import type { Quality, StreamKind } from "./types.js";

/** One track of a participant as the engine sees it now. */
export interface EngineTrack {
  /** The publication's id. */
  readonly id: string;
  readonly kind: StreamKind;
  /** Muted by its sender. */
  readonly muted: boolean;
  /** Not sent to us: paused here, or by the server for lack of bandwidth. */
  readonly paused: boolean;
  /** `vp8`, `opus`, …; empty when it is not known. */
  readonly codec: string;
  /** There once it is subscribed, or published from here. */
  readonly media?: MediaStreamTrack;
}

/** A participant as the engine sees it now. */
export interface EnginePeer {
  readonly id: string;
  readonly name: string;
  /** JSON, or empty. */
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tracks: readonly EngineTrack[];
}

/** Why the connection ended: LiveKit's names of reasons, in capitals, and `PARTICIPANT_REMOVED_BY_API`. */
export type EngineEnd = string;

/** What an engine tells. After each `peer` event the peer's `tracks`, `attributes` and `name` are to be read anew. */
export interface EngineEvents {
  reconnecting: [];
  reconnected: [];
  ended: [EngineEnd];
  "peer-joined": [EnginePeer];
  "peer-left": [id: string, why: EngineEnd];
  peer: [id: string];
  /** Who speaks, loudest first. */
  speakers: [ids: string[]];
  data: [{ bytes: Uint8Array; from?: string; topic?: string; reliable: boolean }];
  /** The server stopped or continued a remote video for lack of bandwidth. */
  bandwidth: [id: string, kind: StreamKind, paused: boolean];
  limitation: [{ type: "congestion" | "bandwidth" | "cpu"; active: boolean }];
  silence: [{ deviceLabel: string; active: boolean }];
  encryption: [
    id: string,
    kind: StreamKind | undefined,
    state: "encrypted" | "decrypted" | "failed",
  ];
  /** A track sent from here ended by itself: the device is gone or the browser's bar stopped the screen share. */
  "local-ended": [kind: StreamKind];
  /** A track that was sent could not be sent again over a new connection; its source may have ended. */
  "send-lost": [kind: StreamKind];
  /** The server muted a track sent from here. */
  "muted-from-afar": [kind: StreamKind];
  /** The codec of a track sent from here changed. */
  codec: [{ previous: string; current: string; kind: StreamKind }];
  /** The connection moved to another room. */
  moved: [room: string];
}

/** How to send a track. */
export interface SendOptions {
  /** Send in several qualities. */
  simulcast: boolean;
  /** bit/s of the best quality; absent: by the resolution. */
  maxBitrate?: number;
  maxFramerate?: number;
  codec?: "vp8" | "vp9" | "h264" | "av1";
  /** The constraints the track was captured with; present = the engine may restart it when its device is lost. */
  constraints?: Record<string, unknown>;
  stereo?: boolean;
}

/** An entry of `getStats`. */
export type RawStats = Readonly<Record<string, unknown> & { id: string; type: string }>;

/** A failed call to the server; `data` is what it said about it. */
export class EngineCallError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data: string | undefined,
  ) {
    super(message);
  }
}

/** A connection to a room: what a meeting needs of the real-time part. Livekit-client is one, tests have another. */
export interface Engine extends Pick<Emitter<EngineEvents>, "on" | "off"> {
  readonly local: EnginePeer;
  readonly peers: ReadonlyMap<string, EnginePeer>;
  readonly encrypted: boolean;
  /** Rejects when it cannot connect; `ended` is then not told. */
  connect(url: string, token: string): Promise<void>;
  disconnect(): Promise<void>;
  /** Calls the server. Rejects with EngineCallError. */
  call(method: string, payload: string): Promise<string>;
  publishData(bytes: Uint8Array, options: { reliable: boolean; topic?: string }): Promise<void>;
  publish(kind: StreamKind, track: MediaStreamTrack, options: SendOptions): Promise<void>;
  /** Stops sending and stops the track. */
  unpublish(kind: StreamKind): Promise<void>;
  setMuted(kind: StreamKind, muted: boolean): Promise<void>;
  /** Another source of the same kind. */
  replace(kind: StreamKind, track: MediaStreamTrack, userProvided: boolean): Promise<void>;
  setSendQuality(quality: Quality): Promise<void>;
  setSubscribed(id: string, kind: StreamKind, subscribed: boolean): void;
  /** False: stays subscribed, nothing is forwarded. */
  setEnabled(id: string, kind: StreamKind, enabled: boolean): void;
  setQuality(id: string, kind: StreamKind, quality: Quality): void;
  setViewport(id: string, kind: StreamKind, width: number, height: number): void;
  stats(id: string, kind: StreamKind): Promise<RawStats[]>;
  transportStats(): Promise<RawStats[]>;
}
