/** What a key does; the help dialog lists them in this order. */
export type Action =
  | "toggleMic"
  | "toggleCamera"
  | "toggleShare"
  | "toggleHand"
  | "openChat"
  | "openPeople"
  | "nextLayout"
  | "fullscreen"
  | "openSettings"
  | "openHelp";

export const SHORTCUTS: Readonly<Record<Action, string>> = {
  toggleMic: "m",
  toggleCamera: "v",
  toggleShare: "s",
  toggleHand: "h",
  openChat: "c",
  openPeople: "p",
  nextLayout: "l",
  fullscreen: "f",
  openSettings: ",",
  openHelp: "?",
};

const actions = new Map<string, Action>(
  (Object.keys(SHORTCUTS) as Action[]).map((action) => [SHORTCUTS[action], action]),
);

/** What of a keyboard event decides. */
export interface Key {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
}

/** The action of a key, unless it belongs to the browser or to what is being typed. */
export function actionOf(key: Key, typing: boolean): Action | undefined {
  if (typing || key.ctrlKey || key.metaKey || key.altKey || key.repeat) return undefined;
  return actions.get(key.key.toLowerCase());
}
