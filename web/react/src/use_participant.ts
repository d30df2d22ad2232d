import { failure, type Participant, type Stream, type StreamKind } from "@plenum/js-sdk";
import { useMemo } from "react";
import { type Actions, bind } from "./actions.js";
import { PARTICIPANT_SOURCES, type ParticipantCallbacks, useCallbacks } from "./callbacks.js";
import type { Changes } from "./changes.js";
import { useChanges } from "./context.js";
import { Snapshot, useSnapshot } from "./snapshot.js";

const METHODS = [
  "remove",
  "enableMic",
  "disableMic",
  "enableWebcam",
  "disableWebcam",
  "setQuality",
  "setScreenShareQuality",
  "setViewPort",
  "pin",
  "unpin",
  "consumeMicStreams",
  "stopConsumingMicStreams",
  "consumeWebcamStreams",
  "stopConsumingWebcamStreams",
  "captureImage",
  "getVideoStats",
  "getAudioStats",
  "getShareStats",
  "getShareAudioStats",
  "getTransportStats",
] as const satisfies readonly (keyof Participant)[];

/** A participant as components see it. Of somebody who is not there, all is off and empty. */
export interface ParticipantState
  extends Pick<
    Participant,
    | "displayName"
    | "mode"
    | "metaData"
    | "micOn"
    | "webcamOn"
    | "quality"
    | "screenShareQuality"
    | "pinState"
    | "screenShareOn"
    | "screenShareAudioOn"
  > {
  /** Undefined while nobody has this id. */
  participant: Participant | undefined;
  isLocal: boolean;
  isActiveSpeaker: boolean;
  isMainParticipant: boolean;
  /** The stream while there is one to show; null otherwise. */
  webcamStream: Stream | null;
  micStream: Stream | null;
  screenShareStream: Stream | null;
  screenShareAudioStream: Stream | null;
}

/** What can be done about a participant; see `Participant`. Rejects with 3073 while nobody has this id. */
export type ParticipantActions = Actions<Participant, (typeof METHODS)[number]>;

/**
 * A participant by id, oneself or another. The component renders again when something that it read
 * from this changes; what happens to others does not matter.
 */
export function useParticipant(
  participantId: string,
  callbacks?: ParticipantCallbacks,
): ParticipantState & ParticipantActions {
  const changes = useChanges();
  const snapshot = useMemo(() => {
    const done = () => changes.touchPerson(participantId);
    const actions = bind(METHODS, () => present(changes, participantId), done);
    return new Snapshot(changes, { participantId }, () => stateOf(changes, participantId), actions);
  }, [changes, participantId]);
  const state = useSnapshot(snapshot);
  useCallbacks(state.participant, PARTICIPANT_SOURCES, callbacks);
  return state;
}

function present(changes: Changes, id: string): Participant {
  const participant = changes.find(id);
  if (!participant) throw failure("INVALID_PARAMETER", "There is no such participant");
  return participant;
}

function stateOf(changes: Changes, id: string): ParticipantState {
  const participant = changes.find(id);
  const stream = (kind: StreamKind) => participant?.stream(kind) ?? null;
  return {
    participant,
    displayName: participant?.displayName ?? "",
    mode: participant?.mode ?? "SEND_AND_RECV",
    metaData: participant?.metaData,
    micOn: participant?.micOn ?? false,
    webcamOn: participant?.webcamOn ?? false,
    screenShareOn: participant?.screenShareOn ?? false,
    screenShareAudioOn: participant?.screenShareAudioOn ?? false,
    quality: participant?.quality ?? "high",
    screenShareQuality: participant?.screenShareQuality ?? "high",
    pinState: participant ? { ...participant.pinState } : { cam: false, share: false },
    isLocal: participant?.local ?? false,
    isActiveSpeaker: participant !== undefined && changes.meeting.activeSpeakerId === id,
    isMainParticipant: participant !== undefined && changes.meeting.mainParticipantId === id,
    webcamStream: stream("video"),
    micStream: stream("audio"),
    screenShareStream: stream("share"),
    screenShareAudioStream: stream("shareAudio"),
  };
}
