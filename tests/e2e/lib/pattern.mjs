// The picture each sender shows: who it is and which frame this is, readable after any codec and
// any scaling.
//
// Eight columns, four rows. Row 0: sender number, row 1: frame counter, row 2: their CRC-8, one bit
// a cell (white = 1). Row 3: a colour that belongs to the sender (wrong colour planes show here)
// with a moving white cell. Pure: used by the browser page and by the native client alike.

export const COLUMNS = 8;
export const ROWS = 4;
const WHITE = [235, 235, 235];
const BLACK = [16, 16, 16];

/** Saturated and far apart, so that they survive 4:2:0 and limited range. */
export const PALETTE = [
  [220, 30, 30],
  [30, 200, 30],
  [40, 60, 220],
  [220, 210, 30],
  [210, 40, 210],
  [30, 200, 210],
];

/** CRC-8 (polynomial 0x07) over both numbers: a smeared picture must not read as a valid one. */
export function crc8(sender, counter) {
  let crc = 0x5a;
  for (const byte of [sender, counter]) {
    crc ^= byte;
    for (let bit = 0; bit < 8; ++bit)
      crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : (crc << 1) & 0xff;
  }
  return crc;
}

/** Colour of one cell of the frame. */
export function cellColour(sender, counter, column, row) {
  if (row === 3) return column === counter % COLUMNS ? WHITE : PALETTE[sender % PALETTE.length];
  const byte = [sender, counter & 0xff, crc8(sender, counter & 0xff)][row];
  return (byte >> (COLUMNS - 1 - column)) & 1 ? WHITE : BLACK;
}

/** Writes the frame into RGBA memory of width x height pixels. */
export function paint(rgba, width, height, sender, counter) {
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, width * height);
  for (let row = 0; row < ROWS; ++row) {
    const top = Math.floor((row * height) / ROWS);
    const bottom = Math.floor(((row + 1) * height) / ROWS);
    for (let column = 0; column < COLUMNS; ++column) {
      const [r, g, b] = cellColour(sender, counter, column, row);
      const word = (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
      const left = Math.floor((column * width) / COLUMNS);
      words.fill(
        word,
        top * width + left,
        top * width + Math.floor(((column + 1) * width) / COLUMNS),
      );
    }
    for (let y = top + 1; y < bottom; ++y)
      words.copyWithin(y * width, top * width, (top + 1) * width);
  }
}

/** Mean colour of the middle of a cell: edges are blurred by scaling and by the codec. */
function sample(rgba, width, height, column, row) {
  const sum = [0, 0, 0];
  let count = 0;
  for (let i = 0; i < 5; ++i) {
    for (let j = 0; j < 5; ++j) {
      const x = Math.floor(((column + 0.3 + i * 0.1) * width) / COLUMNS);
      const y = Math.floor(((row + 0.3 + j * 0.1) * height) / ROWS);
      const at = 4 * (y * width + x);
      for (let c = 0; c < 3; ++c) sum[c] += rgba[at + c];
      ++count;
    }
  }
  return sum.map((s) => s / count);
}

function nearestColour(colour) {
  const distance = (p) => p.reduce((d, v, i) => d + (v - colour[i]) ** 2, 0);
  return PALETTE.map(distance).reduce((best, d, i, all) => (d < all[best] ? i : best), 0);
}

/**
 * Reads a frame back. Undefined when the CRC does not hold (black, grey, smeared or foreign picture).
 * @returns {{sender: number, counter: number, colourMatches: boolean} | undefined}
 */
export function read(rgba, width, height) {
  const bytes = [0, 1, 2].map((row) => {
    let byte = 0;
    for (let column = 0; column < COLUMNS; ++column) {
      const [r, g, b] = sample(rgba, width, height, column, row);
      byte = (byte << 1) | (r + g + b > 3 * 126 ? 1 : 0);
    }
    return byte;
  });
  const [sender, counter, crc] = bytes;
  if (crc !== crc8(sender, counter)) return undefined;
  // The column the white cell left longest ago: no ghost of it there.
  const colour = nearestColour(sample(rgba, width, height, (counter + 4) % COLUMNS, 3));
  return { sender, counter, colourMatches: colour === sender % PALETTE.length };
}

/** Collects what one received picture showed over time. */
export class PatternLog {
  constructor() {
    this.reset();
  }

  reset() {
    this.frames = 0;
    this.valid = 0;
    this.invalid = 0;
    this.wrongColour = 0;
    this.sender = undefined;
    this.senders = new Set();
    this.counters = new Set();
    this.lastFrameAt = undefined;
    this.maxGapMs = 0;
  }

  /** A frame was shown; call for each, decoded or not. */
  onFrame(nowMs, width, height) {
    ++this.frames;
    if (this.lastFrameAt !== undefined)
      this.maxGapMs = Math.max(this.maxGapMs, nowMs - this.lastFrameAt);
    this.lastFrameAt = nowMs;
    this.width = width;
    this.height = height;
  }

  onRead(result) {
    if (!result) {
      ++this.invalid;
      return;
    }
    ++this.valid;
    this.sender = result.sender;
    this.senders.add(result.sender);
    this.counters.add(result.counter);
    if (!result.colourMatches) ++this.wrongColour;
  }

  /** Plain data for the test process. */
  snapshot(nowMs) {
    const age = this.lastFrameAt === undefined ? undefined : nowMs - this.lastFrameAt;
    return {
      frames: this.frames,
      valid: this.valid,
      invalid: this.invalid,
      wrongColour: this.wrongColour,
      sender: this.sender,
      senders: [...this.senders],
      distinctCounters: this.counters.size,
      width: this.width,
      height: this.height,
      lastFrameAgeMs: age,
      // A picture that stands still now counts as a gap too.
      maxGapMs: Math.max(this.maxGapMs, age ?? 0),
    };
  }
}
