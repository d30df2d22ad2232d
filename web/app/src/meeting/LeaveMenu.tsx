import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import { IconDoorExit, IconPhoneOff, IconUsersMinus } from "@tabler/icons-react";
import { attempt } from "../parts/attempt";
import { t } from "../strings";

/** Leaves; moderators may end the meeting instead. */
export function LeaveMenu({ moderates, onEnd }: { moderates: boolean; onEnd(): void }) {
  const { leave } = useMeeting();
  const go = () => attempt(leave());
  const button = (act?: () => void) => (
    <ActionIcon
      className="round leave"
      color="red.8"
      variant="filled"
      size={48}
      radius="xl"
      aria-label={t("leave")}
      onClick={act}
    >
      <IconPhoneOff size={22} />
    </ActionIcon>
  );
  if (!moderates)
    return (
      <Tooltip label={t("leaveMeeting")} openDelay={300}>
        {button(go)}
      </Tooltip>
    );
  return (
    <Menu withInitialFocusPlaceholder={false} position="top-end" shadow="md">
      <Menu.Target>{button()}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconDoorExit size={18} />} onClick={go}>
          {t("leaveMeeting")}
        </Menu.Item>
        <Menu.Item color="red" leftSection={<IconUsersMinus size={18} />} onClick={onEnd}>
          {t("endForAll")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
