import { Emitter } from "../src/core/emitter.js";
import type {
  Engine,
  EngineEvents,
  EnginePeer,
  EngineTrack,
  RawStats,
} from "../src/core/engine.js";
import { Meeting } from "../src/core/meeting.js";
import type { MeetingOptions } from "../src/core/options.js";
import type { Platform } from "../src/core/platform.js";
import type { StreamKind } from "../src/core/types.js";

/** A participant whose fields a test sets. */
export interface FakePeer extends EnginePeer {
  tracks: EngineTrack[];
  attributes: Record<string, string>;
}

export function fakePeer(id: string, more: Partial<FakePeer> = {}): FakePeer {
  return { id, name: `${id} name`, metadata: "", attributes: {}, tracks: [], ...more };
}

/** A track of a device that is not there. */
export function fakeTrack(kind: "audio" | "video", id = `${kind}-source`): MediaStreamTrack {
  const track = {
    id,
    kind,
    label: id,
    readyState: "live",
    enabled: true,
    stop: () => {
      track.readyState = "ended";
    },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    getSettings: () => ({ deviceId: id }),
  };
  return track as unknown as MediaStreamTrack;
}

export function fakePublication(kind: StreamKind, more: Partial<EngineTrack> = {}): EngineTrack {
  const media = fakeTrack(kind === "video" || kind === "share" ? "video" : "audio");
  return { id: `TR_${kind}`, kind, muted: false, paused: false, codec: "opus", media, ...more };
}

type Answer = Record<string, unknown> | Error;

/** A connection without a network: what it is asked is kept, what it answers is set by the test. */
export class FakeEngine extends Emitter<EngineEvents> implements Engine {
  readonly local: FakePeer = fakePeer("me");
  readonly peers = new Map<string, FakePeer>();
  readonly encrypted = false;
  readonly calls: [string, Record<string, unknown>][] = [];
  readonly asked: unknown[][] = [];
  answers: Record<string, (payload: Record<string, unknown>) => Answer | Promise<Answer>> = {
    "state.get": () => ({
      v: 1,
      seq: 0,
      focus: { activeSpeaker: null, presenter: null, main: null },
    }),
  };

  async connect(): Promise<void> {}

  async disconnect(): Promise<void> {
    this.asked.push(["disconnect"]);
  }

  async call(method: string, payload: string): Promise<string> {
    const arguments_ = JSON.parse(payload) as Record<string, unknown>;
    this.calls.push([method, arguments_]);
    const answer = (await this.answers[method]?.(arguments_)) ?? {};
    if (answer instanceof Error) throw answer;
    return JSON.stringify(answer);
  }

  async publishData(bytes: Uint8Array, options: unknown): Promise<void> {
    this.asked.push(["publishData", new TextDecoder().decode(bytes), options]);
  }

  async publish(kind: StreamKind, media: MediaStreamTrack): Promise<void> {
    this.local.tracks.push(fakePublication(kind, { media }));
    this.emit("peer", this.local.id);
  }

  async unpublish(kind: StreamKind): Promise<void> {
    this.local.tracks = this.local.tracks.filter((track) => track.kind !== kind);
    this.emit("peer", this.local.id);
  }

  async setMuted(kind: StreamKind, muted: boolean): Promise<void> {
    this.local.tracks = this.local.tracks.map((track) =>
      track.kind === kind ? { ...track, muted } : track,
    );
    this.emit("peer", this.local.id);
  }

  async replace(...args: unknown[]): Promise<void> {
    this.asked.push(["replace", ...args]);
  }

  async setSendQuality(...args: unknown[]): Promise<void> {
    this.asked.push(["setSendQuality", ...args]);
  }

  setSubscribed(...args: unknown[]): void {
    this.asked.push(["setSubscribed", ...args]);
  }

  setEnabled(id: string, kind: StreamKind, enabled: boolean): void {
    const peer = this.peers.get(id);
    if (peer)
      peer.tracks = peer.tracks.map((track) =>
        track.kind === kind ? { ...track, paused: !enabled } : track,
      );
    this.emit("peer", id);
  }

  setQuality(...args: unknown[]): void {
    this.asked.push(["setQuality", ...args]);
  }

  setViewport(...args: unknown[]): void {
    this.asked.push(["setViewport", ...args]);
  }

  async stats(): Promise<RawStats[]> {
    return [];
  }

  async transportStats(): Promise<RawStats[]> {
    return [];
  }

  /** Somebody comes. */
  enters(peer: FakePeer): FakePeer {
    this.peers.set(peer.id, peer);
    this.emit("peer-joined", peer);
    return peer;
  }

  /** The server tells something. */
  tells(type: string, data: Record<string, unknown>, seq = 1, topic = "plenum/events"): void {
    const bytes = new TextEncoder().encode(JSON.stringify({ v: 1, seq, type, data }));
    this.emit("data", { bytes, topic, reliable: true });
  }
}

const claims = (value: unknown) => `x.${btoa(JSON.stringify(value))}.x`;
/** Tokens of both kinds, unsigned: nobody verifies them here. */
export const TOKEN = claims({ apikey: "key", version: 2 });
export const LIVEKIT_TOKEN = claims({ video: { room: "r" }, sub: "me" });

/** A meeting on a fake engine, its events by name in `told`. */
export function fakeMeeting(
  options: Partial<MeetingOptions> = {},
  platform: Partial<Platform> = {},
) {
  const engine = new FakeEngine();
  const meeting = new Meeting(
    { meetingId: "room", token: TOKEN, signalingBaseUrl: "https://plenum.test", ...options },
    {
      fetch: async () => ({
        ok: true,
        status: 200,
        json: async () => ({ url: "wss://plenum.test", token: "t", participantId: "me" }),
        arrayBuffer: async () => new ArrayBuffer(0),
      }),
      createEngine: () => engine,
      media: {
        microphone: async () => ({ track: fakeTrack("audio"), constraints: {} }),
        camera: async () => ({ track: fakeTrack("video"), constraints: {} }),
        screen: async () => Promise.reject(new Error("no screen")),
        devices: async () => [],
      },
      now: () => 1000,
      log: () => undefined,
      ...platform,
    },
  );
  const told: [string, ...unknown[]][] = [];
  for (const name of [
    "meeting-joined",
    "meeting-left",
    "meeting-state-changed",
    "participant-joined",
    "participant-left",
    "speaker-changed",
    "main-participant-changed",
    "presenter-changed",
    "recording-state-changed",
    "quality-limitation",
    "codec-changed",
    "error",
  ] as const)
    meeting.on(name, (...args: unknown[]) => told.push([name, ...args]));
  return { engine, meeting, told, names: () => told.map(([name]) => name) };
}
