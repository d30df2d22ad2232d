import { Button, CopyButton, Group, Loader, Stack, Text, TextInput } from "@mantine/core";
import { useMeeting } from "@plenum/react-sdk";
import { useState } from "react";
import { attempt } from "../parts/attempt";
import { t } from "../strings";
import { Composition, compositionOf, stepOf, useLook } from "./Composition";

/** Makes the meeting watchable in browsers, and says where. */
export function HlsDialog() {
  const { hlsState, hlsUrls, startHls, stopHls } = useMeeting();
  const [look, setLook] = useLook();
  const [busy, setBusy] = useState(false);
  const step = stepOf(hlsState);
  const url = hlsUrls?.playbackHlsUrl ?? hlsUrls?.downstreamUrl;
  const go = async (action: Promise<unknown> | unknown) => {
    setBusy(true);
    await attempt(action);
    setBusy(false);
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t("hlsText")}
      </Text>
      {step === "idle" && (
        <>
          <Composition look={look} onLook={setLook} />
          <Button loading={busy} onClick={() => go(startHls(compositionOf(look)))}>
            {t("hlsStart")}
          </Button>
        </>
      )}
      {step !== "idle" && (
        <>
          {hlsState === "HLS_PLAYABLE" && url ? (
            <Group align="end" wrap="nowrap">
              <TextInput
                flex={1}
                label={t("hlsLink")}
                readOnly
                dir="ltr"
                value={url}
                data-testid="hls-url"
              />
              <CopyButton value={url}>
                {({ copy }) => (
                  <Button variant="light" onClick={copy}>
                    {t("copy")}
                  </Button>
                )}
              </CopyButton>
            </Group>
          ) : (
            <Group gap="xs" role="status">
              <Loader size="xs" /> <Text size="sm">{t("hlsPreparing")}</Text>
            </Group>
          )}
          <Button color="red.8" loading={busy || step === "stopping"} onClick={() => go(stopHls())}>
            {t("hlsStop")}
          </Button>
        </>
      )}
    </Stack>
  );
}
