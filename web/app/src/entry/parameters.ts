import type { Arrangement } from "../layout/arrange";

/** What the address asks for. */
export interface Parameters {
  room?: string;
  /** A token of VideoSDK's or LiveKit's kind. */
  token?: string;
  /** The server, if not the one that served the page. */
  server?: string;
  name?: string;
  /** Asks to be let in, on a development server. */
  guest: boolean;
  micOn: boolean;
  camOn: boolean;
  layout: Arrangement;
  language?: string;
  theme: "light" | "dark" | "auto";
  skipLobby: boolean;
  hideControls: boolean;
  /** The origin of the page that shows this one in a frame and is told what happens. */
  embedder?: string;
}

const OFF = new Set(["0", "false", "off", "no"]);

function isOn(values: URLSearchParams, name: string, otherwise: boolean): boolean {
  const value = values.get(name);
  return value === null ? otherwise : !OFF.has(value.toLowerCase());
}

function oneOf<T extends string>(value: string | null, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
}

function text(values: URLSearchParams, name: string, longest: number): string | undefined {
  const value = values.get(name)?.trim();
  return value && value.length <= longest ? value : undefined;
}

function originOf(address: string | undefined): string | undefined {
  if (!address) return undefined;
  try {
    const { protocol, origin } = new URL(address);
    return protocol === "https:" || protocol === "http:" ? origin : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the query and the fragment of the address; the fragment, which never leaves the browser, is
 * the better place for a token. Unknown and malformed values count as absent.
 */
export function readParameters(search: string, hash = ""): Parameters {
  const values = new URLSearchParams(search);
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ""))) values.set(key, value);
  return {
    room: text(values, "room", 128),
    token: text(values, "token", 16_384),
    server: originOf(text(values, "server", 2048)),
    name: text(values, "name", 100),
    guest: values.get("role") === "guest",
    micOn: isOn(values, "mic", true),
    camOn: isOn(values, "cam", true),
    layout: oneOf(values.get("layout"), ["auto", "grid", "spotlight", "sidebar"] as const, "auto"),
    language: text(values, "lang", 35),
    theme: oneOf(values.get("theme"), ["light", "dark", "auto"] as const, "auto"),
    skipLobby: isOn(values, "skipLobby", false),
    hideControls: isOn(values, "hideControls", false),
    embedder: originOf(text(values, "embedder", 2048)),
  };
}

/** The address with which others enter the same room. Never with somebody's token. */
export function invitation(here: string, room: string, guest: boolean): string {
  const url = new URL(here);
  const link = new URL(url.pathname, url.origin);
  link.searchParams.set("room", room);
  if (guest) link.searchParams.set("role", "guest");
  return link.toString();
}
