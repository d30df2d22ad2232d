import { Button, Text } from "@mantine/core";
import type { MediaRequest } from "@plenum/js-sdk";
import { useMeeting } from "@plenum/react-sdk";
import { useState } from "react";
import { attempt } from "../parts/attempt";
import { t } from "../strings";

interface Asked {
  kind: "mic" | "webcam";
  request: MediaRequest;
}

/** A moderator asks to turn something on; only its owner can. */
export function Requests() {
  const [asked, setAsked] = useState<Asked>();
  const { participants } = useMeeting({
    onMicRequested: (request) => setAsked({ kind: "mic", request }),
    onWebcamRequested: (request) => setAsked({ kind: "webcam", request }),
  });
  if (!asked) return null;
  const { kind, request } = asked;
  const name = participants.get(request.participantId)?.displayName || t("somebody");
  return (
    <div className="toast" role="alertdialog" aria-label={t("people")} data-testid="media-request">
      <Text size="sm">{t(kind === "mic" ? "micRequested" : "camRequested", { name })}</Text>
      <Button
        size="xs"
        onClick={() => {
          setAsked(undefined);
          void attempt(request.accept());
        }}
      >
        {t("accept")}
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          setAsked(undefined);
          request.reject();
        }}
      >
        {t("decline")}
      </Button>
    </div>
  );
}
