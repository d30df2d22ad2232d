// A flash and a beep at the same instant, over and over: what recordings are measured by. Pure: when
// they are due, and where they are in a picture's brightness and in a sound.

export const FLASH_EVERY_MS = 2000;
export const FLASH_LASTS_MS = 100;
/** Far from the tones of others, and a multiple of 100 Hz away from them: see beeps(). */
export const BEEP_HZ = 3000;
const BEEP_LOUDNESS = 0.4;
const WINDOW_SECONDS = 0.01;

/** Whether it flashes `ms` after the source began. The first flash comes a whole period later. */
export const flashesAt = (ms) => ms >= FLASH_EVERY_MS && ms % FLASH_EVERY_MS < FLASH_LASTS_MS;

/** Sample `index` of the beep; zero between beeps. */
export function beepSample(index, sampleRate) {
  const ms = (1000 * index) / sampleRate;
  return flashesAt(ms) ? BEEP_LOUDNESS * Math.sin((2 * Math.PI * BEEP_HZ * index) / sampleRate) : 0;
}

/**
 * When it became bright, in seconds.
 * @param {{seconds: number, luma: number}[]} frames
 */
export function flashes(frames) {
  const lumas = frames.map((f) => f.luma);
  const middle = (Math.max(...lumas) + lumas.toSorted((a, b) => a - b)[lumas.length >> 1]) / 2;
  return frames
    .filter((f, i) => i > 0 && f.luma > middle && lumas[i - 1] <= middle)
    .map((f) => f.seconds);
}

/**
 * When beeps began, in seconds: the strength of BEEP_HZ in a window that slides over the sound. Tones
 * that are a multiple of the window's reciprocal away leave no trace in it.
 */
export function beeps(sound, sampleRate) {
  const window = Math.round(WINDOW_SECONDS * sampleRate);
  const [re, im] = [new Float64Array(sound.length + 1), new Float64Array(sound.length + 1)];
  sound.forEach((sample, n) => {
    const phase = (2 * Math.PI * BEEP_HZ * n) / sampleRate;
    re[n + 1] = re[n] + sample * Math.cos(phase);
    im[n + 1] = im[n] + sample * Math.sin(phase);
  });
  const strength = new Float64Array(Math.max(0, sound.length - window));
  for (let n = 0; n < strength.length; ++n)
    strength[n] = Math.hypot(re[n + window] - re[n], im[n + window] - im[n]);
  const threshold = strength.reduce((most, s) => Math.max(most, s), 0) / 4;
  const found = [];
  for (let n = 1; n < strength.length; ++n)
    if (strength[n] > threshold && strength[n - 1] <= threshold) {
      const seconds = (n + window / 2) / sampleRate;
      // The strength of one beep may dip below the threshold and come back.
      if (!found.length || seconds - found.at(-1) > FLASH_EVERY_MS / 2000) found.push(seconds);
    }
  return found;
}

/** For each flash how many milliseconds later its beep came; flashes without one are left out. */
export function offsets(flashTimes, beepTimes) {
  const nearest = (t) =>
    beepTimes.reduce((a, b) => (Math.abs(b - t) < Math.abs(a - t) ? b : a), Infinity);
  return flashTimes
    .map((t) => ({ seconds: t, ms: 1000 * (nearest(t) - t) }))
    .filter(({ ms }) => Math.abs(ms) < FLASH_EVERY_MS / 2);
}

/** The value below which a share of the numbers is. */
export const percentile = (numbers, share) =>
  numbers.toSorted((a, b) => a - b)[
    Math.min(numbers.length - 1, Math.floor(share * numbers.length))
  ];
