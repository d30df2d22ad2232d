// Sources and observers of test media for @livekit/rtc-node; the same pattern and tone as in the
// browsers.
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  VideoBufferType,
  VideoFrame,
  VideoSource,
  VideoStream,
} from '@livekit/rtc-node';
import { beepSample, flashesAt } from './flash.mjs';
import { paint, PatternLog, read } from './pattern.mjs';
import { loudestPitch, toneSample } from './tone.mjs';

const SAMPLE_RATE = 48_000;
const AUDIO_FRAME_MS = 10;
const HEARD_SAMPLES = 8192;
const READ_EVERY_MS = 120;
/** libwebrtc reports a packet of sound as captured when it was complete, not when it began. */
const AUDIO_PACKET_MS = 20;

export function patternSource({ sender, width = 640, height = 360, fps = 20 }, name) {
  const source = new VideoSource(width, height);
  const pixels = new Uint8Array(width * height * 4);
  let counter = 0;
  const timer = setInterval(() => {
    paint(pixels, width, height, sender, counter);
    counter = (counter + 1) & 0xff;
    source.captureFrame(new VideoFrame(pixels, width, height, VideoBufferType.RGBA));
  }, 1000 / fps);
  return {
    track: LocalVideoTrack.createVideoTrack(name, source),
    stop: () => clearInterval(timer),
  };
}

export function toneSource({ hz, loudness = 1 }, name) {
  const source = new AudioSource(SAMPLE_RATE, 1);
  const samples = (SAMPLE_RATE * AUDIO_FRAME_MS) / 1000;
  let at = 0;
  let stopped = false;
  const feed = async () => {
    while (!stopped) {
      const frame = AudioFrame.create(SAMPLE_RATE, 1, samples);
      for (let i = 0; i < samples; ++i)
        frame.data[i] = 32767 * loudness * toneSample(at++, SAMPLE_RATE, hz);
      await source.captureFrame(frame); // waits while the queue is full, which keeps real time
    }
  };
  feed().catch(() => {});
  return { track: LocalAudioTrack.createAudioTrack(name, source), stop: () => (stopped = true) };
}

/**
 * The pattern and a tone, and every two seconds a white picture with a beep. Both are of the instant
 * that the sender reports for them, however late a busy machine lets us.
 */
export function flashSources({ sender, hz, loudness = 0.3, width = 320, height = 180, fps = 30 }) {
  const video = new VideoSource(width, height);
  // Without a queue: what is captured is sent.
  const audio = new AudioSource(SAMPLE_RATE, 1, 0);
  const pixels = new Uint8Array(width * height * 4);
  const samples = (SAMPLE_RATE * AUDIO_FRAME_MS) / 1000;
  const start = performance.now();
  let [frames, blocks] = [0, 0];
  let timer;
  const capture = () => {
    const ms = performance.now() - start;
    for (; blocks * AUDIO_FRAME_MS <= ms + AUDIO_PACKET_MS; ++blocks) {
      const frame = AudioFrame.create(SAMPLE_RATE, 1, samples);
      for (let i = 0; i < samples; ++i) {
        const at = blocks * samples + i;
        frame.data[i] =
          32767 * (loudness * toneSample(at, SAMPLE_RATE, hz) + beepSample(at, SAMPLE_RATE));
      }
      audio.captureFrame(frame).catch(() => {});
    }
    if ((frames * 1000) / fps <= ms) {
      frames = Math.floor((ms * fps) / 1000) + 1;
      if (flashesAt(ms)) pixels.fill(255);
      else paint(pixels, width, height, sender, frames & 0xff);
      video.captureFrame(new VideoFrame(pixels, width, height, VideoBufferType.RGBA));
    }
    const next = Math.min((frames * 1000) / fps, blocks * AUDIO_FRAME_MS - AUDIO_PACKET_MS);
    timer = setTimeout(capture, start + next - performance.now());
  };
  capture();
  return {
    video: LocalVideoTrack.createVideoTrack('flash', video),
    audio: LocalAudioTrack.createAudioTrack('beep', audio),
    stop: () => clearTimeout(timer),
  };
}

/** Reads the frames of a received video track. */
export class NativeVideoObserver {
  log = new PatternLog();

  constructor(track) {
    this.reader = new VideoStream(track).getReader();
    this.run().catch(() => {});
  }

  async run() {
    let readAt = 0;
    for (let next = await this.reader.read(); !next.done; next = await this.reader.read()) {
      const { frame } = next.value;
      const now = performance.now();
      this.log.onFrame(now, frame.width, frame.height);
      if (now - readAt < READ_EVERY_MS) continue;
      readAt = now;
      this.log.onRead(read(frame.convert(VideoBufferType.RGBA).data, frame.width, frame.height));
    }
  }

  stop() {
    this.reader.cancel().catch(() => {});
  }
}

/** Keeps the last samples of a received audio track. */
export class NativeAudioObserver {
  #samples = new Float32Array(HEARD_SAMPLES);

  constructor(track) {
    this.reader = new AudioStream(track, SAMPLE_RATE, 1).getReader();
    this.run().catch(() => {});
  }

  async run() {
    for (let next = await this.reader.read(); !next.done; next = await this.reader.read()) {
      const { data } = next.value;
      this.#samples.copyWithin(0, data.length);
      for (let i = 0; i < data.length; ++i)
        this.#samples[HEARD_SAMPLES - data.length + i] = data[i] / 32768;
    }
  }

  hear() {
    return loudestPitch(this.#samples, SAMPLE_RATE);
  }

  stop() {
    this.reader.cancel().catch(() => {});
  }
}
