import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import { type FormEvent, useState } from "react";
import { attempt } from "../parts/attempt";
import { t } from "../strings";
import { Composition, compositionOf, stepOf, useLook } from "./Composition";

const ADDRESS = /^rtmps?:\/\/\S+$/i;

/** Sends the meeting to a streaming service. The key is kept nowhere. */
export function LiveDialog({ onClose }: { onClose(): void }) {
  const { livestreamState, startLivestream, stopLivestream } = useMeeting();
  const [look, setLook] = useLook();
  const [url, setUrl] = useState("");
  const [streamKey, setStreamKey] = useState("");
  const [touched, setTouched] = useState(false);
  const [busy, setBusy] = useState(false);
  const step = stepOf(livestreamState);
  const good = ADDRESS.test(url.trim());

  const go = async (action: Promise<unknown> | unknown) => {
    setBusy(true);
    const done = await attempt(action);
    setBusy(false);
    if (done) onClose();
  };
  const start = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (good && streamKey)
      void go(startLivestream([{ url: url.trim(), streamKey }], compositionOf(look)));
  };
  if (step !== "idle")
    return (
      <Button
        fullWidth
        color="red.8"
        loading={busy || step !== "running"}
        onClick={() => go(stopLivestream())}
      >
        {t("liveStop")}
      </Button>
    );
  return (
    <form onSubmit={start}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t("liveText")}
        </Text>
        <TextInput
          label={t("liveUrl")}
          placeholder="rtmps://…"
          data-autofocus
          dir="ltr"
          value={url}
          error={touched && !good && t("liveUrlBad")}
          onChange={(e) => setUrl(e.currentTarget.value)}
        />
        <PasswordInput
          label={t("liveKey")}
          dir="ltr"
          autoComplete="off"
          value={streamKey}
          onChange={(e) => setStreamKey(e.currentTarget.value)}
        />
        <Composition look={look} onLook={setLook} />
        <Button type="submit" loading={busy} disabled={!url || !streamKey}>
          {t("liveStart")}
        </Button>
      </Stack>
    </form>
  );
}
