/** What the browser remembers from one meeting to the next. */
export interface Preferences {
  name: string;
  micOn: boolean;
  camOn: boolean;
  /** Device ids; empty = the system's choice. */
  micId: string;
  camId: string;
  speakerId: string;
}

const KEY = "plenum.preferences";
const DEFAULTS: Preferences = {
  name: "",
  micOn: true,
  camOn: true,
  micId: "",
  camId: "",
  speakerId: "",
};

/** Storage may be forbidden, in a frame say: then nothing is remembered. */
export function loadPreferences(): Preferences {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof stored !== "object" || stored === null) return DEFAULTS;
    const entries = Object.entries(stored).filter(
      ([key, value]) => typeof value === typeof DEFAULTS[key as keyof Preferences],
    );
    return { ...DEFAULTS, ...Object.fromEntries(entries) };
  } catch {
    return DEFAULTS;
  }
}

export function savePreferences(change: Partial<Preferences>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...loadPreferences(), ...change }));
  } catch {
    // Not remembered, then.
  }
}
