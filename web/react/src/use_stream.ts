import { failure, type Stream } from "@plenum/js-sdk";
import { useMemo } from "react";
import { type Actions, bind } from "./actions.js";
import { STREAM_SOURCES, type StreamCallbacks, useCallbacks } from "./callbacks.js";
import type { Changes } from "./changes.js";
import { useChanges } from "./context.js";
import { Snapshot, useSnapshot } from "./snapshot.js";

const METHODS = ["pause", "resume"] as const satisfies readonly (keyof Stream)[];

/** A stream as components see it. */
export interface StreamState {
  /** Undefined while there is no stream of this id; so are the others then. */
  stream: Stream | undefined;
  kind: Stream["kind"] | undefined;
  track: MediaStreamTrack | undefined;
  codec: string | undefined;
  /** Not received at present. */
  paused: boolean;
}

/** Stops and continues receiving; see `Stream`. Rejects with 3073 while there is no such stream. */
export type StreamActions = Actions<Stream, (typeof METHODS)[number]>;

/** A stream by id, of whomever. */
export function useStream(
  streamId: string,
  callbacks?: StreamCallbacks,
): StreamState & StreamActions {
  const changes = useChanges();
  const snapshot = useMemo(() => {
    const actions = bind(METHODS, () => present(changes, streamId), changes.touch);
    return new Snapshot(changes, "everybody", () => stateOf(changes, streamId), actions);
  }, [changes, streamId]);
  const state = useSnapshot(snapshot);
  useCallbacks(state.stream, STREAM_SOURCES, callbacks);
  return state;
}

function find({ meeting }: Changes, id: string): Stream | undefined {
  for (const { streams } of [meeting.localParticipant, ...meeting.participants.values()]) {
    const stream = streams.get(id);
    if (stream) return stream;
  }
  return undefined;
}

function present(changes: Changes, id: string): Stream {
  const stream = find(changes, id);
  if (!stream) throw failure("INVALID_PARAMETER", "There is no such stream");
  return stream;
}

function stateOf(changes: Changes, id: string): StreamState {
  const stream = find(changes, id);
  const { kind, track, codec, paused = false } = stream ?? {};
  return { stream, kind, track, codec, paused };
}
