/** One or two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.map((word) => [...word].find((c) => /[\p{L}\p{N}]/u.test(c)) ?? "");
  const [first = "", last = ""] = [letters[0], words.length > 1 ? letters.at(-1) : ""];
  return (first + last).toLocaleUpperCase() || "?";
}

/** A hue for a name, always the same, 0 to 359. */
export function hueOf(name: string): number {
  let hash = 7;
  for (const c of name) hash = (hash * 31 + (c.codePointAt(0) ?? 0)) % 3600;
  return Math.round(hash / 10);
}
