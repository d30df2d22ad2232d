import assert from 'node:assert/strict';

/** Modes, pins, asking for microphones, muting from afar. */
export async function moderation(stage) {
  await stage.room();
  const mod = await stage.joins('mod');
  const ben = await stage.joins('ben', {
    permissions: ['allow_join'],
    micEnabled: true,
    webcamEnabled: true,
  });
  await mod.hears('stream-enabled', (s, by) => s.stream === 'video' && by === 'ben');
  const eve = await stage.joins('eve', { permissions: ['allow_join'], mode: 'RECV_ONLY' });
  await mod.hears('participant-joined', (p) => p.participant === 'eve');
  await eve.hears('participant-joined', (p) => p.participant === 'ben');

  assert.equal(await eve.run((m) => m.localParticipant.mode), 'RECV_ONLY');
  for (const turnOn of ['unmuteMic', 'enableWebcam', 'enableScreenShare'])
    assert.equal(await eve.refused((m, name) => m[name](), turnOn), 3066);
  assert.equal(await eve.refused((m) => m.changeMode('RECV_ONLY')), 3054);
  assert.equal(await eve.refused((m) => m.changeMode('LOUD')), 3067);
  await eve.run((m) => m.changeMode('CONFERENCE'));
  await mod.hears(
    'participant-mode-changed',
    (c) => c.participantId === 'eve' && c.mode === 'SEND_AND_RECV',
  );
  await eve.hears(
    'participant-mode-changed',
    (c) => c.participantId === 'eve' && c.mode === 'SEND_AND_RECV',
  );
  await eve.run((m) => m.unmuteMic());
  await mod.hears('stream-enabled', (s, by) => s.stream === 'audio' && by === 'eve');
  await eve.run((m) => m.changeMode('SIGNALLING_ONLY'));
  await mod.hears('stream-disabled', (s, by) => s.stream === 'audio' && by === 'eve');
  await eve.until('nothing is received', (m) => m.participants.get('ben').streams.size === 0);
  assert.equal(await eve.refused((m) => m.participants.get('ben').setQuality('low')), 3066);
  await eve.run((m) => m.changeMode('SEND_AND_RECV'));
  await eve.until('all is received again', (m) => m.participants.get('ben').streams.size === 2);

  await eve.run((m) => m.participants.get('ben').pin('CAM'));
  const pinned = await mod.hears('pin-state-changed', (c) => c.participantId === 'ben');
  assert.deepEqual(pinned.args[0], {
    participantId: 'ben',
    peerId: 'ben',
    state: { cam: true, share: false },
    pinnedBy: 'eve',
  });
  await eve.hears('pin-state-changed');
  await eve.run((m) => m.participants.get('ben').pin('SHARE'));
  await mod.hears('pin-state-changed', (c) => c.state.cam && c.state.share);
  assert.deepEqual(await mod.run((m) => [...m.pinnedParticipants]), [
    ['ben', { cam: true, share: true }],
  ]);
  const late = await stage.joins('late');
  assert.deepEqual(await late.run((m) => [...m.pinnedParticipants]), [
    ['ben', { cam: true, share: true }],
  ]);
  await late.hears('main-participant-changed');
  assert.equal(
    await late.run((m) => m.mainParticipantId),
    await mod.run((m) => m.mainParticipantId),
  );
  await ben.run((m) => m.localParticipant.unpin());
  await mod.until('nobody is pinned', (m) => m.pinnedParticipants.size === 0);

  assert.equal(await ben.refused((m) => m.participants.get('eve').disableMic()), 4068);
  assert.equal(await ben.refused((m) => m.participants.get('eve').disableWebcam()), 4070);
  await mod.run((m) => m.participants.get('ben').disableMic());
  await ben.hears('stream-disabled', (s) => s.stream === 'audio');
  await eve.until('ben is mute', (m) => !m.participants.get('ben').micOn);
  await mod.run((m) => m.participants.get('ben').disableWebcam());
  await ben.until('the camera is let go', (m) => !m.localParticipant.webcamOn);
  await eve.until('ben is not seen', (m) => !m.participants.get('ben').webcamOn);

  await eve.run((m) => m.participants.get('ben').enableMic());
  assert.equal((await ben.hears('mic-requested')).args[0].participantId, 'eve');
  await ben.run((m) => m.raw['mic-requested'][0].accept());
  await eve.until('ben speaks', (m) => m.participants.get('ben').micOn);
  await eve.run((m) => m.participants.get('ben').enableWebcam());
  await ben.hears('webcam-requested', (r) => r.participantId === 'eve');
  await ben.run((m) => m.raw['webcam-requested'][0].reject());
  assert.equal(await ben.run((m) => m.localParticipant.webcamOn), false);
  await ben.run((m) => m.raw['webcam-requested'][0].accept());
  await eve.until('ben is seen', (m) => m.participants.get('ben').webcamOn);
  assert.equal(await ben.refused((m) => m.localParticipant.setQuality('low')), 3068);
}

/** What is received, and how well. */
export async function receiving(stage) {
  await stage.room();
  const ada = await stage.joins('ada', { micEnabled: true, webcamEnabled: true });
  const ben = await stage.joins('ben');
  await ben.until('two streams', (m) => m.participants.get('ada')?.streams.size === 2);
  const size = (quality) =>
    ben.page.evaluate(async (q) => {
      const track = window.meeting.participants.get('ada').stream('video').track;
      const video = (window.probe ??= Object.assign(document.createElement('video'), {
        muted: true,
      }));
      video.srcObject = new MediaStream([track]);
      await video.play();
      for (let i = 0; i < 100 && q && video.videoWidth < 600 !== (q === 'low'); ++i)
        await new Promise((done) => setTimeout(done, 100));
      return video.videoWidth;
    }, quality);
  assert.ok((await size('high')) >= 600);
  await ben.run((m) => m.participants.get('ada').setQuality('low'));
  assert.ok((await size('low')) < 600);
  assert.deepEqual((await ben.hears('video-quality-changed')).args[0], {
    prevQuality: 'high',
    currentQuality: 'low',
  });
  await ben.run((m) => m.participants.get('ada').setViewPort(1280, 720));
  assert.ok((await size('high')) >= 600);
  assert.equal(await ben.refused((m) => m.participants.get('ada').setViewPort(0, -1)), 3073);
  assert.equal(await ben.refused((m) => m.participants.get('ada').setQuality('best')), 3073);
  await ben.run((m) => m.participants.get('ada').setScreenShareQuality('med'));

  const frames = () =>
    ben.run(async (m) => (await m.participants.get('ada').getVideoStats())[0]?.totalPackets ?? 0);
  await ben.run((m) => m.participants.get('ada').stream('video').pause());
  await ben.hears('stream-paused', (c) => c.kind === 'video');
  assert.equal(await ben.run((m) => m.participants.get('ada').stream('video').paused), true);
  await ada.until('nothing changes for others', (m) => m.localParticipant.webcamOn);
  await ben.run((m) => m.participants.get('ada').stream('video').resume());
  await ben.hears('stream-resumed', (c) => c.kind === 'video');
  const before = await frames();
  await ben.until(
    'packets again',
    async (m, n) => (await m.participants.get('ada').getVideoStats())[0]?.totalPackets > n,
    before,
  );
  assert.equal(await ada.refused((m) => m.localParticipant.stream('video').pause()), 3068);

  await ben.run((m) => m.pauseAllStreams('audio'));
  await ben.hears('paused-all-streams', (c) => c.kind === 'audio');
  assert.equal(await ben.run((m) => m.participants.get('ada').stream('audio').paused), true);
  const eve = await stage.joins('eve', { micEnabled: true });
  await ben.until(
    'who comes later is paused too',
    (m) => m.participants.get('eve')?.stream('audio')?.paused,
  );
  await ben.run((m) => m.resumeAllStreams());
  await ben.hears('resumed-all-streams', (c) => c.kind === 'all');
  await ben.until('all go on', (m) => !m.participants.get('eve').stream('audio').paused);
  assert.equal(await ben.refused((m) => m.pauseAllStreams('smell')), 3073);

  await ben.page.evaluate(() => window.probe.remove());
  await ben.run((m) => m.enableAdaptiveSubscription());
  await ben.until(
    'what nobody shows is paused',
    (m) => m.participants.get('ada').stream('video').paused,
  );
  await ben.page.evaluate(() => {
    const box = window.meeting.participants
      .get('ada')
      .renderVideo({ containerStyle: { width: '160px', height: '90px' } });
    document.body.append(box);
  });
  await ben.until(
    'what is shown goes on',
    (m) => !m.participants.get('ada').stream('video').paused,
  );
  await ben.until('in the size it is shown', (m) => {
    const video = document.querySelector('div video');
    return video.videoWidth > 0 && video.videoWidth < 600;
  });
  await ben.page.evaluate(() => document.querySelector('div').remove());
  await ben.until('and is paused again', (m) => m.participants.get('ada').stream('video').paused);
  await ben.run((m) => m.disableAdaptiveSubscription());
  await ben.hears('stream-resumed', (c) => c.reason === 'adaptiveSubscriptionsDisabled');

  const picky = await stage.joins('picky', { autoConsume: false });
  await picky.until('knows of her camera', (m) => m.participants.get('ada')?.webcamOn);
  assert.equal(await picky.run((m) => m.participants.get('ada').streams.size), 0);
  await picky.run((m) => m.participants.get('ada').consumeWebcamStreams());
  await picky.hears('stream-enabled', (s) => s.stream === 'video');
  await picky.run((m) => m.participants.get('ada').consumeMicStreams());
  await picky.hears('stream-enabled', (s) => s.stream === 'audio');
  await picky.run((m) => m.participants.get('ada').stopConsumingWebcamStreams());
  await picky.hears('stream-disabled', (s) => s.stream === 'video');
  await picky.run((m) => m.participants.get('ada').stopConsumingMicStreams());
  await picky.hears('stream-disabled', (s) => s.stream === 'audio');
  await eve.run((m) => m.leave());
}

/** Pictures, sound and figures. */
export async function looking(stage) {
  await stage.room();
  const ada = await stage.joins('ada', { micEnabled: true, camera: '#0c0', webcamEnabled: true });
  const ben = await stage.joins('ben');
  await ada.run((m) => m.enableScreenShare(window.stage.paintedStream('#00c')));
  await ben.hears('stream-enabled', (s) => s.stream === 'share');
  await ben.until('her camera', (m) => m.participants.get('ada').stream('video'));
  const colour = await ben.page.evaluate(async () => {
    const box = window.meeting.participants
      .get('ada')
      .renderVideo({ maxQuality: 'high', videoStyle: { objectFit: 'cover' } });
    document.body.append(box);
    const video = box.querySelector('video');
    while (!video.videoWidth) await new Promise((done) => setTimeout(done, 50));
    const canvas = Object.assign(document.createElement('canvas'), { width: 10, height: 10 });
    canvas.getContext('2d').drawImage(video, 0, 0, 10, 10);
    return [...canvas.getContext('2d').getImageData(1, 1, 1, 1).data];
  });
  assert.ok(colour[1] > 150 && colour[0] < 60, `${colour}`);
  const audio = await ben.page.evaluate(async () => {
    const element = window.meeting.participants.get('ada').renderAudio({ type: 'audio' });
    document.body.append(element);
    for (let i = 0; i < 50 && !(element.currentTime > 0.2); ++i)
      await new Promise((done) => setTimeout(done, 100));
    return { tag: element.tagName, plays: element.currentTime > 0.2 };
  });
  assert.deepEqual(audio, { tag: 'AUDIO', plays: true });
  const image = await ben.run((m) =>
    m.participants.get('ada').captureImage({ width: 64, height: 36 }),
  );
  assert.equal(Buffer.from(image, 'base64').subarray(0, 3).toString('hex'), 'ffd8ff');
  assert.equal(await ada.refused((m) => m.participants.get('ben').captureImage()), 3069);

  await ben.run(async (m) => {
    await m.participants.get('ada').getVideoStats();
  });
  const video = await ben.until('a bitrate', async (m) => {
    const all = await m.participants.get('ada').getVideoStats();
    return all[0]?.bitrate > 0 && all[0].size?.width > 0 && all[0];
  });
  assert.match(video.codec, /^video\//);
  assert.ok(video.totalPackets > 0 && video.packetsLost >= 0 && video.jitter >= 0);
  assert.match((await ben.run((m) => m.participants.get('ada').getAudioStats()))[0].codec, /opus/);
  assert.equal((await ben.run((m) => m.participants.get('ada').getShareStats())).length, 1);
  assert.deepEqual(await ben.run((m) => m.participants.get('ada').getShareAudioStats()), []);
  assert.ok((await ada.run((m) => m.localParticipant.getVideoStats())).length >= 1);
  const transport = await ada.run((m) => m.localParticipant.getTransportStats());
  assert.ok(
    transport.bytesSent > 0 && transport.rtt >= 0 && transport.protocol,
    JSON.stringify(transport),
  );
}
