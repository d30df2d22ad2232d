import { ERRORS, LEAVE_REASONS } from "./codes.js";

/** The words and numbers of the interface. */
export const Constants = {
  errors: ERRORS,
  leaveReason: LEAVE_REASONS,
  modes: {
    SEND_AND_RECV: "SEND_AND_RECV",
    RECV_ONLY: "RECV_ONLY",
    SIGNALLING_ONLY: "SIGNALLING_ONLY",
    /** Older name of SEND_AND_RECV. */
    CONFERENCE: "CONFERENCE",
    /** Older name of SIGNALLING_ONLY. */
    VIEWER: "VIEWER",
  },
  recordingEvents: {
    RECORDING_STARTING: "RECORDING_STARTING",
    RECORDING_STARTED: "RECORDING_STARTED",
    RECORDING_STOPPING: "RECORDING_STOPPING",
    RECORDING_STOPPED: "RECORDING_STOPPED",
  },
  livestreamEvents: {
    LIVESTREAM_STARTING: "LIVESTREAM_STARTING",
    LIVESTREAM_STARTED: "LIVESTREAM_STARTED",
    LIVESTREAM_STOPPING: "LIVESTREAM_STOPPING",
    LIVESTREAM_STOPPED: "LIVESTREAM_STOPPED",
  },
  hlsEvents: {
    HLS_STARTING: "HLS_STARTING",
    HLS_STARTED: "HLS_STARTED",
    HLS_PLAYABLE: "HLS_PLAYABLE",
    HLS_STOPPING: "HLS_STOPPING",
    HLS_STOPPED: "HLS_STOPPED",
  },
  transcriptionEvents: {
    TRANSCRIPTION_STARTING: "TRANSCRIPTION_STARTING",
    TRANSCRIPTION_STARTED: "TRANSCRIPTION_STARTED",
    TRANSCRIPTION_STOPPING: "TRANSCRIPTION_STOPPING",
    TRANSCRIPTION_STOPPED: "TRANSCRIPTION_STOPPED",
  },
  permission: { AUDIO: "audio", VIDEO: "video", AUDIO_AND_VIDEO: "audio_video" },
  BitrateMode: {
    BANDWIDTH_OPTIMIZED: "bandwidth_optimized",
    BALANCED: "balanced",
    HIGH_QUALITY: "high_quality",
  },
  LogLevel: {
    NONE: "NONE",
    ERROR: "ERROR",
    WARN: "WARN",
    INFO: "INFO",
    DEBUG: "DEBUG",
    ALL: "ALL",
  },
  reliabilityMode: { RELIABLE: "RELIABLE", UNRELIABLE: "UNRELIABLE" },
  VideoCodec: { VP8: "VP8", VP9: "VP9", H264: "H264", AV1: "AV1" },
  RealtimeOverflow: { QUEUE: "queue", DROP: "drop" },
  AgentState: { IDLE: "idle", LISTENING: "listening", THINKING: "thinking", SPEAKING: "speaking" },
} as const;

/** How much is logged. */
export type LogLevel = keyof typeof Constants.LogLevel;
/** How much bitrate a camera preset may use. */
export type BitrateMode = (typeof Constants.BitrateMode)[keyof typeof Constants.BitrateMode];
/** Codecs a camera can be sent in. */
export type VideoCodec = keyof typeof Constants.VideoCodec;
