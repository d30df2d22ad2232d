import type { Meeting } from "@plenum/js-sdk";
import { useMemo } from "react";
import { type Actions, bind } from "./actions.js";
import { useChanges } from "./context.js";

const METHODS = ["uploadBase64File", "fetchBase64File"] as const;

/** Files that lie on the server for some time; see `Meeting`. */
export type Files = Actions<Meeting, (typeof METHODS)[number]>;

/** Puts files on the server and gets them. */
export function useFile(): Files {
  const { meeting, touch } = useChanges();
  return useMemo(() => bind(METHODS, () => meeting, touch), [meeting, touch]);
}
