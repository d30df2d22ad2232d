import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import {
  IconBroadcast,
  IconDots,
  IconKeyboard,
  IconLink,
  IconMaximize,
  IconMinimize,
  IconPlayerRecord,
  IconScreenShare,
  IconSettings,
  IconUsers,
  IconWorldShare,
} from "@tabler/icons-react";
import { useState } from "react";
import type { Arrangement } from "../layout/arrange";
import { EMOJIS } from "../state/use_reactions";
import { t } from "../strings";
import type { Key } from "../strings/en";
import type { ControlsProps } from "./Controls";
import { EmojiButton } from "./ReactMenu";

const LAYOUTS: readonly [Arrangement, Key][] = [
  ["auto", "layoutAuto"],
  ["grid", "layoutGrid"],
  ["spotlight", "layoutSpotlight"],
  ["sidebar", "layoutSidebar"],
];

type Props = ControlsProps & { narrow: boolean; canShare: boolean };

/** What is needed less often, and on narrow screens what has no room in the bar. */
export function MoreMenu({
  act,
  onDialog,
  onInvite,
  onReact,
  narrow,
  canShare,
  arrangement,
  onArrangement,
  isFullscreen,
  waiting,
}: Props) {
  const { recordingState, livestreamState, localScreenShareOn } = useMeeting();
  const [open, setOpen] = useState(false);
  const runs = (state: string | null | undefined) => !!state && !state.endsWith("_STOPPED");
  const icon = { size: 18 };
  return (
    <Menu
      withInitialFocusPlaceholder={false}
      position="top-end"
      shadow="md"
      width={250}
      opened={open}
      onChange={setOpen}
    >
      <Menu.Target>
        <Tooltip label={t("more")} openDelay={300} disabled={open}>
          <ActionIcon className="round" size={48} radius="xl" aria-label={t("more")}>
            <IconDots size={22} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown className="more">
        {narrow && (
          <>
            <div className="emojis">
              {EMOJIS.map((e) => (
                <EmojiButton
                  key={e}
                  emoji={e}
                  onReact={(x) => {
                    onReact(x);
                    setOpen(false);
                  }}
                />
              ))}
            </div>
            <Menu.Item
              leftSection={<IconUsers {...icon} />}
              rightSection={waiting > 0 ? waiting : undefined}
              onClick={() => act("openPeople")}
            >
              {t("people")}
            </Menu.Item>
            {canShare && (
              <Menu.Item
                leftSection={<IconScreenShare {...icon} />}
                onClick={() => act("toggleShare")}
              >
                {localScreenShareOn ? t("shareStop") : t("shareStart")}
              </Menu.Item>
            )}
          </>
        )}
        <Menu.Item leftSection={<IconPlayerRecord {...icon} />} onClick={() => onDialog("record")}>
          {runs(recordingState) ? t("recordStop") : t("recordStart")}
        </Menu.Item>
        <Menu.Item leftSection={<IconBroadcast {...icon} />} onClick={() => onDialog("live")}>
          {runs(livestreamState) ? t("liveStop") : t("liveStart")}
        </Menu.Item>
        <Menu.Item leftSection={<IconWorldShare {...icon} />} onClick={() => onDialog("hls")}>
          {t("hlsTitle")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("layout")}</Menu.Label>
        {/* biome-ignore lint/a11y/useSemanticElements: a menu holds groups, no field sets */}
        <div className="layouts" role="group" aria-label={t("layout")}>
          {LAYOUTS.map(([value, label]) => (
            <Menu.Item
              key={value}
              className="layout"
              aria-current={arrangement === value || undefined}
              onClick={() => onArrangement(value)}
            >
              {t(label)}
            </Menu.Item>
          ))}
        </div>
        <Menu.Divider />
        {onInvite && (
          <Menu.Item leftSection={<IconLink {...icon} />} onClick={onInvite}>
            {t("invite")}
          </Menu.Item>
        )}
        {document.fullscreenEnabled && (
          <Menu.Item
            leftSection={isFullscreen ? <IconMinimize {...icon} /> : <IconMaximize {...icon} />}
            onClick={() => act("fullscreen")}
          >
            {isFullscreen ? t("fullscreenLeave") : t("fullscreen")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconSettings {...icon} />} onClick={() => onDialog("settings")}>
          {t("settings")}
        </Menu.Item>
        {!narrow && (
          <Menu.Item leftSection={<IconKeyboard {...icon} />} onClick={() => onDialog("shortcuts")}>
            {t("shortcuts")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
