import assert from 'node:assert/strict';

/** One's own microphone, camera and screen. */
export async function ownMedia(stage) {
  await stage.room();
  const ada = await stage.joins('ada');
  const ben = await stage.joins('ben');
  await ben.hears('participant-joined');
  const dominant = () =>
    ben.page.evaluate(async () => {
      const { stream } = { stream: window.meeting.participants.get('ada')?.stream('video') };
      if (!stream) return '';
      const video = Object.assign(document.createElement('video'), { muted: true });
      video.srcObject = new MediaStream([stream.track]);
      await video.play();
      const context = Object.assign(document.createElement('canvas'), {
        width: 8,
        height: 8,
      }).getContext('2d');
      context.drawImage(video, 0, 0, 8, 8);
      const [r, g, b] = context.getImageData(1, 1, 1, 1).data;
      return r > 120 && g < 90
        ? 'red'
        : b > 120 && g < 90
          ? 'blue'
          : g > 120 && r < 90
            ? 'green'
            : `${r},${g},${b}`;
    });
  const sees = async (colour) => {
    for (let i = 0; i < 80 && (await dominant()) !== colour; ++i)
      await new Promise((d) => setTimeout(d, 100));
    assert.equal(await dominant(), colour);
  };

  assert.equal(await ada.refused((m) => m.muteMic()), 3054);
  assert.equal(await ada.refused((m) => m.disableWebcam()), 3054);
  assert.equal(await ada.refused((m) => m.disableScreenShare()), 3054);
  await ada.run((m) => m.unmuteMic());
  assert.equal(await ada.refused((m) => m.unmuteMic()), 3054);
  await ada.run((m) => m.muteMic());
  await ada.run((m) => m.unmuteMic());
  await ben.until('hears ada', (m) => m.participants.get('ada').micOn);
  const twice = await ada.refused(async (m) => {
    const first = m.enableWebcam();
    const second = m.enableWebcam();
    await first;
    await second;
  });
  assert.equal(twice, 3055);

  const mics = await ada.run((m) => m.getMics());
  const cams = await ada.run((m) => m.getWebcams());
  assert.ok(mics.length > 0 && mics.every((d) => d.kind === 'audioinput'));
  assert.ok(cams.length > 0 && cams.every((d) => d.kind === 'videoinput'));
  await ada.run((m, id) => m.changeMic(id), mics.at(-1).deviceId);
  await ada.run((m, id) => m.changeWebcam(id), cams.at(-1).deviceId);
  assert.equal(await ada.run((m) => m.selectedMicrophoneDevice.id), mics.at(-1).deviceId);
  assert.equal(await ada.run((m) => m.selectedCameraDevice.id), cams.at(-1).deviceId);
  assert.equal(await ada.refused((m) => m.changeMic('no such')), 3023);
  assert.equal(await ada.refused((m) => m.changeWebcam('no such')), 3019);
  await ada.run((m) => m.setWebcamQuality('low'));
  assert.equal(await ada.refused((m) => m.setWebcamQuality('ultra')), 3073);
  await ada.run((m) => m.setWebcamQuality('high'));

  await ada.run((m) => m.replaceWebcamStream(window.stage.paintedStream('#c00')));
  await sees('red');
  await ada.run((m) => m.changeWebcam(window.stage.paintedStream('#00c')));
  await sees('blue');
  await ada.run((m) => m.disableWebcam());
  await ben.until('the camera is off', (m) => !m.participants.get('ada').webcamOn);
  assert.equal(await ada.refused((m) => m.enableWebcam(window.stage.silentStream())), 3026);
  await ada.run((m) => m.enableWebcam(window.stage.paintedStream('#0c0')));
  await sees('green');

  await ada.run((m) => m.enableScreenShare());
  await ben.hears('stream-enabled', (s) => s.stream === 'share');
  await ben.hears('presenter-changed', (id) => id === 'ada');
  await ben.until(
    'ada presents',
    (m) => m.activePresenterId === 'ada' && m.mainParticipantId === 'ada',
  );
  assert.equal(await ada.refused((m) => m.enableScreenShare()), 3054);
  assert.ok(await ada.run((m) => m.localParticipant.stream('share').displaySurface));
  await ada.run((m) => m.disableScreenShare());
  await ben.hears('presenter-changed', (id) => id === null);

  const shown = await ada.run(async (m) => {
    const stream = window.stage.paintedStream('#cc0');
    const [sound] = window.stage.silentStream().getTracks();
    stream.addTrack(sound);
    await m.enableScreenShare(stream);
    return [m.localParticipant.screenShareOn, m.localParticipant.screenShareAudioOn];
  });
  assert.deepEqual(shown, [true, true]);
  await ben.hears('stream-enabled', (s) => s.stream === 'shareAudio');
  await ada.run((m) => m.disableScreenShare());
  await ben.until(
    'nothing is shared',
    (m) =>
      !m.participants.get('ada').screenShareOn && !m.participants.get('ada').screenShareAudioOn,
  );

  await ada.run((m) => m.muteMic());
  await ada.run((m) => m.unmuteMic(window.stage.silentStream()));
  await ada.hears('audio-input-silence', (e) => e.state === 'detected');
}

/** The entry's own functions: devices, permissions, tracks, the test before a call. */
export async function entry(stage) {
  await stage.room();
  const ada = await stage.person('ada');
  const url = stage.server.httpUrl;
  const sdk = (body, argument) =>
    ada.page.evaluate(`(${body})(window.VideoSDK, ${JSON.stringify(argument ?? null)})`);
  assert.equal(await ada.refused(() => window.VideoSDK.config('')), 4002);
  assert.equal(await ada.refused(() => window.VideoSDK.initMeeting({})), 3073);
  assert.equal(
    await ada.refused(() => window.VideoSDK.initMeeting({ meetingId: 'x', participantId: 'a b' })),
    4004,
  );
  assert.deepEqual(await sdk(async (v) => [...(await v.requestPermission('audio_video'))]), [
    ['audio', true],
    ['video', true],
  ]);
  assert.deepEqual(await sdk(async (v) => [...(await v.checkPermissions('audio'))]), [
    ['audio', true],
  ]);
  const kinds = await sdk(async (v) =>
    [await v.getCameras(), await v.getMicrophones(), await v.getPlaybackDevices()].map(
      (all) => all[0]?.kind,
    ),
  );
  assert.deepEqual(kinds, ['videoinput', 'audioinput', 'audiooutput']);
  assert.ok((await sdk((v) => v.getDevices())).length >= 3);
  const changed = await sdk(async (v) => {
    const heard = new Promise((done) => v.on('device-changed', done));
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    const { devices } = await heard;
    v.off('device-changed');
    return devices.length;
  });
  assert.ok(changed >= 3);
  await sdk((v) => v.setLogLevel('NONE'));
  assert.equal(await ada.refused(() => window.VideoSDK.setLogLevel('LOUD')), 3073);
  assert.equal(await sdk((v) => v.Constants.errors.NOT_SUPPORTED), 3068);

  const tracks = await sdk(async (v) => {
    window.camera = await v.createCameraVideoTrack({
      encoderConfig: 'h180p_w320p',
      optimizationMode: 'motion',
      multiStream: false,
      codec: 'VP8',
      bitrateMode: 'high_quality',
    });
    window.microphone = await v.createMicrophoneAudioTrack({
      encoderConfig: 'high_quality',
      noiseConfig: { noiseSuppression: false },
    });
    window.screenShare = await v.createScreenShareVideoTrack({
      encoderConfig: 'h360p_30fps',
      optimizationMode: 'detail',
    });
    return [
      window.camera.getVideoTracks()[0].getSettings().width,
      window.microphone.getAudioTracks().length,
      window.screenShare.getVideoTracks().length,
    ];
  });
  assert.deepEqual(tracks, [320, 1, 1]);
  assert.equal(
    await ada.refused(() => window.VideoSDK.createCameraVideoTrack({ encoderConfig: 'huge' })),
    3071,
  );
  await sdk(
    (v, { url: serverUrl, token }) => {
      v.configure({ serverUrl });
      v.config(token);
    },
    { url, token: stage.token() },
  );
  await sdk(async (v, meetingId) => {
    window.meeting = window.stage.makeMeeting({
      meetingId,
      name: 'Ada',
      customCameraVideoTrack: window.camera,
      customMicrophoneAudioTrack: window.microphone,
      webcamEnabled: true,
      micEnabled: true,
    });
    await window.meeting.join();
  }, stage.roomId);
  const sent = await ada.until('is sent', async (m) => {
    const all = await m.localParticipant.getVideoStats();
    return all[0]?.size?.width > 0 && all;
  });
  assert.equal(sent.length, 1, 'one quality only');
  assert.match(sent[0].codec, /VP8/i);
  assert.ok(await ada.run((m) => m.localParticipant.id.length > 0));
  for (const name of [
    'startWhiteboard',
    'stopWhiteboard',
    'startTranscription',
    'stopTranscription',
    'requestMediaRelay',
    'stopMediaRelay',
  ])
    assert.equal(await ada.refused((m, method) => m[method]({}), name), 3068);

  assert.equal(
    await ada.refused(() => window.VideoSDK.runPreCallTest({ token: 'x', samplingDuration: 5 })),
    3073,
  );
  const test = await sdk(
    async (v, { token }) => {
      const seen = [];
      const running = v.runPreCallTest({
        token,
        samplingDuration: 10000,
        onStatsChange: (s) => {
          seen.push(s);
          if (seen.length === 3) running.stop();
        },
      });
      return { ...(await running), seen: seen.length };
    },
    { token: stage.token(['allow_join'], { roles: undefined }) },
  );
  assert.equal(test.aborted, true);
  assert.ok(test.camera.ok && test.microphone.ok && test.seen === 3, JSON.stringify(test));
  assert.ok(
    test.networkQuality.score >= 4 && test.networkQuality.sendBitrate > 0,
    JSON.stringify(test),
  );
}
