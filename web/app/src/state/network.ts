/** How good the connection is: 3 good, 2 fair, 1 poor. */
export type NetworkLevel = 1 | 2 | 3;

export interface NetworkFigures {
  /** Round trip, ms. */
  rtt: number;
  /** Of what was received lately, 0 to 100. */
  lossPercent: number;
}

export function networkLevel({ rtt, lossPercent }: NetworkFigures): NetworkLevel {
  if (rtt > 400 || lossPercent > 8) return 1;
  if (rtt > 200 || lossPercent > 2) return 2;
  return 3;
}

export interface PacketCount {
  total: number;
  lost: number;
}

/** Loss between two counts in percent; counts that went back are of a new connection. */
export function lossBetween(before: PacketCount, now: PacketCount): number {
  const [total, lost] = [now.total - before.total, now.lost - before.lost];
  if (total <= 0 || lost <= 0) return 0;
  return Math.min(100, Math.round((1000 * lost) / (total + lost)) / 10);
}
