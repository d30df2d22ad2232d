import { LogLevel as LiveKitLevel, setLogLevel as setLiveKitLevel } from "livekit-client";
import type { LogLevel } from "../core/constants.js";
import { failure } from "../core/error.js";

const order = ["error", "warn", "info", "debug"] as const;
const shown: Record<LogLevel, number> = { NONE: 0, ERROR: 1, WARN: 2, INFO: 3, DEBUG: 4, ALL: 4 };
const engineLevels: Record<LogLevel, LiveKitLevel> = {
  NONE: LiveKitLevel.silent,
  ERROR: LiveKitLevel.error,
  WARN: LiveKitLevel.warn,
  INFO: LiveKitLevel.info,
  DEBUG: LiveKitLevel.debug,
  ALL: LiveKitLevel.trace,
};
let level = shown.ERROR;
setLiveKitLevel(LiveKitLevel.error);

/** How much goes to the console (`ERROR`). */
export function setLogLevel(next: LogLevel): void {
  if (!Object.hasOwn(shown, next))
    throw failure("INVALID_PARAMETER", "A log level is NONE, ERROR, WARN, INFO, DEBUG or ALL");
  level = shown[next];
  setLiveKitLevel(engineLevels[next]);
}

/** Writes to the console what is not too much. */
export function log(kind: (typeof order)[number], text: string): void {
  if (order.indexOf(kind) < level) console[kind](`[plenum] ${text}`);
}
