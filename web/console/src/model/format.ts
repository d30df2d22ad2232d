/** Numbers and times in the words of the page. Pure; "–" stands for what is not known. */

export const UNKNOWN = "–";

const digits = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

/** @param bps bits a second */
export function bitrate(bps: number | null | undefined): string {
  if (bps === null || bps === undefined) return UNKNOWN;
  if (bps === 0) return "0";
  if (bps < 1_000) return `${bps} bit/s`;
  if (bps < 1_000_000) return `${digits(bps / 1_000)} kbit/s`;
  if (bps < 1_000_000_000) return `${digits(bps / 1_000_000)} Mbit/s`;
  return `${digits(bps / 1_000_000_000)} Gbit/s`;
}

export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return value === 0 ? "0 %" : `${value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}

export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return UNKNOWN;
  return value === 0 ? "0 ms" : `${digits(value)} ms`;
}

export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let i = 0;
  let value = count;
  while (value >= 1000 && i < units.length - 1) {
    value /= 1000;
    ++i;
  }
  return `${i === 0 ? value : digits(value)} ${units[i]}`;
}

/** "0:07", "12:03", "1:02:03"; days as hours. */
export function duration(milliseconds: number): string {
  const all = Math.max(0, Math.round(milliseconds / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  const rest = `${two(all % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** From one ISO time to another, or to now. */
export const between = (start: string, end: string | null, nowMs: number) =>
  duration((end ? Date.parse(end) : nowMs) - Date.parse(start));

/** In the reader's time zone: the time alone when it is of today. */
export function moment(iso: string | null, nowMs: number): string {
  const at = iso ? new Date(iso) : undefined;
  if (!at || Number.isNaN(at.getTime())) return UNKNOWN;
  const two = (n: number) => String(n).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (at.toDateString() === new Date(nowMs).toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** "1 participant", "3 participants", "no participants". */
export const counted = (count: number, noun: string) =>
  `${count === 0 ? "no" : count} ${noun}${count === 1 ? "" : "s"}`;
