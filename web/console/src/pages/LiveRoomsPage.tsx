import { Anchor, Table, TextInput } from "@mantine/core";
import { IconBroadcast, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { listLiveRooms } from "../api/calls";
import type { LiveRoom } from "../api/types";
import { between, bitrate, counted } from "../model/format";
import { routeHash } from "../model/route";
import { useClient } from "../ui/client_context";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty, Heading, Loaded, Pages, Tag } from "../ui/parts";
import { useCustomNames } from "../ui/use_custom_names";
import { useNow } from "../ui/use_now";
import { usePoll } from "../ui/use_poll";

const COLUMNS: Column[] = [
  { title: "Room" },
  { title: "Participants", number: true },
  { title: "Publishers", number: true, wide: true },
  { title: "Tracks", number: true, wide: true },
  { title: "In", number: true },
  { title: "Out", number: true },
  { title: "Open for", number: true, wide: true },
];

const REFRESH_MS = 2000;
interface RowProps {
  room: LiveRoom;
  custom?: string;
  now: number;
}

function Row({ room, custom, now }: RowProps) {
  const limit = room.maxParticipants > 0 ? ` / ${room.maxParticipants}` : "";
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Anchor href={routeHash({ page: "room", room: room.roomId })} fw={600}>
          {custom || room.roomId}
        </Anchor>
        {custom && <div className="sub">{room.roomId}</div>}
      </Table.Th>
      <Table.Td className="number">
        {room.participants}
        {limit}
      </Table.Td>
      <Table.Td className="number narrow-hidden">{room.publishers}</Table.Td>
      <Table.Td className="number narrow-hidden">{room.tracks}</Table.Td>
      <Table.Td className="number">{bitrate(room.bitrateIn)}</Table.Td>
      <Table.Td className="number">{bitrate(room.bitrateOut)}</Table.Td>
      <Table.Td className="number narrow-hidden">{between(room.openedAt, null, now)}</Table.Td>
      <Table.Td>{room.recording && <Tag tone="red">recording</Tag>}</Table.Td>
    </Table.Tr>
  );
}

export function LiveRoomsPage() {
  const client = useClient();
  const now = useNow();
  const [page, setPage] = useState(1);
  const [search, setSearch] = useState("");
  const names = useCustomNames();
  const { value, error } = usePoll(`live ${page}`, REFRESH_MS, (signal) =>
    listLiveRooms(client, page, signal),
  );
  const wanted = search.trim().toLowerCase();
  const shown = value?.data.filter(({ roomId }) =>
    `${roomId} ${names.get(roomId) ?? ""}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <Heading
        title="Live rooms"
        sub={value && `${counted(value.pageInfo.total, "room")} open now`}
        aside={
          <TextInput
            aria-label="Find a room"
            placeholder="Find a room"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={search}
            onChange={(e) => setSearch(e.currentTarget.value)}
          />
        }
      />
      <Loaded value={shown} error={error}>
        {(rooms) =>
          rooms.length === 0 ? (
            <Empty
              icon={IconBroadcast}
              title={wanted ? "No room of that name" : "No room is open"}
              text={
                wanted
                  ? "Only rooms that are open now are searched; the others are among the sessions."
                  : "As soon as somebody joins a room of this key, it appears here."
              }
            />
          ) : (
            <DataTable label="Live rooms" columns={COLUMNS} actions>
              {rooms.map((room) => (
                <Row key={room.sid} room={room} custom={names.get(room.roomId)} now={now} />
              ))}
            </DataTable>
          )
        }
      </Loaded>
      {value && <Pages page={page} last={value.pageInfo.lastPage} onChange={setPage} />}
    </>
  );
}
