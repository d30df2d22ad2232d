// A page of the hooks for shared state, and of tiles in a list that scrolls.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import {
  MeetingProvider,
  useFile,
  useMeeting,
  useParticipant,
  usePubSub,
  useRealtimeStore,
  VideoPlayer,
  VideoSDK,
  withAdaptiveObservers,
} from '@plenum/react-sdk';
import { authToken, serverUrl } from './API.js';

const query = new URLSearchParams(window.location.search);
const base64 = (text) => btoa(text);

function Chat() {
  const [heard, setHeard] = useState(0);
  const { publish, messages } = usePubSub('CHAT', {
    onMessageReceived: () => setHeard((n) => n + 1),
  });
  const send = (form) => {
    form.preventDefault();
    publish(new FormData(form.target).get('text'), { persist: true }, { by: query.get('name') });
  };
  return (
    <section aria-label="chat">
      <output>{heard}</output>
      <ol>
        {messages.map(({ id, message, senderName, payload }) => (
          <li key={id}>{`${senderName}: ${message} (${payload?.by})`}</li>
        ))}
      </ol>
      <form onSubmit={send}>
        <input name="text" aria-label="Message" />
      </form>
    </section>
  );
}

function Agenda() {
  const [seen, setSeen] = useState('nothing');
  const [asked, setAsked] = useState('');
  const { setValue, getValue } = useRealtimeStore('agenda', {
    onValueChanged: ({ value }) => setSeen(String(value)),
  });
  return (
    <section aria-label="agenda">
      <output>{seen}</output>
      <button onClick={() => setValue('first item')}>Set agenda</button>
      <button onClick={() => setValue(null)}>Delete agenda</button>
      <button onClick={async () => setAsked(String(await getValue()))}>Ask agenda</button>
      <em>{asked}</em>
    </section>
  );
}

function File() {
  const [url, setUrl] = useState('');
  const [content, setContent] = useState('');
  const { uploadBase64File, fetchBase64File } = useFile();
  const upload = async () =>
    setUrl(
      await uploadBase64File({
        base64Data: base64('the minutes'),
        token: authToken,
        fileName: 'minutes.txt',
      }),
    );
  const fetchIt = async () => setContent(atob(await fetchBase64File({ url, token: authToken })));
  return (
    <section aria-label="file">
      <button onClick={upload}>Upload</button>
      <input aria-label="File address" value={url} onChange={(e) => setUrl(e.target.value)} />
      <button onClick={fetchIt}>Fetch</button>
      <em>{content}</em>
    </section>
  );
}

const Tile = withAdaptiveObservers(function Tile({ participantId }) {
  const { webcamOn, isLocal } = useParticipant(participantId);
  return webcamOn && !isLocal ? <VideoPlayer participantId={participantId} /> : null;
});

/** The tile is at the top of a list that scrolls. */
function List({ ids }) {
  const [large, setLarge] = useState(true);
  return (
    <>
      <button onClick={() => setLarge(!large)}>Change size</button>
      <div id="list" style={{ height: 420, overflowY: 'auto' }}>
        {ids.map((id) => (
          <div key={id} style={large ? { width: 720, height: 405 } : { width: 160, height: 90 }}>
            <Tile participantId={id} />
          </div>
        ))}
        <div style={{ height: 3000 }} />
      </div>
    </>
  );
}

function Call() {
  const [chats, setChats] = useState(true);
  const { join, leave, isMeetingJoined, participants, localParticipant } = useMeeting();
  if (!isMeetingJoined) return <button onClick={() => join()}>Join</button>;
  return (
    <>
      <button onClick={() => leave()}>Leave</button>
      <button onClick={() => setChats(!chats)}>{chats ? 'Close chat' : 'Open chat'}</button>
      {chats && <Chat />}
      <Agenda />
      <File />
      <List ids={[...participants.keys()].filter((id) => id !== localParticipant.id)} />
    </>
  );
}

VideoSDK.configure({ serverUrl });
createRoot(document.getElementById('root')).render(
  <StrictMode>
    <MeetingProvider
      config={{
        meetingId: query.get('meeting'),
        name: query.get('name'),
        micEnabled: false,
        webcamEnabled: query.has('camera'),
      }}
      token={authToken}
    >
      <Call />
    </MeetingProvider>
  </StrictMode>,
);
