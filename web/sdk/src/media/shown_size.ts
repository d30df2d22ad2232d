/** How large a track is shown by any `<video>` of the page, device pixels; undefined when no one is in view. */
export function shownSize(track: MediaStreamTrack): { width: number; height: number } | undefined {
  if (document.visibilityState === "hidden" && !document.pictureInPictureElement) return undefined;
  let largest: { width: number; height: number } | undefined;
  for (const video of document.querySelectorAll("video")) {
    const source = video.srcObject;
    if (!(source instanceof MediaStream) || !source.getVideoTracks().includes(track)) continue;
    const size = sizeInView(video);
    if (size && (!largest || size.width > largest.width)) largest = size;
  }
  return largest;
}

function sizeInView(video: HTMLVideoElement): { width: number; height: number } | undefined {
  const { width, height, top, left, bottom, right } = video.getBoundingClientRect();
  const apart = document.pictureInPictureElement === video;
  const seen = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  if (!apart && (!seen || width < 1 || height < 1)) return undefined;
  const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
  return {
    width: Math.max(16, Math.round(width * ratio)),
    height: Math.max(16, Math.round(height * ratio)),
  };
}
