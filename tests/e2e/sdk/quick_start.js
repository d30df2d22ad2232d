// The flow of VideoSDK's JavaScript quick start: make or join a meeting, tiles for participants, toggles.
// Only the script and the endpoint (ENDPOINT, from the address here) are other ones.
const query = new URLSearchParams(location.search);
const TOKEN = query.get('token');
const ENDPOINT = query.get('endpoint');

const byId = (id) => document.getElementById(id);
let meeting = null;
let meetingId = '';
let isMicOn = false;
let isWebCamOn = false;

function initializeMeeting() {
  window.VideoSDK.config(TOKEN);

  meeting = window.VideoSDK.initMeeting({
    meetingId,
    name: 'Thomas Edison',
    micEnabled: true,
    webcamEnabled: true,
    signalingBaseUrl: ENDPOINT,
  });

  meeting.join();

  createLocalParticipant();

  meeting.localParticipant.on('stream-enabled', (stream) => {
    setTrack(stream, null, meeting.localParticipant, true);
  });

  meeting.on('meeting-joined', () => {
    byId('textDiv').style.display = 'none';
    byId('grid-screen').style.display = 'block';
    byId('meetingIdHeading').textContent = `Meeting Id: ${meetingId}`;
  });

  meeting.on('meeting-left', () => {
    byId('videoContainer').innerHTML = '';
  });

  meeting.on('participant-joined', (participant) => {
    const videoElement = createVideoElement(participant.id, participant.displayName);
    const audioElement = createAudioElement(participant.id);
    participant.on('stream-enabled', (stream) => {
      setTrack(stream, audioElement, participant, false);
    });
    byId('videoContainer').appendChild(videoElement);
    byId('videoContainer').appendChild(audioElement);
  });

  meeting.on('participant-left', (participant) => {
    byId(`f-${participant.id}`).remove();
    byId(`a-${participant.id}`).remove();
  });
}

function createVideoElement(id, name) {
  const videoFrame = document.createElement('div');
  videoFrame.setAttribute('id', `f-${id}`);
  const videoElement = document.createElement('video');
  videoElement.classList.add('video-frame');
  videoElement.setAttribute('id', `v-${id}`);
  videoElement.setAttribute('playsinline', true);
  videoElement.setAttribute('width', '300');
  videoFrame.appendChild(videoElement);
  const displayName = document.createElement('div');
  displayName.innerHTML = `Name : ${name}`;
  videoFrame.appendChild(displayName);
  return videoFrame;
}

function createAudioElement(id) {
  const audioElement = document.createElement('audio');
  audioElement.setAttribute('autoPlay', 'false');
  audioElement.setAttribute('playsInline', 'true');
  audioElement.setAttribute('controls', 'false');
  audioElement.setAttribute('id', `a-${id}`);
  audioElement.style.display = 'none';
  return audioElement;
}

function createLocalParticipant() {
  const localParticipant = createVideoElement(
    meeting.localParticipant.id,
    meeting.localParticipant.displayName,
  );
  byId('videoContainer').appendChild(localParticipant);
}

function setTrack(stream, audioElement, participant, isLocal) {
  if (stream.kind === 'video') {
    isWebCamOn = true;
    const mediaStream = new MediaStream();
    mediaStream.addTrack(stream.track);
    const videoElm = byId(`v-${participant.id}`);
    videoElm.srcObject = mediaStream;
    videoElm.play().catch((error) => console.error('videoElem.current.play() failed', error));
  }
  if (stream.kind === 'audio') {
    if (isLocal) {
      isMicOn = true;
    } else {
      const mediaStream = new MediaStream();
      mediaStream.addTrack(stream.track);
      audioElement.srcObject = mediaStream;
      audioElement.play().catch((error) => console.error('audioElem.play() failed', error));
    }
  }
}

byId('joinBtn').addEventListener('click', () => {
  byId('join-screen').style.display = 'none';
  byId('textDiv').textContent = 'Joining the meeting...';
  meetingId = byId('meetingIdTxt').value;
  initializeMeeting();
});

byId('createMeetingBtn').addEventListener('click', async () => {
  byId('join-screen').style.display = 'none';
  byId('textDiv').textContent = 'Please wait, we are joining the meeting';
  const options = {
    method: 'POST',
    headers: { Authorization: TOKEN, 'Content-Type': 'application/json' },
  };
  const { roomId } = await fetch(`${ENDPOINT}/v2/rooms`, options)
    .then((response) => response.json())
    .catch((error) => alert('error', error));
  meetingId = roomId;
  initializeMeeting();
});

byId('leaveBtn').addEventListener('click', () => {
  meeting?.leave();
  byId('grid-screen').style.display = 'none';
  byId('join-screen').style.display = 'block';
});

byId('toggleMicBtn').addEventListener('click', () => {
  if (isMicOn) meeting?.muteMic();
  else meeting?.unmuteMic();
  isMicOn = !isMicOn;
});

byId('toggleWebCamBtn').addEventListener('click', () => {
  if (isWebCamOn) {
    meeting?.disableWebcam();
    byId(`f-${meeting.localParticipant.id}`).style.display = 'none';
  } else {
    meeting?.enableWebcam();
    byId(`f-${meeting.localParticipant.id}`).style.display = 'inline';
  }
  isWebCamOn = !isWebCamOn;
});
