import { notifications } from "@mantine/notifications";
import { useState } from "react";
import type { Result } from "../api/result";

/** Runs one call after another, tells how it went, and then what to do next. */
export function useAction(after: () => void) {
  const [busy, setBusy] = useState(false);
  const run = async (done: string, call: () => Promise<Result<unknown>>) => {
    setBusy(true);
    const result = await call();
    setBusy(false);
    notifications.show({
      ...(result.ok
        ? { message: done, color: "teal" }
        : { title: "That did not work", message: result.error.message, color: "red" }),
      closeButtonProps: { "aria-label": "Close the message" },
    });
    after();
    return result.ok;
  };
  return { busy, run };
}
