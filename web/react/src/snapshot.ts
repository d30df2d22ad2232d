import { useCallback, useMemo, useState, useSyncExternalStore } from "react";
import type { Changes, Concern } from "./changes.js";

/**
 * A view of the meeting that stays the same object, field by field, as long as it says the same: what
 * `read` answers, and methods, which never change.
 */
export class Snapshot<S extends object, A extends object> {
  #state: S | undefined;
  #value: (S & A) | undefined;

  constructor(
    readonly changes: Changes,
    readonly concern: Concern,
    private readonly read: () => S,
    private readonly actions: A,
  ) {}

  readonly get = (): S & A => {
    const fresh = this.read();
    const state = this.#state ? merged(this.#state, fresh) : fresh;
    if (!this.#value || state !== this.#state) this.#value = { ...state, ...this.actions };
    this.#state = state;
    return this.#value;
  };
}

/**
 * The snapshot's present fields. The component renders again when one of those that it has read
 * changes, and not when another does.
 */
export function useSnapshot<S extends object, A extends object>(snapshot: Snapshot<S, A>): S & A {
  type T = S & A;
  const [used] = useState(() => new Set<keyof T>());
  const select = useMemo(() => {
    let shown: T | undefined;
    return () => {
      const now = snapshot.get();
      const last = shown;
      if (!last || [...used].some((key) => !Object.is(last[key], now[key]))) shown = now;
      return shown as T;
    };
  }, [snapshot, used]);
  const subscribe = useCallback(
    (listener: () => void) => snapshot.changes.subscribe(listener, snapshot.concern),
    [snapshot],
  );
  useSyncExternalStore(subscribe, select, select);
  const now = snapshot.get();
  return useMemo(() => {
    const fields = {} as T;
    for (const key of Object.keys(now) as (keyof T)[])
      Object.defineProperty(fields, key, {
        enumerable: true,
        // What was not read while rendering is not followed yet: read later, it is looked up then.
        get: () => {
          if (used.has(key)) return now[key];
          used.add(key);
          return snapshot.get()[key];
        },
      });
    return fields;
  }, [now, snapshot, used]);
}

function merged<T extends object>(before: T, fresh: T): T {
  let same = true;
  for (const key of Object.keys(fresh) as (keyof T)[])
    if (isSame(before[key], fresh[key])) fresh[key] = before[key];
    else same = false;
  return same ? before : fresh;
}

/** The same value, or a map, list or plain object with the same in it. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  const entriesOfA = entriesOf(a);
  const entriesOfB = entriesOf(b);
  if (!entriesOfA || !entriesOfB || entriesOfA.length !== entriesOfB.length) return false;
  return entriesOfA.every(([key, value], i) => {
    const [otherKey, otherValue] = entriesOfB[i] as [unknown, unknown];
    return key === otherKey && isSame(value, otherValue);
  });
}

function entriesOf(value: unknown): [unknown, unknown][] | undefined {
  if (value instanceof Map) return [...value];
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getPrototypeOf(value) === Object.prototype ? Object.entries(value) : undefined;
}
