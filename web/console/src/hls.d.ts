/** The build without subtitles, alternative audio and DRM; its types are those of the whole. */
declare module "hls.js/light" {
  export { default } from "hls.js";
}
