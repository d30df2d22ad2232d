// What there is, and the chapter that uses it and looks at what it does. The test fails when the SDK has
// something that is not here, and when something here was not used.
const ofMeeting = {
  joining: 'join leave muteMic',
  lobby: 'respondEntry',
  leaving: 'end switchTo',
  moderation: 'changeMode',
  receiving:
    'pauseAllStreams resumeAllStreams enableAdaptiveSubscription disableAdaptiveSubscription',
  ownMedia:
    'unmuteMic enableWebcam disableWebcam enableScreenShare disableScreenShare changeMic changeWebcam ' +
    'replaceWebcamStream setWebcamQuality getMics getWebcams',
  outputs: 'startRecording stopRecording startLivestream stopLivestream startHls stopHls',
  messages: 'send uploadBase64File fetchBase64File',
  entry:
    'requestMediaRelay stopMediaRelay startWhiteboard stopWhiteboard startTranscription stopTranscription',
};
const ofParticipant = {
  leaving: 'remove',
  moderation: 'enableMic disableMic enableWebcam disableWebcam pin unpin',
  receiving:
    'setQuality setScreenShareQuality setViewPort consumeMicStreams stopConsumingMicStreams ' +
    'consumeWebcamStreams stopConsumingWebcamStreams stream',
  looking:
    'renderVideo renderAudio captureImage getVideoStats getAudioStats getShareStats getShareAudioStats getTransportStats',
};
const meetingEvents = {
  joining:
    'meeting-joined meeting-left meeting-state-changed participant-joined participant-left speaker-changed ' +
    'main-participant-changed error',
  lobby: 'entry-requested entry-responded',
  moderation: 'participant-mode-changed mic-requested webcam-requested pin-state-changed',
  receiving: 'paused-all-streams resumed-all-streams',
  ownMedia: 'presenter-changed audio-input-silence',
  outputs: 'recording-state-changed livestream-state-changed hls-state-changed',
  messages: 'data',
};
const participantEvents = {
  joining: 'stream-enabled stream-disabled media-status-changed',
  receiving: 'video-quality-changed stream-paused stream-resumed',
  encryption: 'e2ee-state-change',
};
const entryFunctions =
  'config configure initMeeting createCameraVideoTrack createMicrophoneAudioTrack createScreenShareVideoTrack ' +
  'getCameras getMicrophones getPlaybackDevices getDevices checkPermissions requestPermission runPreCallTest ' +
  'setLogLevel on off';

/** Events that a healthy machine does not cause: the unit tests have them (web/sdk/test/connection.test.ts). */
export const BY_UNIT_TESTS = ['Meeting:quality-limitation', 'Meeting:codec-changed'];

const named = (prefix, words) => words.split(/\s+/).map((word) => prefix + word);
const all = (prefix, table) =>
  Object.entries(table).flatMap(([chapter, words]) =>
    named(prefix, words).map((name) => [name, chapter]),
  );

/** Name → chapter. */
export const TABLE = new Map([
  ...all('Meeting.', ofMeeting),
  ...all('Participant.', ofParticipant),
  ...all('Stream.', { receiving: 'pause resume' }),
  ...all('PubSub.', { messages: 'publish subscribe unsubscribe' }),
  ...all('RealtimeStore.', { messages: 'setValue getValue observe stopObserving' }),
  ...all('Meeting:', meetingEvents),
  ...all('Participant:', participantEvents),
  ...named('VideoSDK.', entryFunctions).map((name) => [name, 'entry']),
  ['VideoSDK.setKeyProvider', 'encryption'],
]);
