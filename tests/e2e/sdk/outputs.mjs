import assert from 'node:assert/strict';
import { RtmpServer } from '../lib/rtmp_server.mjs';

// Sound only: what composing pictures costs is not asked about here.
const AUDIO = { mode: 'audio' };

/** Recording, live stream and HLS: everybody hears the states, who comes late sees them. */
export async function outputs(stage) {
  await stage.room();
  const rtmp = await RtmpServer.start();
  try {
    const ada = await stage.joins('ada', { micEnabled: true });
    const ben = await stage.joins('ben', { permissions: ['allow_join'] });
    await ada.until('speaks', (m) => m.localParticipant.micOn);
    assert.equal(await ben.refused((m) => m.stopRecording()), 4012);
    assert.equal(
      await ben.refused((m) => m.startRecording(null, null, null, { enabled: true })),
      3068,
    );
    assert.equal(
      await ben.refused((m) => m.startLivestream([{ url: 'ftp://x', streamKey: 'y' }])),
      4015,
    );

    await ben.run((m, config) => m.startRecording(null, null, config), AUDIO);
    await ada.hears('recording-state-changed', (c) => c.status === 'RECORDING_STARTED');
    await ben.hears('recording-state-changed', (c) => c.status === 'RECORDING_STARTED');
    assert.equal(await ben.refused((m) => m.startRecording()), 4011);
    await ben.run(
      (m, [url, config]) => m.startLivestream([{ url, streamKey: 'key' }], config),
      [rtmp.url, AUDIO],
    );
    await ada.hears('livestream-state-changed', (c) => c.status === 'LIVESTREAM_STARTED');
    await ben.run((m, config) => m.startHls(config), AUDIO);
    const playable = (await ada.hears('hls-state-changed', (c) => c.status === 'HLS_PLAYABLE'))
      .args[0];
    assert.match(await (await fetch(playable.playbackHlsUrl)).text(), /^#EXTM3U/);

    const late = await stage.joins('late');
    const state = (m) => ({
      recording: m.recordingState,
      livestream: m.livestreamState,
      hls: m.hlsState,
      urls: m.hlsUrls,
      speaker: typeof m.activeSpeakerId,
      presenter: m.activePresenterId,
      main: m.mainParticipantId,
    });
    const seen = await late.run(state);
    assert.deepEqual(seen, await ada.run(state));
    assert.deepEqual(
      [seen.recording, seen.livestream, seen.hls],
      ['RECORDING_STARTED', 'LIVESTREAM_STARTED', 'HLS_PLAYABLE'],
    );
    assert.ok(seen.urls.playbackHlsUrl && seen.main === 'ada');
    await late.hears('recording-state-changed');

    await late.run((m) => m.stopRecording());
    await late.run((m) => m.stopLivestream());
    await late.run((m) => m.stopHls());
    for (const person of [ada, ben, late]) {
      await person.hears('recording-state-changed', (c) => c.status === 'RECORDING_STOPPED');
      await person.hears('livestream-state-changed', (c) => c.status === 'LIVESTREAM_STOPPED');
      await person.hears('hls-state-changed', (c) => c.status === 'HLS_STOPPED');
    }
    assert.deepEqual(await ada.run((m) => m.hlsUrls), {});
    assert.equal(await ada.refused((m) => m.stopLivestream()), 4014);
    assert.equal(await ada.refused((m) => m.stopHls()), 4017);
  } finally {
    await rtmp.close();
  }
}
