import { useEffect, useRef } from "react";

interface Props {
  track: MediaStreamTrack | undefined;
  /** As in a mirror, for one's own camera. */
  mirrored?: boolean;
  /** Shows all of the picture instead of filling the tile. */
  whole?: boolean;
}

/** Shows one video track, without sound. */
export function Video({ track, mirrored = false, whole = false }: Props) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video) return;
    video.srcObject = track ? new MediaStream([track]) : null;
    // Autoplay may be refused until the first gesture; muted video then starts by itself.
    video.play().catch(() => {});
    return () => {
      video.srcObject = null;
    };
  }, [track]);
  return (
    <video
      ref={element}
      className="video"
      data-mirrored={mirrored || undefined}
      data-whole={whole || undefined}
      autoPlay
      playsInline
      muted
    />
  );
}
