import { notifications } from "@mantine/notifications";
import { t } from "../strings";

/** A short message that goes by itself. */
export function notify(message: string, isError = false): void {
  notifications.show({ message, color: isError ? "red" : "brand", withBorder: true });
}

const CANCELLED = new Set(["NotAllowedError", "AbortError"]);

/** Waits for an action of the meeting; says so when it fails, unless the user called it off. */
export async function attempt(action: Promise<unknown> | unknown, quiet = false): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    const failed = error instanceof Error ? error : new Error(String(error));
    if (!quiet && !CANCELLED.has(failed.name))
      notify(`${t("actionFailed")}: ${failed.message}`, true);
    return false;
  }
}
