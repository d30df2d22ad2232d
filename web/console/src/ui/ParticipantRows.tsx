import { ActionIcon, Table, Tooltip } from "@mantine/core";
import {
  type Icon,
  IconDeviceSpeaker,
  IconLock,
  IconMicrophone,
  IconMicrophoneOff,
  IconScreenShare,
  IconUserX,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react";
import type { LayerName, LiveEncoding, LiveParticipant, LiveTrack } from "../api/types";
import { between, bitrate, milliseconds, percent } from "../model/format";
import { formatOf, lossTone, sourceName } from "../model/tracks";
import { Tag, type TagTone } from "./parts";

const QUALITY_TONES: Record<string, TagTone> = {
  excellent: "green",
  good: "amber",
  poor: "red",
  lost: "red",
};

const LAYER_LETTERS: Record<LayerName, string> = { low: "L", medium: "M", high: "H" };

function iconOf(track: LiveTrack): Icon {
  switch (track.source) {
    case "screen_share":
      return IconScreenShare;
    case "screen_share_audio":
      return IconDeviceSpeaker;
    default:
      if (track.kind === "audio") return track.muted ? IconMicrophoneOff : IconMicrophone;
      return track.muted ? IconVideoOff : IconVideo;
  }
}

/** Which layers come in, and how many are to get each at the most. */
function Layers({ track, encoding }: { track: LiveTrack; encoding: LiveEncoding }) {
  const layers = encoding.layers ?? [];
  if (layers.length === 0) return null;
  return (
    <ul className="layers">
      {layers.map(({ layer, width, height, active }) => {
        const receivers = track.receivers.byLayer?.[layer] ?? 0;
        const state = active === null ? "" : active ? ", being sent" : ", not sent now";
        const words = `${layer} ${width}×${height}${state}, ${receivers} receive it`;
        return (
          <li key={layer} data-active={active ?? "unknown"} title={words}>
            <span aria-hidden>
              {LAYER_LETTERS[layer]}
              {receivers > 0 && <b>{receivers}</b>}
            </span>
            <span className="unseen">{words}</span>
          </li>
        );
      })}
    </ul>
  );
}

interface TrackRowProps {
  track: LiveTrack;
  encoding?: LiveEncoding;
  /** Of a track in two codecs only the first line has the rest. */
  first: boolean;
  busy: boolean;
  onMute: () => void;
}

function TrackRow({ track, encoding, first, busy, onMute }: TrackRowProps) {
  const Shown = iconOf(track);
  const MuteIcon = track.kind === "audio" ? IconMicrophoneOff : IconVideoOff;
  const name = sourceName(track);
  return (
    <Table.Tr data-track={track.trackId}>
      <Table.Td className="track-name">
        {first && (
          <>
            <Shown size={16} aria-hidden /> {name} {track.muted && <Tag tone="plain">muted</Tag>}
            {track.encryption !== "none" && (
              <IconLock size={14} role="img" aria-label="end-to-end encrypted" />
            )}
          </>
        )}
      </Table.Td>
      <Table.Td className="nowrap narrow-hidden">{formatOf(track, encoding)}</Table.Td>
      <Table.Td className="number">{bitrate(encoding?.bitrate)}</Table.Td>
      <Table.Td className={`number ${lossTone(encoding?.packetLoss)}`}>
        {percent(encoding?.packetLoss)}
      </Table.Td>
      <Table.Td className="number narrow-hidden">{milliseconds(encoding?.jitter)}</Table.Td>
      <Table.Td>{encoding && <Layers track={track} encoding={encoding} />}</Table.Td>
      <Table.Td className="number narrow-hidden">{first && track.receivers.total}</Table.Td>
      <Table.Td className="number">
        {first && !track.muted && (
          <Tooltip label="Mute">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Mute ${name}`}
              disabled={busy}
              onClick={onMute}
            >
              <MuteIcon size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

interface Props {
  participant: LiveParticipant;
  now: number;
  busy: boolean;
  onMute: (track: LiveTrack) => void;
  onKick: () => void;
}

/** One participant, and below it a line for each track that it sends. */
export function ParticipantRows({ participant, now, busy, onMute, onKick }: Props) {
  const { participantId, name, quality, qualityScore, rtt, receives, software, tracks } =
    participant;
  const down = receives.audio.bitrate + receives.video.bitrate;
  const loss = Math.max(receives.audio.packetLoss, receives.video.packetLoss);
  const details = [software.browser || software.sdk, software.os].filter(Boolean).join(", ");
  return (
    <Table.Tbody data-participant={participantId}>
      <Table.Tr className="who">
        <Table.Th scope="rowgroup" colSpan={8}>
          <div className="who-line">
            <span className="who-name">{name || participantId}</span>
            {name && name !== participantId && <span className="sub">{participantId}</span>}
            {participant.state !== "active" && <Tag tone="amber">{participant.state}</Tag>}
            {participant.waiting && <Tag tone="amber">lobby</Tag>}
            {participant.hidden && <Tag>hidden</Tag>}
            {quality && (
              <Tag tone={QUALITY_TONES[quality]}>
                {quality} {qualityScore}
              </Tag>
            )}
            <span className="who-facts">
              <span title="Round trip">RTT {milliseconds(rtt)}</span>
              <span title="What it is sent">
                receives {receives.tracks} · {bitrate(down)} ·{" "}
                <span className={lossTone(loss)}>{percent(loss)} lost</span>
              </span>
              <span className="narrow-hidden">{between(participant.joinedAt, null, now)}</span>
              {details && <span className="narrow-hidden">{details}</span>}
            </span>
            <Tooltip label="Remove">
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={`Remove ${name || participantId}`}
                disabled={busy}
                onClick={onKick}
              >
                <IconUserX size={18} />
              </ActionIcon>
            </Tooltip>
          </div>
        </Table.Th>
      </Table.Tr>
      {tracks.flatMap((track) =>
        (track.encodings.length > 0 ? track.encodings : [undefined]).map((encoding, i) => (
          <TrackRow
            key={`${track.trackId} ${encoding?.codec}`}
            track={track}
            encoding={encoding}
            first={i === 0}
            busy={busy}
            onMute={() => onMute(track)}
          />
        )),
      )}
      {tracks.length === 0 && (
        <Table.Tr>
          <Table.Td colSpan={8} className="sub">
            sends nothing
          </Table.Td>
        </Table.Tr>
      )}
    </Table.Tbody>
  );
}
