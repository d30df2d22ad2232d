import type { Engine } from "./engine.js";
import type {
  CaptureImageOptions,
  MeetingOptions,
  RenderAudioOptions,
  RenderVideoOptions,
} from "./options.js";
import type { Participant } from "./participant.js";
import type { DeviceInfo } from "./types.js";

/** A captured track with what it was captured with. */
export interface Captured {
  track: MediaStreamTrack;
  /** Absent when the application made the track. */
  constraints?: Record<string, unknown>;
}

/** What the meeting asks of cameras and microphones. */
export interface MediaSource {
  microphone(deviceId?: string): Promise<Captured>;
  camera(options: {
    deviceId?: string;
    facingMode?: "user" | "environment";
    sd: boolean;
  }): Promise<Captured>;
  /** The screen, and its sound where the browser and the person give it. */
  screen(): Promise<MediaStream>;
  devices(): Promise<DeviceInfo[]>;
}

/** What only platforms with a document have. */
export interface Views {
  renderVideo(participant: Participant, options: RenderVideoOptions): HTMLDivElement;
  renderAudio(participant: Participant, options: RenderAudioOptions): HTMLAudioElement;
  /** How large a track is shown on the page now, device pixels; undefined when it is not seen. */
  shownSize(track: MediaStreamTrack): { width: number; height: number } | undefined;
  captureImage(track: MediaStreamTrack, options: CaptureImageOptions): Promise<string>;
}

/** How the join exchange and files are fetched: a part of what `fetch` can do. */
export type Fetch = (
  url: string,
  init?: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array },
) => Promise<{
  ok: boolean;
  status: number;
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;

/** What a meeting needs of where it runs. React Native and tests bring their own parts. */
export interface Platform {
  fetch: Fetch;
  createEngine(options: MeetingOptions): Engine;
  media: MediaSource;
  /** Absent where there is no document: rendering is then not supported. */
  views?: Views;
  /** The server when none was configured, such as the page's origin. */
  defaultServer?: string;
  /** ms since 1970. */
  now(): number;
  log(level: "error" | "warn" | "info" | "debug", text: string): void;
}
