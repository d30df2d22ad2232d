import { en, type Key, type Strings } from "./en";

/** Translations by language, such as `de`. */
const LANGUAGES: Readonly<Record<string, Strings>> = { en };
const RIGHT_TO_LEFT = new Set([
  "ar",
  "arc",
  "ckb",
  "dv",
  "fa",
  "he",
  "ks",
  "ps",
  "sd",
  "ug",
  "ur",
  "yi",
]);

let texts: Strings = en;

/** Which way a language is written. */
export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language.toLowerCase().split("-")[0] ?? "") ? "rtl" : "ltr";
}

/** Chooses the texts and the direction of the page; texts of unknown languages are English. */
export function setLanguage(language: string): void {
  const short = language.toLowerCase().split("-")[0] ?? "en";
  texts = LANGUAGES[language] ?? LANGUAGES[short] ?? en;
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
}

/** A text of the chosen language, with what is filled in. */
export function t(key: Key, fill: Readonly<Record<string, string | number>> = {}): string {
  const text = texts[key] ?? en[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
}
