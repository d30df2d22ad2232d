// Sources and observers of test media in a browser: the pattern on a canvas, the tone from an
// oscillator.
import { cellColour, COLUMNS, PatternLog, read, ROWS } from '../pattern.mjs';
import { loudestPitch } from '../tone.mjs';

const READ_WIDTH = 160;
const READ_HEIGHT = 96;
/** Reading pixels costs; eight times a second is enough to see motion. */
const READ_EVERY_MS = 120;

let sharedContext;
export function audioContext() {
  sharedContext ??= new AudioContext({ sampleRate: 48_000 });
  if (sharedContext.state !== 'running') void sharedContext.resume();
  return sharedContext;
}

/** A canvas track with the moving colour code. `stop()` ends it. */
export function patternTrack({ sender, width = 640, height = 360, fps = 20 }) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  let counter = 0;
  const draw = () => {
    for (let row = 0; row < ROWS; ++row) {
      for (let column = 0; column < COLUMNS; ++column) {
        context.fillStyle = `rgb(${cellColour(sender, counter, column, row).join(',')})`;
        context.fillRect(
          (column * width) / COLUMNS,
          (row * height) / ROWS,
          width / COLUMNS + 1,
          height / ROWS + 1,
        );
      }
    }
    counter = (counter + 1) & 0xff;
  };
  draw();
  const timer = setInterval(draw, 1000 / fps);
  const track = canvas.captureStream(fps).getVideoTracks()[0];
  return { track, stop: () => (clearInterval(timer), track.stop()) };
}

/** A sine of `hz` whose loudness swings at 4 Hz (see toneSample in tone.mjs for why). */
export function toneTrack({ hz, loudness = 1, stereo = false }) {
  const context = audioContext();
  const oscillator = new OscillatorNode(context, { frequency: hz });
  const swing = new OscillatorNode(context, { frequency: 4 });
  const depth = new GainNode(context, { gain: 0.25 * loudness });
  const swung = new GainNode(context, { gain: 0.35 * loudness });
  const destination = new MediaStreamAudioDestinationNode(context, {
    channelCount: stereo ? 2 : 1,
  });
  swing.connect(depth).connect(swung.gain);
  oscillator.connect(swung).connect(destination);
  oscillator.start();
  swing.start();
  const track = destination.stream.getAudioTracks()[0];
  return { track, stop: () => (oscillator.stop(), swing.stop(), track.stop()) };
}

/** Watches a video element: every presented frame is counted, some are read. */
export class VideoObserver {
  log = new PatternLog();
  #stopped = false;
  #readAt = 0;
  #canvas = new OffscreenCanvas(READ_WIDTH, READ_HEIGHT);
  #context = this.#canvas.getContext('2d', { willReadFrequently: true });

  constructor(element) {
    this.element = element;
    this.#next();
  }

  #next() {
    this.element.requestVideoFrameCallback((now) => {
      if (this.#stopped) return;
      this.log.onFrame(now, this.element.videoWidth, this.element.videoHeight);
      if (now - this.#readAt >= READ_EVERY_MS) {
        this.#readAt = now;
        this.#context.drawImage(this.element, 0, 0, READ_WIDTH, READ_HEIGHT);
        this.log.onRead(
          read(
            this.#context.getImageData(0, 0, READ_WIDTH, READ_HEIGHT).data,
            READ_WIDTH,
            READ_HEIGHT,
          ),
        );
      }
      this.#next();
    });
  }

  stop() {
    this.#stopped = true;
  }
}

/** Listens to a received audio track. */
export class AudioObserver {
  #samples = new Float32Array(8192);

  constructor(mediaStreamTrack) {
    const context = audioContext();
    this.analyser = new AnalyserNode(context, { fftSize: this.#samples.length });
    this.source = new MediaStreamAudioSourceNode(context, {
      mediaStream: new MediaStream([mediaStreamTrack]),
    });
    this.source.connect(this.analyser);
  }

  /** Pitch over the last 170 ms. */
  hear() {
    this.analyser.getFloatTimeDomainData(this.#samples);
    return loudestPitch(this.#samples, this.analyser.context.sampleRate);
  }

  stop() {
    this.source.disconnect();
  }
}
