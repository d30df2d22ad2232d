import type { Stream } from "@plenum/js-sdk";
import { useEffect } from "react";
import { attempt } from "../parts/attempt";

/** Changes of the page must not make the server stop and start at once. */
const SETTLED_MS = 300;

/** Stops receiving a stream while it is not seen. */
export function usePaused(stream: Stream | null | undefined, paused: boolean): void {
  useEffect(() => {
    if (!stream || !paused) return;
    let stopped = false;
    const timer = setTimeout(() => {
      stopped = true;
      void attempt(stream.pause(), true);
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      if (stopped) void attempt(stream.resume(), true);
    };
  }, [stream, paused]);
}
