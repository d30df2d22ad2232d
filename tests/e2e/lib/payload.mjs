// Bytes whose arrival can be checked without sending them twice. Pure: browser and Node.

/** The same `size` bytes for the same seed, everywhere (xorshift32). */
export function seededBytes(seed, size) {
  const bytes = new Uint8Array(size);
  let state = ((seed + 1) * 2654435761) >>> 0 || 1;
  for (let i = 0; i < size; ++i) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state & 0xff;
  }
  return bytes;
}

/** Length and 32-bit FNV-1a of the bytes, as text. */
export function fingerprint(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `${bytes.length}:${(hash >>> 0).toString(16)}`;
}
