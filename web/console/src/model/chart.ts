/** A curve over time. Pure: numbers in, the path of an SVG out. */
export interface Point {
  atMs: number;
  value: number;
}

export interface Frame {
  width: number;
  height: number;
  /** Drawn from the first to the last of these. */
  fromMs: number;
  toMs: number;
  /** The value at the top; the bottom is 0. */
  top: number;
}

const coordinate = (value: number) => Math.round(value * 10) / 10;

export function linePath(points: readonly Point[], frame: Frame): string {
  const span = Math.max(1, frame.toMs - frame.fromMs);
  return points
    .map(({ atMs, value }, i) => {
      const x = coordinate(((atMs - frame.fromMs) / span) * frame.width);
      const share = frame.top > 0 ? Math.min(1, Math.max(0, value / frame.top)) : 0;
      return `${i === 0 ? "M" : "L"}${x} ${coordinate(frame.height * (1 - share))}`;
    })
    .join("");
}

/** The next of 1, 2, 5, 10, 20, … that is not below `value`; 1 for none. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((s) => s * power >= value * 0.999_999) ?? 10;
  return step * power;
}
