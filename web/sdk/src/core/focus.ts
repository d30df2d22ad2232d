import type { Mode } from "./types.js";

/** Who is looked at: ids, or null. */
export interface Focus {
  activeSpeaker: string | null;
  presenter: string | null;
  main: string | null;
}

/** A participant as focus sees it. */
export interface FocusPerson {
  id: string;
  mode: Mode;
  sharing: boolean;
}

/**
 * Who speaks, presents and belongs on the main screen, found here: for servers that do not say it. Pure: who is
 * there and who speaks in, the focus out.
 */
export class LocalFocus {
  #shares: string[] = [];
  #lastSpeaker: string | null = null;

  /**
   * @param people in the order they joined
   * @param speakers loudest first
   */
  update(people: readonly FocusPerson[], speakers: readonly string[]): Focus {
    const sending = people.filter((person) => person.mode === "SEND_AND_RECV");
    const has = (id: string | null) => sending.some((person) => person.id === id);
    const sharing = sending.filter((person) => person.sharing).map((person) => person.id);
    this.#shares = [
      ...this.#shares.filter((id) => sharing.includes(id)),
      ...sharing.filter((id) => !this.#shares.includes(id)),
    ];
    const activeSpeaker = speakers.find(has) ?? null;
    if (activeSpeaker) this.#lastSpeaker = activeSpeaker;
    if (!has(this.#lastSpeaker)) this.#lastSpeaker = null;
    const presenter = this.#shares.at(-1) ?? null;
    const main = presenter ?? activeSpeaker ?? this.#lastSpeaker ?? sending[0]?.id ?? null;
    return { activeSpeaker, presenter, main };
  }
}

/** A focus out of a message of the server; what is missing is null. */
export function readFocus(said: unknown): Focus {
  const of = (field: keyof Focus): string | null => {
    const value =
      typeof said === "object" && said !== null ? (said as Record<string, unknown>)[field] : null;
    return typeof value === "string" ? value : null;
  };
  return { activeSpeaker: of("activeSpeaker"), presenter: of("presenter"), main: of("main") };
}
