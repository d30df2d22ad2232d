import type { Participant, Stream } from "@plenum/js-sdk";
import {
  type ComponentType,
  type CSSProperties,
  type ReactNode,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from "react";
import { useParticipant } from "./use_participant.js";

/** A tile that scrolls past does not stop and go. */
const HIDDEN_FOR_MS = 500;
const FILL: CSSProperties = { width: "100%", height: "100%" };

/**
 * Wraps a tile, a component with a `participantId`: while it is not on the screen its videos are not
 * received, and the camera is received in the size of the tile. Adds a `<div>` that fills its parent.
 */
export function withAdaptiveObservers<P extends { participantId: string }>(
  Tile: ComponentType<P>,
): ComponentType<P> {
  function AdaptiveTile(props: P): ReactNode {
    const box = useRef<HTMLDivElement>(null);
    const { webcamStream, screenShareStream, isLocal, participant } = useParticipant(
      props.participantId,
    );
    const seen = useSeen(box);
    const paused = !seen && !isLocal;
    usePaused(participant, webcamStream, paused);
    usePaused(participant, screenShareStream, paused);
    useViewPort(box, props.participantId);
    return (
      <div ref={box} style={FILL}>
        <Tile {...props} />
      </div>
    );
  }
  AdaptiveTile.displayName = `withAdaptiveObservers(${Tile.displayName ?? Tile.name})`;
  return AdaptiveTile;
}

function useSeen(box: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(true);
  useEffect(() => {
    const element = box.current;
    if (!element || typeof IntersectionObserver === "undefined") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new IntersectionObserver((entries) => {
      clearTimeout(timer);
      if (entries.at(-1)?.isIntersecting) setSeen(true);
      else timer = setTimeout(() => setSeen(false), HIDDEN_FOR_MS);
    });
    observer.observe(element);
    return () => {
      clearTimeout(timer);
      observer.disconnect();
    };
  }, [box]);
  return seen;
}

/** Pauses a stream, and lets it go on if it was paused here and is still there. */
function usePaused(owner: Participant | undefined, stream: Stream | null, paused: boolean): void {
  useEffect(() => {
    if (!stream || !paused || stream.paused) return;
    stream.pause().catch(() => undefined);
    return () => {
      if (owner?.streams.has(stream.id)) stream.resume().catch(() => undefined);
    };
  }, [owner, stream, paused]);
}

function useViewPort(box: RefObject<HTMLElement | null>, participantId: string): void {
  const { webcamStream, isLocal, setViewPort } = useParticipant(participantId);
  useEffect(() => {
    const element = box.current;
    if (!element || !webcamStream || isLocal || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect();
      if (width > 0 && height > 0) setViewPort(width, height).catch(() => undefined);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, webcamStream, isLocal, setViewPort]);
}
