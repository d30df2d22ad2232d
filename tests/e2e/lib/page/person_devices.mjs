// Before the meeting app runs: a camera, a microphone and a screen that tests can recognise, and what is
// needed to tell what is seen and heard. Set by `window.personSetup = {sender, hz}`.
import { read } from '../pattern.mjs';
import { loudestPitch } from '../tone.mjs';
import { audioContext, patternTrack, toneTrack } from './media.mjs';

const { sender, hz } = window.personSetup;
const SCREEN_OFFSET = 100;
const WIDTH = 160;
const HEIGHT = 96;

// Asking for the rate of a sound card takes Firefox a minute where there is none.
const { AudioContext } = window;
window.AudioContext = class extends AudioContext {
  constructor(options) {
    super({ sampleRate: 48_000, ...options });
  }
};

const trackOf = (made) => made.track ?? made;
const media = navigator.mediaDevices;
const camera = () => trackOf(patternTrack({ sender }));
const microphone = () => trackOf(toneTrack({ hz }));
const screen = () => trackOf(patternTrack({ sender: sender + SCREEN_OFFSET, width: 1280, height: 720 }));

media.getUserMedia = async ({ video, audio } = {}) =>
  new MediaStream([...(video ? [camera()] : []), ...(audio ? [microphone()] : [])]);
media.getDisplayMedia = async () => new MediaStream([screen()]);

function picture(video) {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  // The part that the tile shows may be cropped; the whole frame is what was received.
  context.drawImage(video, 0, 0, WIDTH, HEIGHT);
  return read(context.getImageData(0, 0, WIDTH, HEIGHT).data, WIDTH, HEIGHT);
}

const listening = new Map();
function pitch(track) {
  let analyser = listening.get(track);
  if (!analyser) {
    const context = audioContext();
    analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    listening.set(track, analyser);
  }
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return loudestPitch(samples, analyser.context.sampleRate);
}

window.person = {
  /** Numbers of whose pictures the tiles show, in their order; null = a tile without a readable one. */
  seen: () =>
    [...document.querySelectorAll('[data-testid=tile]')].map((tile) => {
      const video = tile.querySelector('video');
      return (video?.videoWidth && picture(video)?.sender) || null;
    }),
  /** Pitches that are played now. */
  heard: () =>
    [...document.querySelectorAll('audio')]
      .flatMap((audio) => audio.srcObject?.getAudioTracks() ?? [])
      .map(pitch)
      .filter(({ db }) => db > -50)
      .map((found) => found.hz),
};
