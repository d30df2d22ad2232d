import type { DeprecatedMode, Mode } from "./types.js";

/** How to take part in a meeting. */
export interface MeetingOptions {
  /** The room's id. */
  meetingId: string;
  /** The token, if `VideoSDK.config` was not called: of VideoSDK's kind, or LiveKit's with a plain LiveKit server. */
  token?: string;
  /** Own id, without spaces; absent: the one the token prescribes, else a new one. */
  participantId?: string;
  /** The name others see. */
  name?: string;
  /** Publish the microphone on joining (false). */
  micEnabled?: boolean;
  /** Publish the camera on joining (false). */
  webcamEnabled?: boolean;
  /** The camera's resolution: 1280×720 or 640×480 (`hd`). */
  maxResolution?: "hd" | "sd";
  mode?: Mode | DeprecatedMode;
  /** Send video in several qualities (true). */
  multiStream?: boolean;
  /** Receive all that is published (true); false: only what `consume…Streams` asks for. */
  autoConsume?: boolean;
  /** The camera to publish instead of the default. */
  customCameraVideoTrack?: MediaStream | null;
  /** The microphone to publish instead of the default. */
  customMicrophoneAudioTrack?: MediaStream | null;
  /** Accepted and not needed: the best path is found by itself, UDP before TCP. */
  preferredProtocol?: "UDP_OVER_TCP" | "UDP_ONLY" | "TCP_ONLY";
  /** Said to all with the participant; JSON, 10 KiB at most. */
  metaData?: Record<string, unknown>;
  /** The server, such as `https://plenum.example`; else what `VideoSDK.configure` was given, else the page's origin. */
  signalingBaseUrl?: string;
  /** The camera on phones. */
  defaultCamera?: "user" | "environment";
  /** Logs what happens (false). */
  debugMode?: boolean;
  /** Let the sender change the codec when a receiver cannot decode it (true). */
  codecSwitchEnabled?: boolean;
  /** Accepted and not needed: messages need no worker. */
  pubsubWorkerUrl?: string;
}

/** Where another meeting is, for `switchTo`. */
export interface SwitchOptions {
  meetingId: string;
  /** A token for that meeting; absent: the present one. */
  token?: string;
}

/** How `renderVideo` shows a participant. */
export interface RenderVideoOptions {
  type?: "video" | "share";
  /** The best quality to ask for. */
  maxQuality?: "auto" | "low" | "med" | "high";
  /** CSS of the `<video>`. */
  videoStyle?: Record<string, string>;
  /** CSS of the `<div>` around it. */
  containerStyle?: Record<string, string>;
}

/** What `renderAudio` plays. */
export interface RenderAudioOptions {
  type?: "audio" | "shareAudio";
}

/** The size of a captured image in pixels; absent: the video's own. */
export interface CaptureImageOptions {
  height?: number;
  width?: number;
}
