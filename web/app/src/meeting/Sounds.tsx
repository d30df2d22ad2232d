import { Button } from "@mantine/core";
import { useMeeting, useParticipant } from "@plenum/react-sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { t } from "../strings";

/** Plays everybody else, on the stage or not. */
export function Sounds({ speakerId }: { speakerId: string }) {
  const { participants } = useMeeting();
  const [blocked, setBlocked] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const onBlocked = useCallback(() => setBlocked(true), []);
  const start = () => {
    for (const audio of root.current?.querySelectorAll("audio") ?? []) audio.play().catch(() => {});
    setBlocked(false);
  };
  return (
    <div ref={root}>
      {[...participants.values()]
        .filter((p) => !p.local)
        .map(({ id }) => (
          <Voice key={id} id={id} speakerId={speakerId} onBlocked={onBlocked} />
        ))}
      {blocked && (
        <div className="toast" role="alert">
          {t("soundBlocked")}{" "}
          <Button size="xs" onClick={start}>
            {t("soundStart")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface VoiceProps {
  id: string;
  speakerId: string;
  onBlocked(): void;
}

function Voice({ id, ...rest }: VoiceProps) {
  const { micStream, screenShareAudioStream, micOn, screenShareAudioOn } = useParticipant(id);
  return (
    <>
      {micOn && micStream && <Sound track={micStream.track} {...rest} />}
      {screenShareAudioOn && screenShareAudioStream && (
        <Sound track={screenShareAudioStream.track} {...rest} />
      )}
    </>
  );
}

function Sound({
  track,
  speakerId,
  onBlocked,
}: { track: MediaStreamTrack } & Omit<VoiceProps, "id">) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (!audio) return;
    audio.srcObject = new MediaStream([track]);
    audio.play().catch((error: DOMException) => {
      if (error.name === "NotAllowedError") onBlocked();
    });
    return () => {
      audio.srcObject = null;
    };
  }, [track, onBlocked]);
  useEffect(() => {
    // A device that is gone leaves the sound where it was.
    element.current?.setSinkId?.(speakerId).catch(() => {});
  }, [speakerId]);
  // biome-ignore lint/a11y/useMediaCaption: live speech has no captions
  return <audio ref={element} autoPlay />;
}
