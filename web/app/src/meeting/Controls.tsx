import { ActionIcon, Indicator, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMeeting } from "@plenum/react-sdk";
import {
  IconHandStop,
  IconMessage,
  IconMicrophone,
  IconMicrophoneOff,
  IconScreenShare,
  IconScreenShareOff,
  IconUsers,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react";
import type { Arrangement } from "../layout/arrange";
import { type Action, SHORTCUTS } from "../state/shortcuts";
import type { Emoji } from "../state/use_reactions";
import { t } from "../strings";
import { LeaveMenu } from "./LeaveMenu";
import { MoreMenu } from "./MoreMenu";
import { ReactMenu } from "./ReactMenu";

export type Panel = "chat" | "people";
export type Dialog = "settings" | "shortcuts" | "record" | "live" | "hls" | "end";

export interface ControlsProps {
  act(action: Action): void;
  panel: Panel | undefined;
  unread: number;
  /** How many wait to be let in. */
  waiting: number;
  handUp: boolean;
  moderates: boolean;
  arrangement: Arrangement;
  onArrangement(arrangement: Arrangement): void;
  onReact(emoji: Emoji): void;
  onDialog(dialog: Dialog): void;
  onInvite?: () => void;
  isFullscreen: boolean;
}

const canShare = typeof navigator !== "undefined" && !!navigator.mediaDevices?.getDisplayMedia;

/** The bar below the stage. */
export function Controls(props: ControlsProps) {
  const { act, panel, unread, waiting, handUp } = props;
  const { localMicOn, localWebcamOn, localScreenShareOn } = useMeeting();
  const narrow = useMediaQuery("(max-width: 40em)", false, { getInitialValueInEffect: false });
  const icon = { size: 22 };
  return (
    <footer>
      <div className="controls" role="toolbar" aria-label={t("controls")}>
        <Control
          label={localMicOn ? t("micOff") : t("micOn")}
          action="toggleMic"
          act={act}
          off={!localMicOn}
        >
          {localMicOn ? <IconMicrophone {...icon} /> : <IconMicrophoneOff {...icon} />}
        </Control>
        <Control
          label={localWebcamOn ? t("camOff") : t("camOn")}
          action="toggleCamera"
          act={act}
          off={!localWebcamOn}
        >
          {localWebcamOn ? <IconVideo {...icon} /> : <IconVideoOff {...icon} />}
        </Control>
        {canShare && !narrow && (
          <Control
            label={localScreenShareOn ? t("shareStop") : t("shareStart")}
            action="toggleShare"
            act={act}
            active={localScreenShareOn}
          >
            {localScreenShareOn ? <IconScreenShareOff {...icon} /> : <IconScreenShare {...icon} />}
          </Control>
        )}
        <Control
          label={handUp ? t("handLower") : t("handRaise")}
          action="toggleHand"
          act={act}
          active={handUp}
        >
          <IconHandStop {...icon} />
        </Control>
        {!narrow && <ReactMenu onReact={props.onReact} />}
        {!narrow && (
          <Indicator color="red.8" label={waiting} size={18} disabled={waiting === 0} offset={5}>
            <Control
              label={t("people")}
              action="openPeople"
              act={act}
              active={panel === "people"}
              expanded={panel === "people"}
            >
              <IconUsers {...icon} />
            </Control>
          </Indicator>
        )}
        <Indicator
          color="red.8"
          label={unread > 9 ? "9+" : unread}
          size={18}
          disabled={unread === 0}
          offset={5}
        >
          <Control
            label={unread > 0 ? t("chatUnread", { count: unread }) : t("chat")}
            action="openChat"
            act={act}
            active={panel === "chat"}
            expanded={panel === "chat"}
          >
            <IconMessage {...icon} />
          </Control>
        </Indicator>
        <MoreMenu {...props} narrow={narrow} canShare={canShare} />
        <LeaveMenu moderates={props.moderates} onEnd={() => props.onDialog("end")} />
      </div>
    </footer>
  );
}

interface ControlProps {
  label: string;
  action: Action;
  act(action: Action): void;
  /** Turned off, such as a microphone. */
  off?: boolean;
  active?: boolean;
  expanded?: boolean;
  children: React.ReactNode;
}

function Control({ label, action, act, off, active, expanded, children }: ControlProps) {
  return (
    <Tooltip label={`${label} (${SHORTCUTS[action].toUpperCase()})`} openDelay={300}>
      <ActionIcon
        className="round"
        data-off={off || undefined}
        data-active={active || undefined}
        size={48}
        radius="xl"
        aria-label={label}
        aria-expanded={expanded}
        aria-keyshortcuts={SHORTCUTS[action]}
        onClick={() => act(action)}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
