import { SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import type { JobKind } from "../api/calls";
import { JobTable } from "../ui/JobTable";
import { Heading } from "../ui/parts";

const KINDS: { value: JobKind; label: string }[] = [
  { value: "recording", label: "Rooms" },
  { value: "participant", label: "Participants" },
  { value: "track", label: "Tracks" },
  { value: "composite", label: "Composites" },
  { value: "livestream", label: "Livestreams" },
  { value: "hls", label: "HLS" },
];

export function RecordingsPage() {
  const [kind, setKind] = useState<JobKind>("recording");
  const [room, setRoom] = useState("");
  const [roomId] = useDebouncedValue(room.trim(), 300);
  return (
    <>
      <Heading
        title="Recordings and streams"
        aside={
          <>
            <SegmentedControl
              className="kinds"
              aria-label="Kind"
              value={kind}
              onChange={(chosen) => setKind(chosen as JobKind)}
              data={KINDS}
            />
            <TextInput
              aria-label="Room"
              placeholder="Room, in full"
              leftSection={<IconSearch size={16} aria-hidden />}
              value={room}
              onChange={(e) => setRoom(e.currentTarget.value)}
            />
          </>
        }
      />
      <JobTable key={`${kind} ${roomId}`} kind={kind} roomId={roomId || undefined} />
    </>
  );
}
