import { SegmentedControl, Select, Stack, Tabs, Text, useMantineColorScheme } from "@mantine/core";
import type { Quality } from "@plenum/js-sdk";
import { useMeeting } from "@plenum/react-sdk";
import {
  IconCamera,
  IconDevices,
  IconMicrophone,
  IconPalette,
  IconVideo,
  IconVolume,
} from "@tabler/icons-react";
import { useState } from "react";
import type { Arrangement } from "../layout/arrange";
import { DeviceSelect } from "../lobby/Lobby";
import { useDevices } from "../lobby/use_capture";
import { attempt } from "../parts/attempt";
import { loadPreferences, savePreferences } from "../state/preferences";
import { t } from "../strings";

export interface SettingsProps {
  speakerId: string;
  onSpeaker(id: string): void;
  quality: "auto" | Quality;
  onQuality(quality: "auto" | Quality): void;
  arrangement: Arrangement;
  onArrangement(arrangement: Arrangement): void;
  /** The address chose the theme. */
  themeIsForced: boolean;
}

/** Devices, quality and appearance. */
export function Settings(props: SettingsProps) {
  return (
    <Tabs defaultValue="devices" keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="devices" leftSection={<IconDevices size={16} />}>
          {t("devices")}
        </Tabs.Tab>
        <Tabs.Tab value="video" leftSection={<IconVideo size={16} />}>
          {t("video")}
        </Tabs.Tab>
        <Tabs.Tab value="appearance" leftSection={<IconPalette size={16} />}>
          {t("appearance")}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="devices">
        <Devices {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="video">
        <VideoQuality {...props} />
      </Tabs.Panel>
      <Tabs.Panel value="appearance">
        <Appearance {...props} />
      </Tabs.Panel>
    </Tabs>
  );
}

function Devices({ speakerId, onSpeaker }: SettingsProps) {
  const { changeMic, changeWebcam } = useMeeting();
  const devices = useDevices("");
  const [{ micId, camId }, setIds] = useState(loadPreferences);
  const choose = async (
    change: { micId?: string; camId?: string },
    action: Promise<unknown> | unknown,
  ) => {
    if (!(await attempt(action))) return;
    savePreferences(change);
    setIds(loadPreferences());
  };
  const speaker = (id: string) => {
    savePreferences({ speakerId: id });
    onSpeaker(id);
  };
  return (
    <Stack>
      <DeviceSelect
        icon={IconMicrophone}
        kind="audioinput"
        label="microphone"
        devices={devices}
        value={micId}
        set={(id) => choose({ micId: id }, changeMic(id || "default"))}
      />
      <DeviceSelect
        icon={IconCamera}
        kind="videoinput"
        label="camera"
        devices={devices}
        value={camId}
        set={(id) => choose({ camId: id }, changeWebcam(id || "default"))}
      />
      <DeviceSelect
        icon={IconVolume}
        kind="audiooutput"
        label="speaker"
        devices={devices}
        value={speakerId}
        set={speaker}
      />
    </Stack>
  );
}

function VideoQuality({ quality, onQuality }: SettingsProps) {
  const { setWebcamQuality } = useMeeting();
  const [sent, setSent] = useState<Quality>("high");
  const steps = [
    { value: "low", label: t("qualityLow") },
    { value: "med", label: t("qualityMed") },
    { value: "high", label: t("qualityHigh") },
  ];
  return (
    <Stack>
      <Select
        label={t("sendQuality")}
        data={steps}
        value={sent}
        allowDeselect={false}
        onChange={async (next) => {
          if (next && (await attempt(setWebcamQuality(next as Quality)))) setSent(next as Quality);
        }}
      />
      <Select
        label={t("receiveQuality")}
        data={[{ value: "auto", label: t("qualityAuto") }, ...steps]}
        value={quality}
        allowDeselect={false}
        onChange={(next) => next && onQuality(next as SettingsProps["quality"])}
      />
    </Stack>
  );
}

function Appearance({ arrangement, onArrangement, themeIsForced }: SettingsProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap="xs">
      {!themeIsForced && (
        <>
          <Text size="sm" fw={500} id="theme-label">
            {t("theme")}
          </Text>
          <SegmentedControl
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={(scheme) => setColorScheme(scheme as "auto" | "light" | "dark")}
            data={[
              { value: "auto", label: t("themeAuto") },
              { value: "light", label: t("themeLight") },
              { value: "dark", label: t("themeDark") },
            ]}
          />
        </>
      )}
      <Select
        label={t("layout")}
        allowDeselect={false}
        value={arrangement}
        onChange={(next) => next && onArrangement(next as Arrangement)}
        data={[
          { value: "auto", label: t("layoutAuto") },
          { value: "grid", label: t("layoutGrid") },
          { value: "spotlight", label: t("layoutSpotlight") },
          { value: "sidebar", label: t("layoutSidebar") },
        ]}
      />
    </Stack>
  );
}
