import { ActionIcon, Button, Menu, Text, TextInput, Tooltip } from "@mantine/core";
import { useParticipant } from "@plenum/react-sdk";
import {
  IconDotsVertical,
  IconHandStop,
  IconLink,
  IconMicrophone,
  IconMicrophoneOff,
  IconPin,
  IconSearch,
  IconUserMinus,
  IconVideo,
  IconVideoOff,
} from "@tabler/icons-react";
import { useState } from "react";
import type { Permissions } from "../entry/token";
import { attempt } from "../parts/attempt";
import { hueOf, initials } from "../parts/initials";
import type { EntryRequests } from "../state/use_entry_requests";
import type { Hands } from "../state/use_hands";
import { usePeople } from "../state/use_people";
import { t } from "../strings";
import { SidePanel } from "./SidePanel";

interface Props {
  hands: Hands;
  permissions: Permissions;
  requests: EntryRequests;
  onInvite?: () => void;
  onClose(): void;
}

/** Everybody, raised hands first; and who waits to be let in. */
export function People({ hands, permissions, requests, onInvite, onClose }: Props) {
  const { all: everybody, others } = usePeople();
  const [wanted, setWanted] = useState("");
  const shown = everybody
    .filter((p) =>
      (p.displayName ?? "").toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase()),
    )
    .sort((a, b) => rank(hands, a.id) - rank(hands, b.id));
  const muteAll = () => {
    for (const p of others) if (p.micOn) void attempt(p.disableMic());
  };
  return (
    <SidePanel title={t("people")} onClose={onClose}>
      <div className="people-tools">
        {everybody.length > 6 && (
          <TextInput
            aria-label={t("search")}
            placeholder={t("search")}
            leftSection={<IconSearch size={16} />}
            value={wanted}
            onChange={(e) => setWanted(e.currentTarget.value)}
          />
        )}
        {onInvite && (
          <Button variant="light" leftSection={<IconLink size={16} />} onClick={onInvite}>
            {t("invite")}
          </Button>
        )}
        {permissions.moderates && others.length > 0 && (
          <Button variant="default" leftSection={<IconMicrophoneOff size={16} />} onClick={muteAll}>
            {t("muteAll")}
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="people-list" aria-label={t("people")} tabIndex={0}>
        <WaitingList requests={requests} />
        <ul data-testid="people">
          {shown.map((p) => (
            <PersonRow key={p.id} id={p.id} hands={hands} moderates={permissions.moderates} />
          ))}
        </ul>
        {shown.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            {t("noMatch")}
          </Text>
        )}
      </section>
    </SidePanel>
  );
}

function rank({ raised }: Hands, id: string): number {
  const at = raised.indexOf(id);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function WaitingList({ requests: { waiting, respond } }: { requests: EntryRequests }) {
  if (waiting.length === 0) return null;
  const all = () => {
    for (const { id } of waiting) respond(id, "allowed");
  };
  return (
    <section className="waiting" aria-label={t("waitingCount")}>
      <header>
        <Text size="sm" fw={600}>
          {t("waitingCount")} ({waiting.length})
        </Text>
        {waiting.length > 1 && (
          <Button size="compact-sm" variant="subtle" onClick={all}>
            {t("admitAll")}
          </Button>
        )}
      </header>
      <ul>
        {waiting.map(({ id, name }) => (
          <li key={id}>
            <bdi className="person-name">{name || t("somebody")}</bdi>
            <Button size="compact-sm" onClick={() => respond(id, "allowed")}>
              {t("admit")}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => respond(id, "denied")}>
              {t("deny")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function PersonRow({ id, hands, moderates }: { id: string; hands: Hands; moderates: boolean }) {
  const person = useParticipant(id);
  const { displayName, isLocal, micOn, webcamOn, pinState } = person;
  const name = displayName || t("somebody");
  const handUp = hands.raised.includes(id);
  const icon = { size: 17 };
  return (
    <li className="person">
      <span
        className="person-face"
        style={{ "--hue": hueOf(name) } as React.CSSProperties}
        aria-hidden
      >
        {initials(name)}
      </span>
      <bdi className="person-name">{isLocal ? t("nameYou", { name }) : name}</bdi>
      {handUp && (
        <IconHandStop {...icon} className="person-hand" role="img" aria-label={t("handIsUp")} />
      )}
      {micOn ? (
        <IconMicrophone {...icon} className="dim" role="img" aria-label={t("microphone")} />
      ) : (
        <IconMicrophoneOff {...icon} className="off" role="img" aria-label={t("isMuted")} />
      )}
      {webcamOn ? (
        <IconVideo {...icon} className="dim" role="img" aria-label={t("camera")} />
      ) : (
        <IconVideoOff {...icon} className="off" role="img" aria-label={t("cameraIsOff")} />
      )}
      <Menu withInitialFocusPlaceholder={false} position="bottom-end" shadow="md">
        <Menu.Target>
          <Tooltip label={t("actionsFor", { name })} openDelay={300}>
            <ActionIcon variant="subtle" color="gray" aria-label={t("actionsFor", { name })}>
              <IconDotsVertical {...icon} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPin {...icon} />}
            onClick={() => attempt((pinState?.cam ? person.unpin : person.pin)("CAM"))}
          >
            {pinState?.cam ? t("unpin") : t("pin")}
          </Menu.Item>
          {handUp && (moderates || isLocal) && (
            <Menu.Item leftSection={<IconHandStop {...icon} />} onClick={() => hands.lower(id)}>
              {t("lowerHand")}
            </Menu.Item>
          )}
          {moderates && !isLocal && (
            <>
              {micOn ? (
                <Menu.Item
                  leftSection={<IconMicrophoneOff {...icon} />}
                  onClick={() => attempt(person.disableMic())}
                >
                  {t("mute")}
                </Menu.Item>
              ) : (
                <Menu.Item
                  leftSection={<IconMicrophone {...icon} />}
                  onClick={() => attempt(person.enableMic())}
                >
                  {t("askMic")}
                </Menu.Item>
              )}
              {webcamOn ? (
                <Menu.Item
                  leftSection={<IconVideoOff {...icon} />}
                  onClick={() => attempt(person.disableWebcam())}
                >
                  {t("stopCamera")}
                </Menu.Item>
              ) : (
                <Menu.Item
                  leftSection={<IconVideo {...icon} />}
                  onClick={() => attempt(person.enableWebcam())}
                >
                  {t("askCamera")}
                </Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<IconUserMinus {...icon} />}
                onClick={() => attempt(person.remove())}
              >
                {t("remove")}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
