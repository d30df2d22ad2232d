// Many people who only send, in one page that costs little: each has a connection of its own with a camera in
// two layers, and some have a microphone. `window.crowd`; arguments and results are plain data.
import { Room, setLogLevel, Track, VideoPreset } from 'livekit-client';
import { paint } from '../pattern.mjs';
import { toneTrack } from './media.mjs';

setLogLevel('warn');
const WIDTH = 640;
const HEIGHT = 360;
const FPS = 3;
const people = [];

/** The pattern of a sender as a track, without the canvas and the frames of the page; there is a frame already. */
async function camera(sender) {
  const track = new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = track.writable.getWriter();
  const pixels = new Uint8Array(WIDTH * HEIGHT * 4);
  const size = { codedWidth: WIDTH, codedHeight: HEIGHT };
  let counter = 0;
  const draw = () => {
    paint(pixels, WIDTH, HEIGHT, sender, counter++);
    const timestamp = Math.round(performance.now() * 1000);
    return writer.write(new VideoFrame(pixels, { format: 'RGBX', timestamp, ...size }));
  };
  await draw();
  // Not all at the same moment.
  setTimeout(() => setInterval(draw, 1000 / FPS), (sender * 37) % (1000 / FPS));
  return track;
}

window.crowd = {
  /** Enters and sends a camera; with `hz` a microphone too, which is muted until it speaks. */
  async enter({ url, token, sender, hz }) {
    const room = new Room({ dynacast: true });
    await room.connect(url, token, { autoSubscribe: false });
    await room.localParticipant.publishTrack(await camera(sender), {
      source: Track.Source.Camera,
      simulcast: true,
      videoCodec: 'vp8',
      videoEncoding: { maxBitrate: 150_000, maxFramerate: FPS },
      videoSimulcastLayers: [new VideoPreset(320, 180, 60_000, FPS)],
    });
    if (hz) {
      await room.localParticipant.publishTrack(toneTrack({ hz }).track, {
        source: Track.Source.Microphone,
        dtx: true,
      });
      await room.localParticipant.getTrackPublication(Track.Source.Microphone).mute();
    }
    people[sender] = room;
  },
  async speak(sender, on) {
    const microphone = people[sender].localParticipant.getTrackPublication(Track.Source.Microphone);
    await (on ? microphone.unmute() : microphone.mute());
  },
};
