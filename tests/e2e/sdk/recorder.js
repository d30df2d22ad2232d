// Runs in the page: makes meetings, and keeps what they and their participants say and which of their
// methods were called.
(() => {
  const { Plenum } = window;
  const called = new Set();
  const told = new Set();
  const classes = ['Meeting', 'Participant', 'Stream', 'PubSub', 'RealtimeStore'];
  const inherited = new Set(Object.getOwnPropertyNames(Plenum.Emitter.prototype));
  const internal = new Set([
    'constructor',
    'update',
    'bandwidth',
    'close',
    'receive',
    'restore',
    'changed',
    'become',
  ]);
  const surface = [];
  for (const name of classes) {
    const { prototype } = Plenum[name];
    for (const method of Object.getOwnPropertyNames(prototype)) {
      const { value } = Object.getOwnPropertyDescriptor(prototype, method);
      if (typeof value !== 'function' || inherited.has(method) || internal.has(method)) continue;
      surface.push(`${name}.${method}`);
      prototype[method] = function (...args) {
        called.add(`${name}.${method}`);
        return value.apply(this, args);
      };
    }
  }
  for (const method of Object.keys(Plenum.VideoSDK))
    if (typeof Plenum.VideoSDK[method] === 'function') {
      const value = Plenum.VideoSDK[method];
      surface.push(`VideoSDK.${method}`);
      Plenum.VideoSDK[method] = (...args) => {
        called.add(`VideoSDK.${method}`);
        return value.apply(Plenum.VideoSDK, args);
      };
    }
  for (const event of Plenum.MEETING_EVENTS) surface.push(`Meeting:${event}`);
  for (const event of Plenum.PARTICIPANT_EVENTS) surface.push(`Participant:${event}`);

  const plain = (value) => {
    if (value instanceof Plenum.Participant) return { participant: value.id };
    if (value instanceof Plenum.Stream) return { stream: value.kind, id: value.id };
    if (value instanceof Uint8Array) return value;
    if (value instanceof Error)
      return { code: value.code, name: value.name, message: value.message };
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([, v]) => typeof v !== 'function'));
  };

  function watch(events, participant) {
    for (const name of Plenum.PARTICIPANT_EVENTS)
      participant.on(name, (...args) => {
        told.add(`Participant:${name}`);
        events.push({ name, by: participant.id, args: args.map(plain) });
      });
  }

  /** A meeting whose events are kept in `events`; each comes with `raw`, for its functions. */
  function makeMeeting(options) {
    const meeting = Plenum.VideoSDK.initMeeting(options);
    meeting.said = [];
    meeting.raw = {};
    for (const name of Plenum.MEETING_EVENTS)
      meeting.on(name, (...args) => {
        told.add(`Meeting:${name}`);
        meeting.said.push({ name, args: args.map(plain) });
        meeting.raw[name] = args;
        if (name === 'participant-joined') watch(meeting.said, args[0]);
        if (name === 'meeting-joined') watch(meeting.said, meeting.localParticipant);
      });
    return meeting;
  }

  /** A picture of one colour that changes, as a camera of the application's own. */
  function paintedStream(colour) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d');
    let n = 0;
    setInterval(() => {
      context.fillStyle = colour;
      context.fillRect(0, 0, 320, 180);
      context.fillStyle = '#fff';
      context.fillRect(n++ % 300, 80, 20, 20);
    }, 50);
    return canvas.captureStream(20);
  }

  function silentStream() {
    return new AudioContext().createMediaStreamDestination().stream;
  }

  window.stage = { makeMeeting, paintedStream, silentStream, surface, called, told };
})();
