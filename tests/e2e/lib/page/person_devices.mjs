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

const connections = [];
const { RTCPeerConnection } = window;
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...args) {
    super(...args);
    connections.push(this);
  }
};

async function inboundVideos() {
  const reports = await Promise.all(connections.map((connection) => connection.getStats()));
  return reports
    .flatMap((report) => [...report.values()])
    .filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
}

/** Frames that arrived so far, by stream. */
const frames = async () =>
  new Map((await inboundVideos()).map(({ id, framesReceived }) => [id, framesReceived ?? 0]));

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
  /** How many videos arrive: of which there came frames within a second. */
  arriving: async () => {
    const before = await frames();
    await new Promise((done) => setTimeout(done, 1000));
    const now = await frames();
    return [...now].filter(([id, count]) => count > (before.get(id) ?? 0)).length;
  },
  /** What the tiles show, with the size of each and of the picture that arrives for it. */
  tiles: () =>
    [...document.querySelectorAll('[data-testid=tile]')].map((tile) => {
      const { width, height } = tile.getBoundingClientRect();
      const video = tile.querySelector('video');
      const id = video?.srcObject?.getVideoTracks()[0]?.id;
      return { label: tile.getAttribute('aria-label'), width, height, id, pictureWidth: video?.videoWidth };
    }),
  /** Bytes of each video that arrived so far, by its track's id. */
  received: async () =>
    Object.fromEntries(
      (await inboundVideos()).map(({ trackIdentifier, bytesReceived }) => [trackIdentifier, bytesReceived]),
    ),
  /** How the page's own frames follow each other for so long: milliseconds between two, sorted. */
  frameTimes: (forMs) =>
    new Promise((done) => {
      const times = [];
      let last;
      const begin = performance.now();
      const frame = (now) => {
        if (last !== undefined) times.push(now - last);
        last = now;
        if (performance.now() - begin < forMs) requestAnimationFrame(frame);
        else done(times.sort((a, b) => a - b));
      };
      requestAnimationFrame(frame);
    }),
  /** Pitches that are played now. */
  heard: () =>
    [...document.querySelectorAll('audio')]
      .flatMap((audio) => audio.srcObject?.getAudioTracks() ?? [])
      .map(pitch)
      .filter(({ db }) => db > -50)
      .map((found) => found.hz),
};
