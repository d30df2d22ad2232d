/** What a participant may do: send and receive, only receive, or only take part in messages and state. */
export type Mode = "SEND_AND_RECV" | "RECV_ONLY" | "SIGNALLING_ONLY";
/** Older names of modes, understood on input: `SEND_AND_RECV` and `SIGNALLING_ONLY`. */
export type DeprecatedMode = "CONFERENCE" | "VIEWER";
/** What a stream carries. */
export type StreamKind = "audio" | "video" | "share" | "shareAudio";
/** Streams of one kind, or all. */
export type StreamKinds = StreamKind | "all";
/** The quality in which a video is received, or with `setWebcamQuality` sent. */
export type Quality = "low" | "med" | "high";
/** What a pin is about. */
export type PinType = "SHARE_AND_CAM" | "CAM" | "SHARE";
/** The state of the connection. */
export type ConnectionState =
  | "CONNECTING"
  | "CONNECTED"
  | "RECONNECTING"
  | "DISCONNECTED"
  | "FAILED";
/** An answer to who asks to enter. */
export type EntryDecision = "allowed" | "denied";
/** How `send` delivers. */
export type Reliability = "RELIABLE" | "UNRELIABLE";
/** Which sides of a pin are set. */
export interface PinState {
  cam: boolean;
  share: boolean;
}

/** States of a recording; `RECORDING_STOPPED` when there is none. */
export type RecordingState =
  | "RECORDING_STARTING"
  | "RECORDING_STARTED"
  | "RECORDING_STOPPING"
  | "RECORDING_STOPPED";
/** States of a live stream to other services; `LIVESTREAM_STOPPED` when there is none. */
export type LivestreamState =
  | "LIVESTREAM_STARTING"
  | "LIVESTREAM_STARTED"
  | "LIVESTREAM_STOPPING"
  | "LIVESTREAM_STOPPED";
/** States of the HLS stream; it can be watched from `HLS_PLAYABLE` on. */
export type HlsState =
  | "HLS_STARTING"
  | "HLS_STARTED"
  | "HLS_PLAYABLE"
  | "HLS_STOPPING"
  | "HLS_STOPPED";
/** States of a transcription; Plenum has none, so it is always stopped. */
export type TranscriptionState = "TRANSCRIPTION_STOPPED";

/** Where the HLS stream is watched, while it can be. */
export interface HlsUrls {
  playbackHlsUrl?: string;
  livestreamUrl?: string;
  downstreamUrl?: string;
}

/** How a recording, live stream or HLS stream looks. Unset fields are the server's defaults. */
export interface CompositionConfig {
  layout?: {
    type?: "GRID" | "SPOTLIGHT" | "SIDEBAR";
    priority?: "SPEAKER" | "PIN";
    /** Tiles at most, 1 to 25. */
    gridSize?: number;
  };
  theme?: "DARK" | "LIGHT" | "DEFAULT";
  mode?: "video-and-audio" | "audio";
  quality?: "low" | "med" | "high";
  orientation?: "landscape" | "portrait";
}

/** A place a live stream is sent to. */
export interface LivestreamOutput {
  /** `rtmp://` or `rtmps://` address. */
  url: string;
  /** The key the service gave; a secret. */
  streamKey: string;
}

/** A camera, microphone or speaker. */
export interface DeviceInfo {
  deviceId: string;
  groupId: string;
  kind: "audioinput" | "audiooutput" | "videoinput";
  label: string;
}

/** The chosen device; empty strings when it is not known. */
export interface SelectedDevice {
  id: string;
  label: string;
}

/** Figures of one stream's layer. Unknown ones are undefined. */
export interface StreamStats {
  /** kbit/s since the last call for this stream; 0 at the first. */
  bitrate: number;
  /** Round trip, ms. */
  rtt?: number;
  /** `wifi`, `ethernet` and the like, where the browser tells. */
  network?: string;
  codec?: string;
  /** ms. */
  jitter?: number;
  /** Why the sender reduces quality. */
  limitation?: { reason: string; resolutionChanges: number };
  totalPackets: number;
  packetsLost: number;
  /** Pixels and frames a second; video only. */
  size?: { width: number; height: number; framerate: number };
  /** `q`, `h`, `f` with simulcast, own streams only. */
  rid?: string;
  currentSpatialLayer?: number;
  preferredSpatialLayer?: number;
  currentTemporalLayer?: number;
  preferredTemporalLayer?: number;
}

/** Figures of the connection as a whole. */
export interface TransportStats {
  /** Round trip, ms. */
  rtt?: number;
  /** kbit/s that the browser believes can be sent. */
  availableOutgoingBitrate?: number;
  bytesSent: number;
  bytesReceived: number;
  /** `udp`, `tcp`, `relay/udp`, … of the path in use. */
  protocol?: string;
}
