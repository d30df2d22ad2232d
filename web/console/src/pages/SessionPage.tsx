import { Anchor, Table, Title, UnstyledButton } from "@mantine/core";
import { IconArrowLeft, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import {
  getParticipantStats,
  getSession,
  getSessionStats,
  listSessionParticipants,
} from "../api/calls";
import type { Session, SessionParticipant } from "../api/types";
import { between, duration, moment } from "../model/format";
import { routeHash } from "../model/route";
import { useClient } from "../ui/client_context";
import { type Column, DataTable } from "../ui/DataTable";
import { JobTable } from "../ui/JobTable";
import { Figures, Heading, Loaded, Pages, Tag } from "../ui/parts";
import { StatsCharts } from "../ui/StatsCharts";
import { useNow } from "../ui/use_now";
import { usePoll } from "../ui/use_poll";

const COLUMNS: Column[] = [
  { title: "Participant" },
  { title: "Joined" },
  { title: "Left" },
  { title: "Stayed", number: true },
  { title: "Stays", number: true, wide: true },
  { title: "Mode", wide: true },
];

const REFRESH_MS = 10_000;

function ParticipantStats({ session, who }: { session: string; who: string }) {
  const client = useClient();
  const { value, error } = usePoll(`stats ${session} ${who}`, REFRESH_MS, (signal) =>
    getParticipantStats(client, session, who, signal),
  );
  const device = [value?.deviceInfo?.deviceName, value?.deviceInfo?.deviceVersion];
  const sdk = [value?.sdkInfo?.sdkName, value?.sdkInfo?.sdkVersion];
  return (
    <Loaded value={value} error={error}>
      {({ stats }) => (
        <>
          <p className="sub">{[...device, ...sdk].filter(Boolean).join(" ")}</p>
          <StatsCharts samples={stats} />
        </>
      )}
    </Loaded>
  );
}

interface RowProps {
  session: Session;
  participant: SessionParticipant;
  now: number;
}

function ParticipantRow({ session, participant, now }: RowProps) {
  const [open, setOpen] = useState(false);
  const { participantId, name, mode, timelog } = participant;
  const stayed = timelog.reduce(
    (sum, { start, end }) => sum + (end ? Date.parse(end) : now) - Date.parse(start),
    0,
  );
  const left = timelog.some(({ end }) => end === null) ? null : (timelog.at(-1)?.end ?? null);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <>
      <Table.Tr>
        <Table.Th scope="row">
          <UnstyledButton
            className="disclosure"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <Chevron size={16} aria-hidden /> {name || participantId}
          </UnstyledButton>
          {name && name !== participantId && <div className="sub">{participantId}</div>}
        </Table.Th>
        <Table.Td className="nowrap">{moment(timelog[0]?.start ?? null, now)}</Table.Td>
        <Table.Td className="nowrap">
          {left ? moment(left, now) : <Tag tone="green">present</Tag>}
        </Table.Td>
        <Table.Td className="number">{duration(stayed)}</Table.Td>
        <Table.Td className="number narrow-hidden">{timelog.length}</Table.Td>
        <Table.Td className="narrow-hidden">{mode}</Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <ParticipantStats session={session.id} who={participantId} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

function Participants({ session, now }: { session: Session; now: number }) {
  const client = useClient();
  const [page, setPage] = useState(1);
  const { value, error } = usePoll(`people ${session.id} ${page}`, REFRESH_MS, (signal) =>
    listSessionParticipants(client, session.id, page, signal),
  );
  return (
    <Loaded value={value} error={error}>
      {({ data, pageInfo }) => (
        <>
          <Title order={2} size="h4" className="section">
            Participants ({pageInfo.total})
          </Title>
          <DataTable label="Participants" columns={COLUMNS} highlightOnHover={false}>
            {data.participants.map((p) => (
              <ParticipantRow key={p.participantId} session={session} participant={p} now={now} />
            ))}
          </DataTable>
          <Pages page={page} last={pageInfo.lastPage} onChange={setPage} />
        </>
      )}
    </Loaded>
  );
}

/** One session: how well it went, who was there, what was recorded. */
export function SessionPage({ id }: { id: string }) {
  const client = useClient();
  const now = useNow();
  const session = usePoll(`session ${id}`, REFRESH_MS, (signal) => getSession(client, id, signal));
  const stats = usePoll(`stats ${id}`, REFRESH_MS, (signal) => getSessionStats(client, id, signal));
  return (
    <>
      <Anchor href="#/sessions" size="sm" className="back">
        <IconArrowLeft size={16} aria-hidden /> Sessions
      </Anchor>
      <Loaded value={session.value} error={session.error}>
        {(shown) => (
          <>
            <Heading
              title={shown.customRoomId || shown.roomId}
              sub={`Session ${shown.id}`}
              aside={
                shown.status === "ongoing" && (
                  <Anchor href={routeHash({ page: "room", room: shown.roomId })}>
                    Watch it live
                  </Anchor>
                )
              }
            />
            <Figures
              items={[
                ["Began", moment(shown.start, now)],
                ["Ended", shown.end ? moment(shown.end, now) : "goes on"],
                ["Duration", between(shown.start, shown.end, now)],
              ]}
            />
            <Title order={2} size="h4" className="section">
              Quality
            </Title>
            <Loaded value={stats.value} error={stats.error}>
              {({ stats: samples }) => <StatsCharts samples={samples} />}
            </Loaded>
            <Participants session={shown} now={now} />
            <Title order={2} size="h4" className="section">
              Recordings
            </Title>
            <JobTable kind="recording" sessionId={shown.id} />
          </>
        )}
      </Loaded>
    </>
  );
}
