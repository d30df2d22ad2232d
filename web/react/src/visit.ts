import { useCallback, useEffect, useSyncExternalStore } from "react";
import { useChanges } from "./context.js";

/** How often the meeting was joined while it is; 0 while it is not. */
export function useVisit(): number {
  const changes = useChanges();
  const visit = () => (changes.joined ? changes.visit : 0);
  const subscribe = useCallback(
    (listener: () => void) => changes.subscribe(listener, "meeting"),
    [changes],
  );
  return useSyncExternalStore(subscribe, visit, visit);
}

/**
 * Asks something of the server while the meeting is joined; what `begin` answers takes it back. Begins a
 * moment later, so that StrictMode, which takes effects back and does them again at once, makes one
 * request of it. Other keys are other requests.
 */
export function useRequest(begin: (visit: number) => () => void, key: string): void {
  const changes = useChanges();
  const visit = useVisit();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when it is another request
  useEffect(() => {
    if (visit === 0) return;
    let end: (() => void) | undefined;
    let giveUp: (() => void) | undefined;
    let over = false;
    queueMicrotask(() => {
      if (over) return;
      giveUp = changes.whenConnected(() => {
        end = begin(visit);
      });
    });
    return () => {
      over = true;
      giveUp?.();
      end?.();
    };
  }, [changes, visit, key]);
}
