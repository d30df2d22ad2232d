export * from "./core/codes.js";
export { type BitrateMode, Constants, type LogLevel, type VideoCodec } from "./core/constants.js";
export { Emitter, type EventMap } from "./core/emitter.js";
export {
  type Engine,
  EngineCallError,
  type EngineEnd,
  type EngineEvents,
  type EnginePeer,
  type EngineTrack,
  type RawStats,
  type SendOptions,
} from "./core/engine.js";
export { failure, MeetingError } from "./core/error.js";
export * from "./core/events.js";
export { Meeting } from "./core/meeting.js";
export * from "./core/options.js";
export { Participant, STREAM_KINDS } from "./core/participant.js";
export type { Captured, Fetch, MediaSource, Platform, Views } from "./core/platform.js";
export {
  type PublishOptions,
  PubSub,
  type PubSubCallback,
  type PubSubListeners,
  type PubSubMessage,
  type SubscribeOptions,
} from "./core/pub_sub.js";
export { RealtimeStore, type StoreObserver } from "./core/realtime_store.js";
export { Stream } from "./core/stream.js";
export * from "./core/types.js";
export { ExternalE2EEKeyProvider, setKeyProvider } from "./livekit/encryption.js";
export {
  type CameraTrackOptions,
  createCameraVideoTrack,
  createMicrophoneAudioTrack,
  createScreenShareVideoTrack,
  type MicrophoneTrackOptions,
  type OptimizationMode,
  type ScreenShareTrackOptions,
} from "./media/capture.js";
export {
  checkPermissions,
  type DeviceEvents,
  getCameras,
  getDevices,
  getMicrophones,
  getPlaybackDevices,
  type PermissionKind,
  requestPermission,
} from "./media/devices.js";
export { setLogLevel } from "./media/log.js";
export {
  type PreCallNetwork,
  type PreCallResult,
  type PreCallTest,
  type PreCallTestOptions,
  runPreCallTest,
} from "./media/pre_call_test.js";
export * from "./media/presets.js";
export { type Configuration, VideoSDK } from "./video_sdk.js";
