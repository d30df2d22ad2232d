import { ActionIcon, Button, NativeSelect, Text, TextInput, Title, Tooltip } from "@mantine/core";
import {
  IconCamera,
  IconMicrophone,
  IconMicrophoneOff,
  IconVideo,
  IconVideoOff,
  IconVolume,
} from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import type { Access } from "../entry/access";
import type { Parameters } from "../entry/parameters";
import { Shell } from "../parts/Shell";
import { Video } from "../parts/Video";
import { loadPreferences, savePreferences } from "../state/preferences";
import { t } from "../strings";
import type { Key } from "../strings/en";
import { ConnectionCheck } from "./ConnectionCheck";
import { LevelMeter } from "./LevelMeter";
import { type Capture, useCapture, useDevices } from "./use_capture";

/** How somebody enters. */
export interface Entrance {
  name: string;
  micOn: boolean;
  camOn: boolean;
  micId: string;
  camId: string;
  speakerId: string;
}

const FAILURES: Record<string, Key> = {
  denied: "mediaDenied",
  missing: "mediaMissing",
  busy: "mediaBusy",
  insecure: "mediaInsecure",
  other: "mediaFailed",
};

const streamOf = (capture: Capture) => (capture.state === "on" ? capture.stream : undefined);

interface Props {
  access: Access;
  parameters: Parameters;
  asks: boolean;
  onEnter(entrance: Entrance): void;
}

/** Where one sees oneself, chooses devices and says a name before joining. */
export function Lobby({ access, parameters, asks, onEnter }: Props) {
  const [remembered] = useState(loadPreferences);
  const [name, setName] = useState(parameters.name ?? remembered.name);
  const [missing, setMissing] = useState(false);
  const [micOn, setMicOn] = useState(parameters.micOn && remembered.micOn);
  const [camOn, setCamOn] = useState(parameters.camOn && remembered.camOn);
  const [micId, setMicId] = useState(remembered.micId);
  const [camId, setCamId] = useState(remembered.camId);
  const [speakerId, setSpeakerId] = useState(remembered.speakerId);
  const camera = useCapture("camera", camOn, camId);
  const microphone = useCapture("microphone", micOn, micId);
  const devices = useDevices(camera.capture.state + microphone.capture.state);

  const enter = (event: FormEvent) => {
    event.preventDefault();
    if (!name.trim()) {
      setMissing(true);
      return;
    }
    const entrance = {
      name: name.trim(),
      micOn: micOn && microphone.capture.state !== "failed",
      camOn: camOn && camera.capture.state !== "failed",
      micId,
      camId,
      speakerId,
    };
    savePreferences({ ...entrance, micOn, camOn });
    onEnter(entrance);
  };

  return (
    <Shell>
      <form className="lobby" onSubmit={enter} data-testid="lobby">
        <section className="preview" aria-label={t("camera")}>
          <Preview capture={camera.capture} />
          <Problem capture={camera.capture} device={t("camera")} again={camera.again} />
          <Problem capture={microphone.capture} device={t("microphone")} again={microphone.again} />
          <div className="preview-bar">
            <LevelMeter stream={streamOf(microphone.capture)} />
            <Toggle
              on={micOn}
              set={setMicOn}
              labels={["micOff", "micOn"]}
              icons={[IconMicrophone, IconMicrophoneOff]}
            />
            <Toggle
              on={camOn}
              set={setCamOn}
              labels={["camOff", "camOn"]}
              icons={[IconVideo, IconVideoOff]}
            />
          </div>
        </section>
        <section className="lobby-form">
          <div>
            <Title order={1} size="h2">
              {t("lobbyTitle")}
            </Title>
            <Text c="dimmed" size="sm" truncate dir="auto">
              {access.title}
            </Text>
          </div>
          <TextInput
            label={t("yourName")}
            value={name}
            maxLength={100}
            size="md"
            data-autofocus
            autoComplete="name"
            error={missing && !name.trim() ? t("nameMissing") : undefined}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <DeviceSelect
            icon={IconCamera}
            kind="videoinput"
            label="camera"
            value={camId}
            set={setCamId}
            devices={devices}
          />
          <DeviceSelect
            icon={IconMicrophone}
            kind="audioinput"
            label="microphone"
            value={micId}
            set={setMicId}
            devices={devices}
          />
          <DeviceSelect
            icon={IconVolume}
            kind="audiooutput"
            label="speaker"
            value={speakerId}
            set={setSpeakerId}
            devices={devices}
          />
          <Button type="submit" size="md" fullWidth>
            {t(asks ? "askToJoin" : "join")}
          </Button>
          <ConnectionCheck server={access.server} />
        </section>
      </form>
    </Shell>
  );
}

function Preview({ capture }: { capture: Capture }) {
  const stream = streamOf(capture);
  if (stream) return <Video track={stream.getVideoTracks()[0]} mirrored />;
  return (
    <p className="preview-off">
      {t(capture.state === "starting" ? "cameraStarting" : "cameraIsOff")}
    </p>
  );
}

function Problem({ capture, device, again }: { capture: Capture; device: string; again(): void }) {
  if (capture.state !== "failed") return null;
  return (
    <div className="preview-problem" role="alert">
      <Text size="sm">
        {t(FAILURES[capture.why] ?? "mediaFailed", { device: device.toLocaleLowerCase() })}
      </Text>
      {capture.why !== "insecure" && (
        <Button size="compact-sm" variant="white" color="dark" onClick={again}>
          {t("tryAgain")}
        </Button>
      )}
    </div>
  );
}

interface ToggleProps {
  on: boolean;
  set(on: boolean): void;
  labels: [Key, Key];
  icons: [typeof IconVideo, typeof IconVideo];
}

function Toggle({ on, set, labels, icons: [On, Off] }: ToggleProps) {
  const label = t(on ? labels[0] : labels[1]);
  return (
    <Tooltip label={label}>
      <ActionIcon
        className="round"
        data-off={!on || undefined}
        size={48}
        radius="xl"
        aria-label={label}
        onClick={() => set(!on)}
      >
        {on ? <On size={22} /> : <Off size={22} />}
      </ActionIcon>
    </Tooltip>
  );
}

interface DeviceSelectProps {
  kind: MediaDeviceKind;
  label: Key;
  icon: typeof IconVideo;
  value: string;
  set(id: string): void;
  devices: readonly MediaDeviceInfo[];
}

/** A choice of devices; nothing where the browser offers none of the kind. */
export function DeviceSelect({ kind, label, icon: Icon, value, set, devices }: DeviceSelectProps) {
  const known = devices.filter(
    (d) => d.kind === kind && d.deviceId && d.deviceId !== "default" && d.label,
  );
  if (known.length === 0) return null;
  const data = [
    { value: "", label: t("systemDefault") },
    ...known.map((d) => ({ value: d.deviceId, label: d.label })),
  ];
  return (
    <NativeSelect
      aria-label={t(label)}
      leftSection={<Icon size={18} aria-hidden />}
      data={data}
      value={data.some((d) => d.value === value) ? value : ""}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}
