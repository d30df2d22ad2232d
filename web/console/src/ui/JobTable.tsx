import { ActionIcon, Group, Table, Tooltip } from "@mantine/core";
import {
  IconDownload,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
  IconVideo,
} from "@tabler/icons-react";
import { useState } from "react";
import { deleteJob, endJob, type JobKind, listJobs } from "../api/calls";
import type { Job, MediaFile } from "../api/types";
import { between, bytes, duration, moment } from "../model/format";
import { fileName, filesOf, hasEnded, hlsUrl, isRunning, type Tone, toneOf } from "../model/jobs";
import { Confirm } from "./Confirm";
import { useClient } from "./client_context";
import { type Column, DataTable } from "./DataTable";
import { Player, type Playing } from "./Player";
import { Empty, Loaded, Pages, Tag, type TagTone } from "./parts";
import { useAction } from "./use_action";
import { useNow } from "./use_now";
import { usePoll } from "./use_poll";

const COLUMNS: Column[] = [
  { title: "Room" },
  { title: "Began" },
  { title: "Duration", number: true, wide: true },
  { title: "Size", number: true, wide: true },
  { title: "Status" },
];

const REFRESH_MS = 4000;
const TONES: Record<Tone, TagTone> = { running: "red", good: "green", bad: "red", quiet: "amber" };

interface RowProps {
  kind: JobKind;
  job: Job;
  now: number;
  onPlay: (what: Playing) => void;
  onEnd: () => void;
  onDelete: () => void;
}

/** Who or where to, besides the room. */
function about(job: Job): string {
  const outputs = job.outputs?.map(({ url }) => url) ?? [];
  return [job.participantId, job.kind, ...outputs].filter(Boolean).join(" · ");
}

function FileButtons({
  file,
  label,
  onPlay,
}: {
  file: MediaFile;
  label: string;
  onPlay: () => void;
}) {
  return (
    <>
      <Tooltip label="Play">
        <ActionIcon variant="subtle" aria-label={`Play ${label}`} onClick={onPlay}>
          <IconPlayerPlay size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`Download, ${bytes(file.size)}`}>
        <ActionIcon
          component="a"
          variant="subtle"
          aria-label={`Download ${label}`}
          href={file.fileUrl}
          download={fileName(file)}
        >
          <IconDownload size={18} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

function Row({ kind, job, now, onPlay, onEnd, onDelete }: RowProps) {
  const files = filesOf(job);
  const size = files.reduce((sum, f) => sum + f.size, 0);
  const seconds = files.reduce((sum, f) => sum + (f.meta?.duration ?? 0), 0);
  const hls = hlsUrl(job);
  return (
    <Table.Tr data-job={job.id}>
      <Table.Th scope="row">
        {job.roomId}
        <div className={about(job) ? "sub" : "sub narrow-hidden"}>{about(job) || job.id}</div>
      </Table.Th>
      <Table.Td className="nowrap">{moment(job.start, now)}</Table.Td>
      <Table.Td className="number narrow-hidden">
        {seconds > 0 ? duration(seconds * 1000) : between(job.start, job.end, now)}
      </Table.Td>
      <Table.Td className="number narrow-hidden">{size > 0 && bytes(size)}</Table.Td>
      <Table.Td>
        <Tag tone={TONES[toneOf(job)]}>{job.status}</Tag>
        {job.error && <div className="sub">{job.error}</div>}
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" className="buttons">
          {files.map((file, i) => {
            const label = files.length > 1 ? `part ${i + 1} of ${job.roomId}` : job.roomId;
            const playing = { title: fileName(file), url: file.fileUrl, type: file.type };
            return (
              <FileButtons key={file.id} file={file} label={label} onPlay={() => onPlay(playing)} />
            );
          })}
          {hls && (
            <Tooltip label="Watch">
              <ActionIcon
                variant="subtle"
                aria-label={`Watch ${job.roomId}`}
                onClick={() => onPlay({ title: job.roomId, url: hls, type: "hls" })}
              >
                <IconPlayerPlay size={18} />
              </ActionIcon>
            </Tooltip>
          )}
          {isRunning(job) && (
            <Tooltip label="End">
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={`End ${job.roomId}`}
                onClick={onEnd}
              >
                <IconPlayerStop size={18} />
              </ActionIcon>
            </Tooltip>
          )}
          {hasEnded(job) && kind !== "livestream" && (
            <Tooltip label="Delete">
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={`Delete ${job.roomId}`}
                onClick={onDelete}
              >
                <IconTrash size={18} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

interface Props {
  kind: JobKind;
  roomId?: string;
  sessionId?: string;
}

/** Recordings or streams of one kind, with what can be done to each. */
export function JobTable({ kind, roomId, sessionId }: Props) {
  const client = useClient();
  const now = useNow();
  const [page, setPage] = useState(1);
  const [playing, setPlaying] = useState<Playing>();
  const [asked, setAsked] = useState<{ verb: "End" | "Delete"; job: Job }>();
  const filter = { page, roomId, sessionId };
  const { value, error, refresh } = usePoll(
    `${kind} ${JSON.stringify(filter)}`,
    REFRESH_MS,
    (signal) => listJobs(client, kind, filter, signal),
  );
  const { busy, run } = useAction(refresh);
  const confirm = async () => {
    if (asked?.verb === "End")
      await run("It is being ended", () => endJob(client, kind, asked.job));
    if (asked?.verb === "Delete")
      await run("It has been deleted", () => deleteJob(client, kind, asked.job.id));
    setAsked(undefined);
  };
  return (
    <>
      <Loaded value={value} error={error}>
        {({ data, pageInfo }) =>
          data.length === 0 ? (
            <Empty
              icon={IconVideo}
              title="Nothing here"
              text="What your app server starts by REST appears here, with its files once it has ended."
            />
          ) : (
            <>
              <DataTable label="Recordings and streams" columns={COLUMNS} actions>
                {data.map((job) => (
                  <Row
                    key={job.id}
                    kind={kind}
                    job={job}
                    now={now}
                    onPlay={setPlaying}
                    onEnd={() => setAsked({ verb: "End", job })}
                    onDelete={() => setAsked({ verb: "Delete", job })}
                  />
                ))}
              </DataTable>
              <Pages page={page} last={pageInfo.lastPage} onChange={setPage} />
            </>
          )
        }
      </Loaded>
      <Player playing={playing} onClose={() => setPlaying(undefined)} />
      <Confirm
        opened={asked !== undefined}
        title={`${asked?.verb ?? ""} this?`}
        text={
          asked?.verb === "Delete"
            ? "It goes with its files, for good."
            : "What has been recorded until now is kept."
        }
        verb={asked?.verb ?? ""}
        busy={busy}
        onConfirm={confirm}
        onClose={() => setAsked(undefined)}
      />
    </>
  );
}
