/** What REST v2 answers, as far as the console reads it; docs/api/openapi.json has all of it. */

export interface Page<T> {
  pageInfo: { currentPage: number; perPage: number; lastPage: number; total: number };
  data: T[];
}

export interface LiveRoom {
  /** Its name on the wire. */
  roomId: string;
  sid: string;
  openedAt: string;
  connections: number;
  participants: number;
  publishers: number;
  /** 0 = no limit. */
  maxParticipants: number;
  tracks: number;
  recording: boolean;
  /** Bits a second. */
  bitrateIn: number;
  bitrateOut: number;
}

export type LayerName = "low" | "medium" | "high";

/** Bits a second, percent, milliseconds. */
export interface Flow {
  bitrate: number;
  packetLoss: number;
  jitter: number;
}

export interface LiveEncoding {
  codec: string;
  red: boolean;
  simulcast: boolean;
  /** Null until the first report, as the next two. */
  bitrate: number | null;
  packetLoss: number | null;
  jitter: number | null;
  layers?: { layer: LayerName; width: number; height: number; active: boolean | null }[];
}

export interface LiveTrack {
  trackId: string;
  name: string;
  kind: "audio" | "video";
  source: "" | "camera" | "microphone" | "screen_share" | "screen_share_audio";
  muted: boolean;
  encryption: "none" | "gcm" | "custom";
  width: number;
  height: number;
  encodings: LiveEncoding[];
  receivers: { total: number; byLayer?: Record<LayerName | "off", number> };
}

export interface LiveParticipant {
  participantId: string;
  name: string;
  sid: string;
  state: "joining" | "joined" | "active" | "disconnected";
  waiting: boolean;
  hidden: boolean;
  joinedAt: string;
  software: { sdk: string; version: string; os: string; browser: string };
  quality: "excellent" | "good" | "poor" | "lost" | null;
  qualityScore: number | null;
  rtt: number | null;
  receives: { tracks: number; audio: Flow; video: Flow };
  tracks: LiveTrack[];
}

export interface LiveRoomPage extends Page<LiveParticipant> {
  room: LiveRoom;
}

export interface Interval {
  start: string;
  end: string | null;
}

export interface SessionParticipant {
  participantId: string;
  name: string;
  mode: string;
  timelog: Interval[];
}

export interface Session {
  id: string;
  roomId: string;
  customRoomId: string | null;
  start: string;
  end: string | null;
  status: "ongoing" | "ended";
  participants: SessionParticipant[];
}

export interface StatsSample {
  time: string;
  recvAudioPacketLost: number;
  recvVideoPacketLost: number;
  sendAudioPacketLost: number;
  sendVideoPacketLost: number;
  averageAudioRtt: number;
  averageVideoRtt: number;
  averageAudioJitter: number;
  averageVideoJitter: number;
  averageSendAudioBitrate: number;
  averageSendVideoBitrate: number;
  averageRecvAudioBitrate: number;
  averageRecvVideoBitrate: number;
  qualityScore: { audio: number | null; video: number | null };
}

export interface Stats {
  stats: StatsSample[];
  deviceInfo?: { deviceName: string | null; deviceVersion: string | null };
  sdkInfo?: { sdkName: string | null; sdkVersion: string | null };
}

export interface MediaFile {
  id: string;
  type: string;
  size: number;
  filePath: string;
  fileUrl: string;
  meta?: { format?: string; duration?: number; resolution?: { width: number; height: number } };
}

/** A recording of any kind, a livestream or an HLS stream. */
export interface Job {
  id: string;
  roomId: string;
  sessionId: string;
  start: string;
  end: string | null;
  status: string;
  error?: string;
  participantId?: string;
  kind?: string;
  file?: MediaFile | null;
  files?: MediaFile[];
  outputs?: { url: string; streamKey: string }[];
  playbackHlsUrl?: string;
  livestreamUrl?: string;
}

export interface DeadLetter {
  id: string;
  eventId: string;
  type: string;
  endPoint: string;
  attempts: number;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: string;
  diedAt: string;
}
