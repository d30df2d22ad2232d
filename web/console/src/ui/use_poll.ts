import { useCallback, useEffect, useRef, useState } from "react";
import type { ApiError, Result } from "../api/result";

interface Polled<T> {
  /** The newest answer; stays while later calls fail. */
  value?: T;
  /** Why the last call failed. */
  error?: ApiError;
  /** Asks again at once. */
  refresh: () => void;
}

/**
 * Calls `load` now, after each `everyMs` (null: only once), and when `key` changes, which also
 * forgets what was known. Rests while the tab is hidden.
 */
export function usePoll<T>(
  key: string,
  everyMs: number | null,
  load: (signal: AbortSignal) => Promise<Result<T>>,
): Polled<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: ApiError }>({ key });
  const [turn, setTurn] = useState(0);
  const newest = useRef(load);
  useEffect(() => {
    newest.current = load;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again
  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      const result = await newest.current(ended.signal);
      if (ended.signal.aborted) return;
      setState((before) =>
        result.ok
          ? { key, value: result.value }
          : { key, value: before.key === key ? before.value : undefined, error: result.error },
      );
      if (everyMs !== null) timer = setTimeout(next, everyMs);
    };
    const next = () => {
      if (!document.hidden) return void ask();
      document.addEventListener("visibilitychange", next, { once: true, signal: ended.signal });
    };
    next();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [key, everyMs, turn]);

  const refresh = useCallback(() => setTurn((t) => t + 1), []);
  return state.key === key ? { ...state, refresh } : { refresh };
}
