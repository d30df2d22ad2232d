import { Anchor, SegmentedControl, Table, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconHistory, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { listSessions } from "../api/calls";
import type { Session } from "../api/types";
import { between, moment } from "../model/format";
import { routeHash } from "../model/route";
import { useClient } from "../ui/client_context";
import { type Column, DataTable } from "../ui/DataTable";
import { Empty, Heading, Loaded, Pages, Tag } from "../ui/parts";
import { useNow } from "../ui/use_now";
import { usePoll } from "../ui/use_poll";

const COLUMNS: Column[] = [
  { title: "Room" },
  { title: "Began" },
  { title: "Duration", number: true },
  { title: "Participants", number: true },
  { title: "Status" },
];

const REFRESH_MS = 5000;
/** As many as the server lists within a session. */
const MOST_LISTED = 100;

type Status = "all" | "ongoing" | "ended";

function Row({ session, now }: { session: Session; now: number }) {
  const { id, roomId, customRoomId, start, end, status, participants } = session;
  const more = participants.length >= MOST_LISTED ? "+" : "";
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Anchor href={routeHash({ page: "session", id })} fw={600}>
          {customRoomId || roomId}
        </Anchor>
        <div className="sub narrow-hidden">{customRoomId ? `${roomId} · ${id}` : id}</div>
      </Table.Th>
      <Table.Td className="nowrap">{moment(start, now)}</Table.Td>
      <Table.Td className="number">{between(start, end, now)}</Table.Td>
      <Table.Td className="number">{`${participants.length}${more}`}</Table.Td>
      <Table.Td>
        <Tag tone={status === "ongoing" ? "green" : "plain"}>{status}</Tag>
      </Table.Td>
    </Table.Tr>
  );
}

export function SessionsPage() {
  const client = useClient();
  const now = useNow();
  const [page, setPage] = useState(1);
  const [status, setStatus] = useState<Status>("all");
  const [room, setRoom] = useState("");
  const [roomId] = useDebouncedValue(room.trim(), 300);
  const filter = { page, roomId, status: status === "all" ? undefined : status };
  const { value, error } = usePoll(JSON.stringify(filter), REFRESH_MS, (signal) =>
    listSessions(client, filter, signal),
  );
  return (
    <>
      <Heading
        title="Sessions"
        sub={value && `${value.pageInfo.total} in all, the newest first`}
        aside={
          <>
            <SegmentedControl
              aria-label="Which sessions"
              value={status}
              onChange={(chosen) => {
                setStatus(chosen as Status);
                setPage(1);
              }}
              data={[
                { value: "all", label: "All" },
                { value: "ongoing", label: "Ongoing" },
                { value: "ended", label: "Ended" },
              ]}
            />
            <TextInput
              aria-label="Room"
              placeholder="Room, in full"
              leftSection={<IconSearch size={16} aria-hidden />}
              value={room}
              onChange={(e) => {
                setRoom(e.currentTarget.value);
                setPage(1);
              }}
            />
          </>
        }
      />
      <Loaded value={value} error={error}>
        {({ data, pageInfo }) =>
          data.length === 0 ? (
            <Empty
              icon={IconHistory}
              title="No sessions"
              text={
                roomId || status !== "all"
                  ? "None matches. A room is found by its whole name or id."
                  : "Every call leaves a session here, with who was in it and how well it went."
              }
            />
          ) : (
            <>
              <DataTable label="Sessions" columns={COLUMNS}>
                {data.map((session) => (
                  <Row key={session.id} session={session} now={now} />
                ))}
              </DataTable>
              <Pages page={page} last={pageInfo.lastPage} onChange={setPage} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
