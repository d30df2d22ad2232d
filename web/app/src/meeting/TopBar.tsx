import { Badge, Text, UnstyledButton } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import {
  IconBroadcast,
  IconPlayerRecordFilled,
  IconUsers,
  IconWorldShare,
} from "@tabler/icons-react";
import { t } from "../strings";
import { Network } from "./Network";

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
  const isLive = (state: string | null | undefined) =>
    !!state && /_(STARTED|PLAYABLE)$/.test(state);
  return (
    <header className="topbar">
      <Text fw={600} truncate dir="auto" className="topbar-room">
        {room}
      </Text>
      <div className="topbar-signs" role="status">
        {isLive(recordingState) && (
          <Badge
            color="red.8"
            radius="sm"
            leftSection={<IconPlayerRecordFilled size={11} aria-hidden />}
            data-testid="recording"
          >
            {t("recording")}
          </Badge>
        )}
        {isLive(livestreamState) && (
          <Badge
            color="red.8"
            radius="sm"
            leftSection={<IconBroadcast size={13} aria-hidden />}
            data-testid="live"
          >
            {t("live")}
          </Badge>
        )}
        {isLive(hlsState) && (
          <Badge
            color="red.8"
            radius="sm"
            leftSection={<IconWorldShare size={13} aria-hidden />}
            data-testid="hls"
          >
            {t("hlsOn")}
          </Badge>
        )}
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
