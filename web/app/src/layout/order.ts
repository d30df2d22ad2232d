/** Who is shown where: order changes only when it must, so that faces stay in their places. */
export interface Person {
  id: string;
  local: boolean;
  cameraOn: boolean;
}

/**
 * The new order after people came, went or spoke. Who was there keeps the place; who comes is last;
 * a speaker from a later page changes places with the first on this page that is neither speaking nor oneself.
 * @param pageSize pictures on the first page
 */
export function reorder(
  before: readonly string[],
  people: readonly Person[],
  speaker: string | null,
  pageSize: number,
): string[] {
  const present = new Map(people.map((person) => [person.id, person]));
  const kept = before.filter((id) => present.has(id));
  const known = new Set(kept);
  const come = people.filter(({ id }) => !known.has(id));
  const order = [
    ...come.filter((person) => person.local),
    ...kept,
    ...come.filter((person) => !person.local),
  ].map((each) => (typeof each === "string" ? each : each.id));

  const at = speaker === null ? -1 : order.indexOf(speaker);
  if (at < pageSize || speaker === null) return order;
  const quiet = order
    .slice(0, pageSize)
    .findLastIndex((id) => !present.get(id)?.local && !present.get(id)?.cameraOn);
  const swap = quiet >= 0 ? quiet : pageSize - 1;
  const displaced = order[swap];
  if (displaced === undefined) return order;
  order[swap] = speaker;
  order[at] = displaced;
  return order;
}
