/** The light build has no declarations of its own; it is the whole one without captions, DRM and alternate audio. */
declare module "hls.js/light" {
  export { default } from "hls.js";
}
