/** A place on the stage, in CSS pixels from its start (left; right in right-to-left) and top. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Area {
  width: number;
  height: number;
}

export interface Grid {
  columns: number;
  rows: number;
  tile: Area;
}

const SHAPE = 16 / 9;
/** Tiles may become narrower than a camera's picture, which is then cropped, down to this. */
const NARROWEST = 3 / 4;

/** The columns with which `count` tiles cover most of the area. */
export function bestGrid(count: number, area: Area, gap: number): Grid {
  let best: Grid = { columns: 1, rows: 1, tile: { width: 0, height: 0 } };
  let covered = -1;
  for (let columns = 1; columns <= Math.max(count, 1); columns++) {
    const rows = Math.ceil(count / columns) || 1;
    const width = Math.max(0, (area.width - gap * (columns - 1)) / columns);
    const height = Math.max(0, (area.height - gap * (rows - 1)) / rows);
    const tile = fit({ width, height });
    const size = tile.width * tile.height;
    if (size <= covered) continue;
    covered = size;
    best = { columns, rows, tile };
  }
  return best;
}

/** The largest tile of a bearable shape in a cell. */
function fit({ width, height }: Area): Area {
  const shape = width / Math.max(height, 1);
  if (shape > SHAPE) return { width: Math.floor(height * SHAPE), height: Math.floor(height) };
  if (shape < NARROWEST) return { width: Math.floor(width), height: Math.floor(width / NARROWEST) };
  return { width: Math.floor(width), height: Math.floor(height) };
}

/** Where each of `count` tiles lies: in rows, the whole and a last row that is not full centred. */
export function placeGrid(count: number, area: Area, gap: number): Place[] {
  const { columns, rows, tile } = bestGrid(count, area, gap);
  const top = Math.floor((area.height - rows * tile.height - gap * (rows - 1)) / 2);
  return Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const start = Math.floor((area.width - inRow * tile.width - gap * (inRow - 1)) / 2);
    return {
      x: start + (i % columns) * (tile.width + gap),
      y: top + row * (tile.height + gap),
      ...tile,
    };
  });
}

/** How many tiles of at least the given width fit, at most 25. */
export function gridCapacity(area: Area, gap: number, narrowest: number): number {
  let fits = 1;
  for (let count = 2; count <= 25; count++)
    if (bestGrid(count, area, gap).tile.width >= narrowest) fits = count;
  return fits;
}
