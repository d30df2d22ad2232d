import { Badge, Text, UnstyledButton } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import {
  type Icon,
  IconBroadcast,
  IconPlayerRecordFilled,
  IconUsers,
  IconWorldShare,
} from "@tabler/icons-react";
import { t } from "../strings";
import { Network } from "./Network";

/** A word in red while an output runs. */
function Sign({
  id,
  icon: Shown,
  state,
}: {
  id: "recording" | "live" | "hlsOn";
  icon: Icon;
  state: string | null | undefined;
}) {
  if (!/_(STARTED|PLAYABLE)$/.test(state ?? "")) return null;
  return (
    <Badge color="red.8" radius="sm" leftSection={<Shown size={12} aria-hidden />} data-testid={id}>
      {t(id)}
    </Badge>
  );
}

/** Which meeting it is, what of it is recorded or sent out, and how good the connection is. */
export function TopBar({
  room,
  count,
  onPeople,
}: {
  room: string;
  count: number;
  onPeople(): void;
}) {
  const { recordingState, livestreamState, hlsState } = useMeeting();
  return (
    <header className="topbar">
      <Text fw={600} truncate dir="auto" className="topbar-room">
        {room}
      </Text>
      <div className="topbar-signs" role="status">
        <Sign id="recording" icon={IconPlayerRecordFilled} state={recordingState} />
        <Sign id="live" icon={IconBroadcast} state={livestreamState} />
        <Sign id="hlsOn" icon={IconWorldShare} state={hlsState} />
      </div>
      <Network />
      <UnstyledButton
        className="topbar-count"
        onClick={onPeople}
        data-testid="count"
        aria-label={count === 1 ? t("personCount") : t("peopleCount", { count })}
      >
        <IconUsers size={17} aria-hidden /> {count}
      </UnstyledButton>
    </header>
  );
}
