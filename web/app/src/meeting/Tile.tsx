import { Text } from "@mantine/core";
import { type Stream, useParticipant } from "@plenum/react-sdk";
import {
  IconHandStop,
  IconMicrophoneOff,
  IconPin,
  IconPinnedOff,
  IconScreenShare,
  IconWifiOff,
} from "@tabler/icons-react";
import { memo, useEffect } from "react";
import { type Tile as Placed, sameTile } from "../layout/arrange";
import { attempt } from "../parts/attempt";
import { hueOf, initials } from "../parts/initials";
import { Video } from "../parts/Video";
import { t } from "../strings";

interface Props {
  tile: Placed;
  handUp: boolean;
  quality: "auto" | "low" | "med" | "high";
}

/** One person's camera or screen on the stage. */
export const Tile = memo(function Tile({ tile, handUp, quality }: Props) {
  const { participantId: id, kind, place, main } = tile;
  const person = useParticipant(id);
  const isScreen = kind === "screen";
  const stream = isScreen ? person.screenShareStream : person.webcamStream;
  const isOn = isScreen ? person.screenShareOn : person.webcamOn;
  const name = person.displayName || t("somebody");
  const label = isScreen
    ? person.isLocal
      ? t("yourScreen")
      : t("screenOf", { name })
    : person.isLocal
      ? t("nameYou", { name })
      : name;
  const pinned = isScreen ? person.pinState?.share : person.pinState?.cam;
  const speaking = !isScreen && person.isActiveSpeaker && person.micOn;
  const small = place.width < 170;

  useViewPort(tile, quality, person, isOn ? stream : null);
  const { pin, unpin } = person;
  const pinLabel = pinned ? t("unpin") : t("pin");
  const togglePin = () => attempt((pinned ? unpin : pin)(isScreen ? "SHARE" : "CAM"));

  return (
    <article
      className="tile"
      data-testid="tile"
      data-kind={kind}
      data-speaking={speaking || undefined}
      data-main={main || undefined}
      data-small={small || undefined}
      aria-label={label}
      style={{ insetInlineStart: place.x, top: place.y, width: place.width, height: place.height }}
    >
      {isOn && stream && !(isScreen && person.isLocal) ? (
        <Video track={stream.track} mirrored={person.isLocal && !isScreen} whole={isScreen} />
      ) : isScreen ? (
        <div className="tile-note">
          <IconScreenShare size={32} aria-hidden />
          <Text size="sm">{person.isLocal ? t("youShare") : label}</Text>
        </div>
      ) : (
        <div className="avatar" style={{ "--hue": hueOf(name) } as React.CSSProperties} aria-hidden>
          {initials(name)}
        </div>
      )}
      {stream?.paused && !person.isLocal && isOn && (
        <div className="tile-paused" role="status">
          <IconWifiOff size={18} aria-hidden /> {!small && t("videoPaused")}
        </div>
      )}
      {handUp && (
        <span className="tile-hand" role="img" aria-label={t("handIsUp")}>
          <IconHandStop size={small ? 16 : 20} />
        </span>
      )}
      <footer className="tile-name">
        {!isScreen && !person.micOn && (
          <span role="img" aria-label={t("isMuted")} className="tile-muted">
            <IconMicrophoneOff size={15} />
          </span>
        )}
        {pinned && (
          <span role="img" aria-label={t("isPinned")}>
            <IconPin size={15} />
          </span>
        )}
        <bdi className="tile-label">{label}</bdi>
      </footer>
      {/* Plain: a large room makes many of them at a time. */}
      <button
        type="button"
        className="tile-pin"
        title={pinLabel}
        aria-label={`${pinLabel}: ${label}`}
        onClick={togglePin}
      >
        {pinned ? <IconPinnedOff size={18} /> : <IconPin size={18} />}
      </button>
    </article>
  );
}, sameProps);

function sameProps(a: Props, b: Props): boolean {
  return a.handUp === b.handUp && a.quality === b.quality && sameTile(a.tile, b.tile);
}

/** Tells the server in which size the picture is seen, as soon as there is one. */
function useViewPort(
  { kind, place }: Placed,
  quality: Props["quality"],
  person: ReturnType<typeof useParticipant>,
  stream: Stream | null,
): void {
  const { isLocal, setQuality, setScreenShareQuality, setViewPort } = person;
  // Steps, so that moving a border does not ask at each pixel.
  const width = Math.max(160, Math.ceil(place.width / 80) * 80);
  const height = Math.max(90, Math.ceil(place.height / 45) * 45);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the functions act for the same participant
  useEffect(() => {
    if (isLocal || !stream) return;
    if (kind === "screen")
      void attempt(setScreenShareQuality(quality === "auto" ? "high" : quality), true);
    else if (quality === "auto") void attempt(setViewPort(width, height), true);
    else void attempt(setQuality(quality), true);
  }, [isLocal, stream, kind, width, height, quality]);
}
