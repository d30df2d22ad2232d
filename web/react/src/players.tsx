import type { Quality, Stream } from "@plenum/js-sdk";
import {
  type CSSProperties,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useRef,
} from "react";
import { useParticipant } from "./use_participant.js";

/** What `VideoPlayer` takes. */
export interface VideoPlayerProps {
  participantId: string;
  /** The camera or the screen share (`video`). */
  type?: "video" | "share";
  /** CSS of the `<div>` around the video. */
  containerStyle?: CSSProperties;
  /** CSS of the `<video>`. */
  videoStyle?: CSSProperties;
  /** The `<div>`'s class. */
  className?: string;
  /** The `<video>`'s class. */
  classNameVideo?: string;
  /** The quality to ask for; absent or `auto`: as it is. */
  maxQuality?: "auto" | Quality;
  videoRef?: Ref<HTMLVideoElement>;
}

/** Shows a participant's camera or screen share; an empty `<div>` while there is none. */
export function VideoPlayer(props: VideoPlayerProps): ReactNode {
  const { participantId, type = "video", maxQuality = "auto" } = props;
  const person = useParticipant(participantId);
  const stream = type === "share" ? person.screenShareStream : person.webcamStream;
  const { isLocal } = person;
  const setQuality = type === "share" ? person.setScreenShareQuality : person.setQuality;
  const ref = usePlayed<HTMLVideoElement>(stream, props.videoRef);
  const remote = stream !== null && !isLocal;
  useEffect(() => {
    if (remote && maxQuality !== "auto") setQuality(maxQuality).catch(() => undefined);
  }, [remote, maxQuality, setQuality]);
  return (
    <div className={props.className} style={props.containerStyle}>
      {stream && (
        <video
          ref={ref}
          className={props.classNameVideo}
          style={{ width: "100%", height: "100%", ...props.videoStyle }}
          autoPlay
          muted
          playsInline
        />
      )}
    </div>
  );
}

/** What `AudioPlayer` takes. */
export interface AudioPlayerProps {
  participantId: string;
  /** The microphone or the screen share's sound (`audio`). */
  type?: "audio" | "shareAudio";
  /** The speaker to play on, where the browser lets pages choose; absent: the default. */
  deviceId?: string;
  /** 0 to 1 (1). */
  volume?: number;
  audioRef?: Ref<HTMLAudioElement>;
}

/** Plays a participant's microphone or screen share's sound; one's own stays silent. */
export function AudioPlayer(props: AudioPlayerProps): ReactNode {
  const { participantId, type = "audio", deviceId, volume = 1, audioRef } = props;
  const person = useParticipant(participantId);
  const stream = type === "shareAudio" ? person.screenShareAudioStream : person.micStream;
  const element = useRef<HTMLAudioElement | null>(null);
  const kept = useCallback(
    (audio: HTMLAudioElement | null) => {
      element.current = audio;
      return give(audioRef, audio);
    },
    [audioRef],
  );
  const ref = usePlayed<HTMLAudioElement>(stream, kept);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the element is another with another stream
  useEffect(() => {
    const audio = element.current;
    if (!audio) return;
    audio.volume = Math.min(1, Math.max(0, volume));
    if (deviceId !== undefined && "setSinkId" in audio)
      audio.setSinkId(deviceId).catch(() => undefined);
  }, [stream, deviceId, volume]);
  return stream ? <audio ref={ref} autoPlay muted={person.isLocal} /> : null;
}

/** A ref that plays a stream in the element. */
function usePlayed<T extends HTMLMediaElement>(stream: Stream | null, outer?: Ref<T>) {
  const track = stream?.track;
  return useCallback(
    (element: T | null) => {
      give(outer, element);
      if (!element || !track) return;
      element.srcObject = new MediaStream([track]);
      // Refused before the person touched the page; the browser's own rules then apply.
      element.play().catch(() => undefined);
    },
    [track, outer],
  );
}

function give<T>(ref: Ref<T> | undefined, value: T | null): void {
  if (typeof ref === "function") ref(value);
  else if (ref) ref.current = value;
}
