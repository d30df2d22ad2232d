import { cleanup } from "@testing-library/react";
import { version } from "react";
import { afterEach, expect } from "vitest";

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
expect(version.split(".")[0]).toBe(process.env.REACT);

if (typeof HTMLMediaElement !== "undefined") {
  HTMLMediaElement.prototype.play = () => Promise.resolve();
  Object.assign(globalThis, {
    MediaStream: class {
      constructor(readonly tracks: MediaStreamTrack[] = []) {}
      getTracks() {
        return this.tracks;
      }
    },
  });
  afterEach(cleanup);
}
