// Which pitch is in these samples? Goertzel's algorithm over a comb of frequencies. Pure.

const LOW_HZ = 200;
const HIGH_HZ = 2400;
const STEP_HZ = 20;

/** Power of one frequency in samples (any scale), normalised by length. */
export function goertzel(samples, sampleRate, hz) {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
  let previous = 0;
  let before = 0;
  for (const sample of samples) {
    const next = sample + coefficient * previous - before;
    before = previous;
    previous = next;
  }
  return (previous ** 2 + before ** 2 - coefficient * previous * before) / samples.length ** 2;
}

/**
 * Loudest pitch and how far it stands above silence.
 * @param {Float32Array} samples in -1…1
 * @returns {{hz: number, db: number}} db relative to full scale; -Infinity for silence
 */
export function loudestPitch(samples, sampleRate) {
  let best = { hz: 0, power: 0 };
  for (let hz = LOW_HZ; hz <= HIGH_HZ; hz += STEP_HZ) {
    const power = goertzel(samples, sampleRate, hz);
    if (power > best.power) best = { hz, power };
  }
  return { hz: best.hz, db: 10 * Math.log10(4 * best.power) };
}

/**
 * Sample of the test tone: a sine whose loudness swings four times a second, since a steady one is
 * taken for background noise by DTX and by voice detectors.
 */
export function toneSample(index, sampleRate, hz) {
  const t = index / sampleRate;
  return Math.sin(2 * Math.PI * hz * t) * (0.35 + 0.25 * Math.sin(2 * Math.PI * 4 * t));
}

/** The tone as a WAV file: 48 kHz, mono, 16 bits. */
export function toneWav({ hz, seconds, rate = 48_000 }) {
  const count = seconds * rate;
  const file = Buffer.alloc(44 + 2 * count);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * count, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16); // size of the format that follows: PCM, one channel
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * count, 40);
  for (let i = 0; i < count; ++i)
    file.writeInt16LE(Math.round(32_767 * toneSample(i, rate, hz)), 44 + 2 * i);
  return file;
}
