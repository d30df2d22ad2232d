export {
  Constants,
  createCameraVideoTrack,
  createMicrophoneAudioTrack,
  createScreenShareVideoTrack,
  ExternalE2EEKeyProvider,
  type Meeting,
  MeetingError,
  type MeetingOptions,
  type Participant,
  type PubSubMessage,
  runPreCallTest,
  type Stream,
  setLogLevel,
  VideoSDK,
} from "@plenum/js-sdk";
export type { Actions } from "./actions.js";
export type {
  MeetingCallbacks,
  MeetingEventCallbacks,
  ParticipantCallbacks,
  StateCallbacks,
  StreamCallbacks,
  UnsupportedCallbacks,
} from "./callbacks.js";
export { MeetingConsumer, type MeetingConsumerProps } from "./consumer.js";
export {
  AudioPlayer,
  type AudioPlayerProps,
  VideoPlayer,
  type VideoPlayerProps,
} from "./players.js";
export { MeetingProvider, type MeetingProviderProps } from "./provider.js";
export {
  type Unsupported,
  useAgentParticipant,
  useCharacter,
  useTranscription,
  useTranslation,
  useWhiteboard,
} from "./unsupported.js";
export { type Files, useFile } from "./use_file.js";
export {
  type MediaDeviceCallbacks,
  type MediaDevices,
  useMediaDevice,
} from "./use_media_device.js";
export { type MeetingActions, type MeetingState, useMeeting } from "./use_meeting.js";
export {
  type ParticipantActions,
  type ParticipantState,
  useParticipant,
} from "./use_participant.js";
export { type PubSubTopic, type UsePubSubOptions, usePubSub } from "./use_pub_sub.js";
export {
  type RealtimeStoreCallbacks,
  type RealtimeStoreKey,
  useRealtimeStore,
} from "./use_realtime_store.js";
export { type StreamActions, type StreamState, useStream } from "./use_stream.js";
export { withAdaptiveObservers } from "./with_adaptive_observers.js";
