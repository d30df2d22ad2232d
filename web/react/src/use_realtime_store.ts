import { useCallback } from "react";
import { useChanges } from "./context.js";
import { useLatest } from "./latest.js";
import { useRequest } from "./visit.js";

/** What `useRealtimeStore` calls. */
export interface RealtimeStoreCallbacks {
  /** The key was set or, with null, deleted; `updatedBy` is the id of who did it. */
  onValueChanged?(change: { value: string | null; updatedBy: string }): void;
}

/** A key of the shared store. */
export interface RealtimeStoreKey {
  /** Sets, or deletes with null; 1 KiB at most. Errors: 3035, 3072, 3073, 4045. */
  setValue(value: string | null): Promise<void>;
  /** The value; null when there is none. Errors: 3035, 4046. */
  getValue(): Promise<string | null>;
}

/** A key that all in the meeting share. It is watched while the meeting is joined, if a callback is given. */
export function useRealtimeStore(
  key: string,
  callbacks: RealtimeStoreCallbacks = {},
): RealtimeStoreKey {
  const changes = useChanges();
  const { realtimeStore } = changes.meeting;
  const latest = useLatest(callbacks);
  const watched = callbacks.onValueChanged !== undefined;

  const begin = (visit: number): (() => void) => {
    if (!watched) return () => undefined;
    let over = false;
    const observing = realtimeStore.observe(key, (value, updatedBy) => {
      if (!over) latest.current.onValueChanged?.({ value, updatedBy });
    });
    observing.catch(() => undefined);
    return () => {
      over = true;
      observing
        .then((id) => (changes.during(visit) ? realtimeStore.stopObserving(id) : undefined))
        .catch(() => undefined);
    };
  };
  useRequest(begin, JSON.stringify([key, watched]));

  const setValue = useCallback<RealtimeStoreKey["setValue"]>(
    (value) => realtimeStore.setValue(key, value),
    [realtimeStore, key],
  );
  const getValue = useCallback<RealtimeStoreKey["getValue"]>(
    () => realtimeStore.getValue(key),
    [realtimeStore, key],
  );
  return { setValue, getValue };
}
