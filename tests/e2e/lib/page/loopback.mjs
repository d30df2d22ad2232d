// Two peer connections in one page, no server: proves that the test media themselves can be told
// apart.
import { AudioObserver, patternTrack, toneTrack, VideoObserver } from './media.mjs';

/** Sends pattern and tone over a loopback connection for a while; returns what arrived. */
export async function loopback({ sender, hz, seconds = 3, ...picture }) {
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => candidate && far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => candidate && near.addIceCandidate(candidate);
  const sources = [patternTrack({ sender, ...picture }), toneTrack({ hz })];
  const observers = {};
  far.ontrack = ({ track }) => {
    const element = document.createElement(track.kind);
    Object.assign(element, {
      autoplay: true,
      playsInline: true,
      srcObject: new MediaStream([track]),
    });
    document.body.append(element);
    observers[track.kind] =
      track.kind === 'video' ? new VideoObserver(element) : new AudioObserver(track);
  };
  for (const { track } of sources) near.addTrack(track, new MediaStream());
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  const result = {
    video: observers.video?.log.snapshot(performance.now()),
    audio: observers.audio?.hear(),
  };
  near.close();
  far.close();
  for (const source of sources) source.stop();
  return result;
}
