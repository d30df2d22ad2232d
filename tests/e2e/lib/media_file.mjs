// What is in a recording, a list of segments or a stream's file: told by ffprobe and ffmpeg.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { read } from './pattern.mjs';
import { goertzel } from './tone.mjs';

const run = promisify(execFile);
export const SOUND_RATE = 16_000;
const TONE_WINDOW = SOUND_RATE / 2;
/** Prime against a flash's period in frames, so that pictures do not all show one. */
const PICTURE_EVERY_FRAMES = 37;

export async function probe(source) {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-show_streams',
    '-show_format',
    '-of',
    'json',
    source,
  ]);
  const { streams, format } = JSON.parse(stdout);
  const of = (kind) => streams.find((s) => s.codec_type === kind);
  return {
    video: of('video'),
    audio: of('audio'),
    seconds: Number(format.duration),
    format: format.format_name,
  };
}

/** Mean RGB of an area of the picture at `seconds`; `area` as ffmpeg's crop filter has it. */
export async function meanColour(source, seconds, area) {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-ss', String(seconds), '-i', source, '-frames:v', '1'],
      ...['-vf', `crop=${area},scale=1:1:flags=area`],
      ...['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
    ],
    { encoding: 'buffer' },
  );
  const [r, g, b] = stdout;
  return { r, g, b };
}

/** All of its sound at SOUND_RATE. */
export async function soundOf(source) {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-i', source, '-vn', '-ac', '1', '-ar', `${SOUND_RATE}`],
      ...['-f', 'f32le', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 1 << 28 },
  );
  return new Float32Array(Uint8Array.from(stdout).buffer);
}

/** How many of the frames cannot be decoded; ffmpeg's complaints. */
export async function complaints(source) {
  const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', source, '-f', 'null', '-']);
  return stderr.split('\n').filter(Boolean);
}

/** The tiles of GRID with two to four people on a landscape canvas, in the order of the places. */
export function gridTiles(count, { width: canvasWidth, height: canvasHeight }) {
  const even = (v) => Math.floor(v) & ~1;
  const [columns, rows] = [2, count > 2 ? 2 : 1];
  const gap = Math.max(2, even(canvasHeight / 80));
  const room = {
    width: (canvasWidth - (columns + 1) * gap) / columns,
    height: (canvasHeight - (rows + 1) * gap) / rows,
  };
  const width = even(Math.min(Math.floor(room.width), (Math.floor(room.height) * 16) / 9));
  const height = even((width * 9) / 16);
  const top = even((canvasHeight - rows * height - (rows - 1) * gap) / 2);
  return Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = even((canvasWidth - inRow * width - (inRow - 1) * gap) / 2);
    return {
      x: left + (i % columns) * (width + gap),
      y: top + row * (height + gap),
      width,
      height,
    };
  });
}

/** RGBA of an area of an RGBA picture. */
export function cut(picture, { x, y, width, height }) {
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let row = 0; row < height; ++row) {
    const from = 4 * ((y + row) * picture.width + x);
    rgba.set(picture.rgba.subarray(from, from + 4 * width), 4 * row * width);
  }
  return { rgba, width, height };
}

/** The number that the sender in a tile paints, if it can be read and is in its colour. */
export function senderIn(picture, tile) {
  const { rgba, width, height } = cut(picture, tile);
  const found = read(rgba, width, height);
  return found?.colourMatches ? found.sender : undefined;
}

function frames(text) {
  const found = [];
  for (const [, seconds, luma] of text.matchAll(/pts_time:(\S+)\n.*?YAVG=(\S+)/g))
    found.push({ seconds: Number(seconds), luma: Number(luma) });
  return found;
}

/**
 * Decodes all of it once.
 * @param {string} source
 * @param {{x: number, y: number, width: number, height: number}} area whose brightness is of interest
 * @returns {Promise<{frames: {seconds: number, luma: number}[], sound: Float32Array,
 *   pictures: {rgba: Uint8Array, width: number, height: number}[]}>} each frame with its time, the
 *   sound at SOUND_RATE from the same zero, and a picture of it now and then
 */
export async function examine(source, area) {
  const folder = mkdtempSync(join(tmpdir(), 'plenum-examine-'));
  const at = (name) => join(folder, name);
  try {
    const { video } = await probe(source);
    const crop = `crop=${area.width}:${area.height}:${area.x}:${area.y}`;
    await run('ffmpeg', [
      '-v',
      'error',
      '-i',
      source,
      '-filter_complex',
      `[0:v]split[l][p];` +
        `[l]${crop},scale=16:16:flags=area,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=${at('luma')}[luma];` +
        `[p]select='not(mod(n,${PICTURE_EVERY_FRAMES}))'[pictures]`,
      '-map',
      '[luma]',
      '-fps_mode',
      'passthrough',
      '-f',
      'null',
      '-',
      '-map',
      '[pictures]',
      '-fps_mode',
      'passthrough',
      '-f',
      'rawvideo',
      '-pix_fmt',
      'rgba',
      at('pictures'),
      '-map',
      '0:a',
      '-af',
      'aresample=async=1:first_pts=0',
      '-ac',
      '1',
      '-ar',
      `${SOUND_RATE}`,
      '-f',
      'f32le',
      at('sound'),
    ]);
    const raw = readFileSync(at('pictures'));
    const size = 4 * video.width * video.height;
    const sound = readFileSync(at('sound'));
    return {
      frames: frames(readFileSync(at('luma'), 'utf8')),
      sound: new Float32Array(sound.buffer, sound.byteOffset, sound.length >> 2),
      pictures: Array.from({ length: Math.floor(raw.length / size) }, (_, i) => ({
        rgba: raw.subarray(i * size, (i + 1) * size),
        width: video.width,
        height: video.height,
      })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How much of the sound's power a tone is, 0 … 1: the median over half seconds. */
export function toneShare(sound, hz) {
  const shares = [];
  for (let at = 0; at + TONE_WINDOW <= sound.length; at += TONE_WINDOW) {
    const part = sound.subarray(at, at + TONE_WINDOW);
    const power = part.reduce((sum, s) => sum + s * s, 0) / part.length;
    if (power > 0) shares.push((2 * goertzel(part, SOUND_RATE, hz)) / power);
  }
  return shares.length ? shares.toSorted((a, b) => a - b)[shares.length >> 1] : 0;
}
