// The hooks of @plenum/react-sdk for screenshots: a meeting in which nothing happens.
import { type ReactNode, useEffect, useMemo } from "react";
import { type Figure, figures, picture, scene } from "./scene";

const nothing = async () => {};
const tracks = new Map<string, MediaStreamTrack>();
function stream(id: string, kind: "video" | "share") {
  const key = `${id}/${kind}`;
  const track = tracks.get(key) ?? picture(Number(id.slice(1)), kind === "share");
  tracks.set(key, track);
  return { id: key, kind, track, paused: false, pause: nothing, resume: nothing };
}
const streams = new Map<string, ReturnType<typeof stream>>();
function kept(id: string, kind: "video" | "share") {
  const key = `${id}/${kind}`;
  const made = streams.get(key) ?? stream(id, kind);
  streams.set(key, made);
  return made;
}

const person = (figure: Figure) => ({
  id: figure.id,
  local: figure.id === "p0",
  displayName: figure.name,
  mode: "SEND_AND_RECV",
  micOn: figure.mic,
  webcamOn: figure.camera,
  screenShareOn: figure.screen,
  getTransportStats: async () => ({ rtt: 23, bytesSent: 0, bytesReceived: 0 }),
  getAudioStats: async () => [],
  disableMic: nothing,
  on() {},
  off() {},
});
const everybody = figures.map(person);
const me = everybody[0];
const others = new Map(everybody.slice(1).map((p) => [p.id, p]));
const acts = {
  leave: nothing,
  end: nothing,
  changeMic: nothing,
  changeWebcam: nothing,
  respondEntry: nothing,
  startRecording: nothing,
  stopRecording: nothing,
  startLivestream: nothing,
  stopLivestream: nothing,
  startHls: nothing,
  stopHls: nothing,
  setWebcamQuality: nothing,
  toggleMic: nothing,
  toggleWebcam: nothing,
  toggleScreenShare: nothing,
};
const pins = new Map(scene.pinned ? [[scene.pinned, { cam: true, share: false }]] : []);

interface Callbacks {
  onMeetingJoined?(): void;
  onMeetingStateChanged?(state: { state: string }): void;
  onEntryRequested?(request: { participantId: string; name: string }): void;
}

export const MeetingProvider = ({ children }: { children: ReactNode }) => children;
const listeners = new Set<Callbacks>();

export function useMeeting(callbacks: Callbacks = {}) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first callbacks are good enough here
  useEffect(() => {
    listeners.add(callbacks);
    if (scene.reconnecting) callbacks.onMeetingStateChanged?.({ state: "RECONNECTING" });
    if (scene.asks) {
      callbacks.onEntryRequested?.({ participantId: "w1", name: "Ludwig Wittgenstein" });
      callbacks.onEntryRequested?.({ participantId: "w2", name: "Emmy Noether" });
    }
    return () => {
      listeners.delete(callbacks);
    };
  }, []);
  return {
    ...acts,
    join: async () => {
      if (!scene.waits) for (const each of listeners) each.onMeetingJoined?.();
      return new Promise(() => {});
    },
    localParticipant: me,
    participants: others,
    activeSpeakerId: scene.speaker,
    mainParticipant: everybody.find((p) => p.id === scene.speaker),
    pinnedParticipants: pins,
    recordingState: scene.recording ? "RECORDING_STARTED" : "RECORDING_STOPPED",
    livestreamState: scene.recording ? "LIVESTREAM_STARTED" : "LIVESTREAM_STOPPED",
    hlsState: scene.hls ? "HLS_PLAYABLE" : "HLS_STOPPED",
    hlsUrls: scene.hls
      ? { playbackHlsUrl: "https://plenum.example/hls/65a0b0c0d0e0f00000000003/index.m3u8" }
      : {},
    localMicOn: me?.micOn,
    localWebcamOn: me?.webcamOn,
    localScreenShareOn: false,
  };
}

export function useParticipant(id: string) {
  const figure = figures.find((f) => f.id === id);
  return {
    participant: undefined,
    displayName: figure?.name ?? "",
    isLocal: id === "p0",
    isActiveSpeaker: scene.speaker === id,
    micOn: figure?.mic,
    webcamOn: figure?.camera,
    screenShareOn: figure?.screen,
    screenShareAudioOn: false,
    pinState: pins.get(id),
    webcamStream: figure?.camera ? kept(id, "video") : undefined,
    screenShareStream: figure?.screen ? kept(id, "share") : undefined,
    pin: nothing,
    unpin: nothing,
    remove: nothing,
    enableMic: nothing,
    disableMic: nothing,
    enableWebcam: nothing,
    disableWebcam: nothing,
    setViewPort: nothing,
    setQuality: nothing,
    setScreenShareQuality: nothing,
  };
}

interface Listeners {
  onOldMessagesReceived?(messages: object[]): void;
}

export function usePubSub(topic: string, listening: Listeners = {}) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once
  useEffect(() => {
    if (topic === "HAND")
      listening.onOldMessagesReceived?.(
        scene.hands.map((participantId) => ({
          payload: { participantId, up: true },
          senderId: participantId,
          senderName: "",
        })),
      );
  }, []);
  const messages = useMemo(
    () =>
      topic !== "CHAT"
        ? []
        : scene.chat.map(([senderId = "", message = ""], i) => ({
            id: String(i),
            message,
            senderId,
            senderName: figures.find((f) => f.id === senderId)?.name ?? "Guest",
            timestamp: Date.parse("2026-11-28T09:30:00") + 40_000 * i,
          })),
    [topic],
  );
  return { messages, publish: nothing };
}
