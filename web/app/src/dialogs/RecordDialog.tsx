import { Button, Stack, Text } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import { useState } from "react";
import { attempt } from "../parts/attempt";
import { t } from "../strings";
import { Composition, compositionOf, stepOf, useLook } from "./Composition";

/** Starts and stops the recording. */
export function RecordDialog({ onClose }: { onClose(): void }) {
  const { recordingState, startRecording, stopRecording } = useMeeting();
  const [look, setLook] = useLook();
  const [busy, setBusy] = useState(false);
  const step = stepOf(recordingState);
  const go = async (action: Promise<unknown> | unknown) => {
    setBusy(true);
    const done = await attempt(action);
    setBusy(false);
    if (done) onClose();
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("recordText")}
      </Text>
      {step === "idle" && <Composition look={look} onLook={setLook} sound />}
      {step === "idle" ? (
        <Button loading={busy} onClick={() => go(startRecording(null, null, compositionOf(look)))}>
          {t("recordStart")}
        </Button>
      ) : (
        <Button
          color="red.8"
          loading={busy || step !== "running"}
          onClick={() => go(stopRecording())}
        >
          {t("recordStop")}
        </Button>
      )}
    </Stack>
  );
}
