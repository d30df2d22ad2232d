import { Button, Text } from "@mantine/core";
import type { EntryRequests } from "../state/use_entry_requests";
import { t } from "../strings";

/** Says to those who may let in that somebody waits. */
export function Admission({ requests: { waiting, respond } }: { requests: EntryRequests }) {
  const first = waiting[0];
  if (!first) return null;
  return (
    <div
      className="toast toast-top"
      role="alertdialog"
      aria-label={t("waitingCount")}
      data-testid="admission"
    >
      <Text size="sm" className="toast-text">
        {t("wantsToJoin", { name: first.name || t("somebody") })}
        {waiting.length > 1 && ` +${waiting.length - 1}`}
      </Text>
      <Button size="xs" onClick={() => respond(first.id, "allowed")}>
        {t("admit")}
      </Button>
      <Button size="xs" variant="default" onClick={() => respond(first.id, "denied")}>
        {t("deny")}
      </Button>
    </div>
  );
}
