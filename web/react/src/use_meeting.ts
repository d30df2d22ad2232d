import type { Meeting, Participant } from "@plenum/js-sdk";
import { type Actions, bind } from "./actions.js";
import { MEETING_SOURCES, type MeetingCallbacks, useCallbacks } from "./callbacks.js";
import type { Changes } from "./changes.js";
import { useChanges } from "./context.js";
import { Snapshot, useSnapshot } from "./snapshot.js";

const PROPERTIES = [
  "activeSpeakerId",
  "activePresenterId",
  "mainParticipantId",
  "localParticipant",
  "pinnedParticipants",
  "recordingState",
  "livestreamState",
  "hlsState",
  "hlsUrls",
  "transcriptionState",
  "isE2EEEnabled",
  "selectedCameraDevice",
  "selectedMicrophoneDevice",
  "pubSub",
  "realtimeStore",
] as const satisfies readonly (keyof Meeting)[];

const METHODS = [
  "join",
  "leave",
  "end",
  "switchTo",
  "changeMode",
  "respondEntry",
  "muteMic",
  "unmuteMic",
  "enableWebcam",
  "disableWebcam",
  "enableScreenShare",
  "disableScreenShare",
  "changeMic",
  "changeWebcam",
  "replaceWebcamStream",
  "setWebcamQuality",
  "getMics",
  "getWebcams",
  "startRecording",
  "stopRecording",
  "startLivestream",
  "stopLivestream",
  "startHls",
  "stopHls",
  "pauseAllStreams",
  "resumeAllStreams",
  "enableAdaptiveSubscription",
  "disableAdaptiveSubscription",
  "send",
  "uploadBase64File",
  "fetchBase64File",
  "requestMediaRelay",
  "stopMediaRelay",
  "startWhiteboard",
  "stopWhiteboard",
  "startTranscription",
  "stopTranscription",
] as const satisfies readonly (keyof Meeting)[];

/** A meeting's state as components see it. */
export interface MeetingState extends Pick<Meeting, (typeof PROPERTIES)[number]> {
  /** The meeting itself. Its properties do not make components render. */
  meeting: Meeting;
  meetingId: string;
  /** Everybody by id, oneself among them and first; empty until joined. `meeting.participants` has the others only. */
  participants: Map<string, Participant>;
  /** Who belongs on the main screen; null when nobody does. */
  mainParticipant: Participant | null;
  /** The same as `activePresenterId`. */
  presenterId: string | null;
  localMicOn: boolean;
  localWebcamOn: boolean;
  localScreenShareOn: boolean;
  isRecording: boolean;
  isLiveStreaming: boolean;
  isHls: boolean;
  isMeetingJoined: boolean;
}

/** What one can do in a meeting; see `Meeting`. They stay the same functions. */
export interface MeetingActions extends Actions<Meeting, (typeof METHODS)[number]> {
  /** Turns the microphone on or off. */
  toggleMic(track?: MediaStream): Promise<void>;
  /** Turns the camera on or off. */
  toggleWebcam(track?: MediaStream): Promise<void>;
  /** Begins or ends sharing the screen. */
  toggleScreenShare(track?: MediaStream): Promise<void>;
}

/**
 * The meeting of the provider around, and callbacks for what happens in it; each time the newest are
 * called. The component renders again when something that it read from this changes.
 */
export function useMeeting(callbacks?: MeetingCallbacks): MeetingState & MeetingActions {
  const changes = useChanges();
  useCallbacks(changes.meeting, MEETING_SOURCES, callbacks);
  return useSnapshot(meetingSnapshot(changes));
}

type MeetingSnapshot = Snapshot<MeetingState, MeetingActions>;
const snapshots = new WeakMap<Changes, MeetingSnapshot>();

/** One for all components of a meeting. */
function meetingSnapshot(changes: Changes): MeetingSnapshot {
  const known = snapshots.get(changes);
  if (known) return known;
  const snapshot = new Snapshot<MeetingState, MeetingActions>(
    changes,
    "meeting",
    () => stateOf(changes),
    actionsOf(changes),
  );
  snapshots.set(changes, snapshot);
  return snapshot;
}

function stateOf(changes: Changes): MeetingState {
  const { meeting, joined } = changes;
  const local = meeting.localParticipant;
  const properties = Object.fromEntries(PROPERTIES.map((name) => [name, meeting[name]]));
  return {
    ...(properties as Pick<Meeting, (typeof PROPERTIES)[number]>),
    meeting,
    meetingId: meeting.id,
    participants: new Map(joined ? [[local.id, local], ...meeting.participants] : []),
    mainParticipant: changes.find(meeting.mainParticipantId ?? "") ?? null,
    presenterId: meeting.activePresenterId,
    localMicOn: local.micOn,
    localWebcamOn: local.webcamOn,
    localScreenShareOn: local.screenShareOn,
    isRecording: meeting.recordingState === "RECORDING_STARTED",
    isLiveStreaming: meeting.livestreamState === "LIVESTREAM_STARTED",
    isHls: meeting.hlsState === "HLS_STARTED" || meeting.hlsState === "HLS_PLAYABLE",
    isMeetingJoined: joined,
  };
}

function actionsOf({ meeting, touch }: Changes): MeetingActions {
  return {
    ...bind(METHODS, () => meeting, touch),
    toggleMic: (track) =>
      meeting.localParticipant.micOn ? meeting.muteMic() : meeting.unmuteMic(streamOf(track)),
    toggleWebcam: (track) =>
      meeting.localParticipant.webcamOn
        ? meeting.disableWebcam()
        : meeting.enableWebcam(streamOf(track)),
    toggleScreenShare: (track) =>
      meeting.localParticipant.screenShareOn
        ? meeting.disableScreenShare()
        : meeting.enableScreenShare(streamOf(track)),
  };
}

/** Toggles are often given to `onClick` as they are, which calls them with an event. */
function streamOf(given: unknown): MediaStream | undefined {
  return typeof MediaStream !== "undefined" && given instanceof MediaStream ? given : undefined;
}
