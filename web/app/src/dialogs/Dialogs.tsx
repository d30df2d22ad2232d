import "./mantine";
import { Button, Group, Kbd, Modal, Table, Text } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import type { Dialog } from "../meeting/Controls";
import { attempt } from "../parts/attempt";
import { type Action, SHORTCUTS } from "../state/shortcuts";
import { t } from "../strings";
import type { Key } from "../strings/en";
import { HlsDialog } from "./HlsDialog";
import { LiveDialog } from "./LiveDialog";
import { RecordDialog } from "./RecordDialog";
import { Settings, type SettingsProps } from "./Settings";

const TITLES: Readonly<Record<Dialog, Key>> = {
  settings: "settings",
  shortcuts: "shortcuts",
  record: "recordTitle",
  live: "liveTitle",
  hls: "hlsTitle",
  end: "endSure",
};

/** The dialogs of a meeting, one at a time. */
export function Dialogs({
  dialog,
  onClose,
  ...settings
}: { dialog: Dialog; onClose(): void } & SettingsProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(TITLES[dialog])}
      centered
      closeButtonProps={{ "aria-label": t("close") }}
      size={dialog === "settings" ? "lg" : "md"}
    >
      {dialog === "settings" && <Settings {...settings} />}
      {dialog === "shortcuts" && <Shortcuts />}
      {dialog === "record" && <RecordDialog onClose={onClose} />}
      {dialog === "live" && <LiveDialog onClose={onClose} />}
      {dialog === "hls" && <HlsDialog />}
      {dialog === "end" && <EndDialog onClose={onClose} />}
    </Modal>
  );
}

function EndDialog({ onClose }: { onClose(): void }) {
  const { end } = useMeeting();
  return (
    <>
      <Text size="sm">{t("endText")}</Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button color="red.8" data-autofocus onClick={() => attempt(end())}>
          {t("endForAll")}
        </Button>
      </Group>
    </>
  );
}

const KEYS: Readonly<Record<Action, Key>> = {
  toggleMic: "keyMic",
  toggleCamera: "keyCamera",
  toggleShare: "keyShare",
  toggleHand: "keyHand",
  openChat: "keyChat",
  openPeople: "keyPeople",
  nextLayout: "keyLayout",
  fullscreen: "keyFullscreen",
  openSettings: "keySettings",
  openHelp: "keyHelp",
};

function Shortcuts() {
  return (
    <Table withRowBorders={false} verticalSpacing={6}>
      <Table.Tbody>
        {(Object.keys(KEYS) as Action[]).map((action) => (
          <Table.Tr key={action}>
            <Table.Td>{t(KEYS[action])}</Table.Td>
            <Table.Td ta="end">
              <Kbd>{SHORTCUTS[action].toUpperCase()}</Kbd>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
