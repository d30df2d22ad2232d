import { Anchor, Button, Checkbox, Table } from "@mantine/core";
import { IconArrowLeft, IconDoorOff, IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import { endRoom, getLiveRoom, muteTrack, removeParticipant } from "../api/calls";
import type { LiveRoom, LiveTrack } from "../api/types";
import { between, bitrate, counted } from "../model/format";
import { Confirm } from "../ui/Confirm";
import { useClient } from "../ui/client_context";
import { ParticipantRows } from "../ui/ParticipantRows";
import { Empty, Figures, Heading, Loaded, Pages, Tag, Wide } from "../ui/parts";
import { useAction } from "../ui/use_action";
import { useCustomNames } from "../ui/use_custom_names";
import { useNow } from "../ui/use_now";
import { usePoll } from "../ui/use_poll";

const REFRESH_MS = 2000;

function RoomFigures({ room, now }: { room: LiveRoom; now: number }) {
  const limit = room.maxParticipants > 0 ? ` / ${room.maxParticipants}` : "";
  return (
    <Figures
      items={[
        ["Participants", `${room.participants}${limit}`],
        ["Publishers", room.publishers],
        ["Tracks", room.tracks],
        ["In", bitrate(room.bitrateIn)],
        ["Out", bitrate(room.bitrateOut)],
        ["Open for", between(room.openedAt, null, now)],
      ]}
    />
  );
}

const COLUMNS = [
  ["", ""],
  ["Format", "narrow-hidden"],
  ["Bitrate", "number"],
  ["Loss", "number"],
  ["Jitter", "number narrow-hidden"],
  ["Layers", ""],
  ["Receivers", "number narrow-hidden"],
] as const;

/** One room as it is now, and what an operator may do to it. */
export function LiveRoomPage({ room }: { room: string }) {
  const client = useClient();
  const now = useNow();
  const [page, setPage] = useState(1);
  const { value, error, refresh } = usePoll(`room ${room} ${page}`, REFRESH_MS, (signal) =>
    getLiveRoom(client, room, page, signal),
  );
  const custom = useCustomNames(room).get(room);
  const [ending, setEnding] = useState(false);
  const [kicked, setKicked] = useState<string>();
  const [revoke, setRevoke] = useState(false);
  const { busy, run } = useAction(refresh);
  const wire = value?.room.roomId ?? room;
  // Its end is no failure: the page was open until then.
  const over = error?.status === 404;

  const end = async () => {
    await run("The room has been ended", () => endRoom(client, wire));
    setEnding(false);
  };
  const kick = async () => {
    const who = kicked ?? "";
    await run(`${who} has been removed`, () => removeParticipant(client, wire, who, revoke));
    setKicked(undefined);
  };
  const mute = (identity: string, track: LiveTrack) =>
    run("The track has been muted", () => muteTrack(client, wire, identity, track.trackId));

  return (
    <>
      <Anchor href="#/live" size="sm" className="back">
        <IconArrowLeft size={16} aria-hidden /> Live rooms
      </Anchor>
      <Heading
        title={custom || room}
        sub={
          value &&
          !over && (
            <>
              {custom && `${wire} · `}
              {value.room.sid} {value.room.recording && <Tag tone="red">recording</Tag>}
            </>
          )
        }
        aside={
          value &&
          !over && (
            <Button
              color="red"
              variant="outline"
              leftSection={<IconPlayerStop size={16} aria-hidden />}
              onClick={() => setEnding(true)}
            >
              End room
            </Button>
          )
        }
      />
      {over ? (
        <Empty
          icon={IconDoorOff}
          title="Nobody is in this room"
          text="It has ended, or has not begun. What happened in it is among the sessions."
        />
      ) : (
        <Loaded value={value} error={error}>
          {({ room: live, data, pageInfo }) => (
            <>
              <RoomFigures room={live} now={now} />
              <Wide label="Participants and their tracks">
                <Table verticalSpacing={5} className="tracks">
                  <caption className="unseen">
                    {counted(pageInfo.total, "connection")} with the tracks that each sends
                  </caption>
                  <Table.Thead>
                    <Table.Tr>
                      {COLUMNS.map(([label, className]) => (
                        <Table.Th scope="col" key={label} className={className}>
                          {label || "Participant, track"}
                        </Table.Th>
                      ))}
                      <Table.Td />
                    </Table.Tr>
                  </Table.Thead>
                  {data.map((participant) => (
                    <ParticipantRows
                      key={participant.sid}
                      participant={participant}
                      now={now}
                      busy={busy}
                      onMute={(track) => mute(participant.participantId, track)}
                      onKick={() => setKicked(participant.participantId)}
                    />
                  ))}
                </Table>
              </Wide>
              <Pages page={page} last={pageInfo.lastPage} onChange={setPage} />
            </>
          )}
        </Loaded>
      )}
      <Confirm
        opened={ending}
        title="End this room?"
        text={`Everybody in ${custom || room} is disconnected, and its session ends.`}
        verb="End room"
        busy={busy}
        onConfirm={end}
        onClose={() => setEnding(false)}
      />
      <Confirm
        opened={kicked !== undefined}
        title={`Remove ${kicked ?? ""}?`}
        text="The participant is disconnected. A token that still holds lets it in again."
        verb="Remove"
        busy={busy}
        onConfirm={kick}
        onClose={() => setKicked(undefined)}
      >
        <Checkbox
          label="Revoke its tokens, so that they do not let it in again"
          checked={revoke}
          onChange={(e) => setRevoke(e.currentTarget.checked)}
        />
      </Confirm>
    </>
  );
}
