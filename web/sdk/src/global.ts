import * as plenum from "./index.js";

// A page that loads this file by <script> finds the entry where it is used to.
Object.assign(globalThis, { Plenum: plenum, VideoSDK: plenum.VideoSDK });
