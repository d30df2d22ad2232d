import { Modal } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { Failure } from "./Failure";

export interface Playing {
  title: string;
  url: string;
  /** "hls", or what kind of file it is. */
  type: string;
}

/** hls.js is fetched only where it is needed. Answers what stops it. */
async function playHls(video: HTMLVideoElement, url: string, failed: (why: string) => void) {
  const { default: Hls } = await import("hls.js/light");
  if (!Hls.isSupported()) {
    video.src = url;
    return () => {};
  }
  // Its worker would come from a blob: URL, which the page's policy forbids.
  const hls = new Hls({ enableWorker: false });
  hls.on(Hls.Events.ERROR, (_event, data) => {
    if (data.fatal) failed(`The stream cannot be played: ${data.details}`);
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return () => hls.destroy();
}

function Video({ playing }: { playing: Playing }) {
  const video = useRef<HTMLVideoElement>(null);
  const [fault, setFault] = useState<string>();
  const { url, type } = playing;
  useEffect(() => {
    if (type !== "hls" || !video.current) return;
    let gone = false;
    let stop = () => {};
    playHls(video.current, url, setFault).then(
      (stopper) => {
        stop = stopper;
        if (gone) stop();
      },
      () => setFault("The player could not be loaded"),
    );
    return () => {
      gone = true;
      stop();
    };
  }, [url, type]);
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: calls have no captions */}
      <video
        ref={video}
        src={type === "hls" ? undefined : url}
        controls
        autoPlay
        playsInline
        className="player"
        aria-label={playing.title}
        onError={() => setFault("This browser cannot play it, or the file is not there any more.")}
      />
      {fault && (
        <Failure error={{ status: 0, code: "PLAYBACK", message: fault }} title="Nothing to see" />
      )}
    </>
  );
}

export function Player({ playing, onClose }: { playing?: Playing; onClose: () => void }) {
  return (
    <Modal
      opened={playing !== undefined}
      onClose={onClose}
      title={playing?.title}
      size="xl"
      centered
      lockScroll={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {playing && <Video key={playing.url} playing={playing} />}
    </Modal>
  );
}
