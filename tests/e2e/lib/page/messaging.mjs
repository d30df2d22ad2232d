// Data, RPC, streams and a participant's own description, for window.tester.
import { RpcError } from 'livekit-client';
import { fingerprint, seededBytes } from '../payload.mjs';

const reader =
  (kind, streams) =>
  async (stream, { identity }) => {
    const entry = {
      kind,
      from: identity,
      topic: stream.info.topic,
      attributes: stream.info.attributes,
    };
    const content = await stream.readAll();
    const bytes = kind === 'text' ? new TextEncoder().encode(content) : concatenate(content);
    streams.push({ ...entry, at: performance.now(), print: fingerprint(bytes) });
  };

function concatenate(parts) {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {() => import('livekit-client').Room} room the room in use
 * @param {object[]} streams takes what was read of text and byte streams
 */
export const messaging = (room, streams) => ({
  /** Sends `count` packets of `size` bytes; packet i holds seededBytes(seed + i, size). */
  async sendData({ seed = 0, size = 100, count = 1, reliable = true, topic, to, everyMs = 0 }) {
    for (let i = 0; i < count; ++i) {
      await room().localParticipant.publishData(seededBytes(seed + i, size), {
        reliable,
        topic,
        destinationIdentities: to,
      });
      if (everyMs) await new Promise((done) => setTimeout(done, everyMs));
    }
  },

  /** Answers "caller: payload"; the payload "fail" is refused with an application's own code. */
  async answerRpc(method) {
    room().registerRpcMethod(method, async ({ callerIdentity, payload }) => {
      if (payload === 'fail') throw new RpcError(101, 'told to fail');
      return `${callerIdentity}: ${payload}`;
    });
  },

  async rpc({ to, method, payload, timeoutMs = 5000 }) {
    try {
      return {
        value: await room().localParticipant.performRpc({
          destinationIdentity: to,
          method,
          payload,
          responseTimeout: timeoutMs,
        }),
      };
    } catch (error) {
      return { code: error.code, message: error.message, data: error.data };
    }
  },

  readStreams(topic) {
    room().registerTextStreamHandler(topic, reader('text', streams));
    room().registerByteStreamHandler(topic, reader('bytes', streams));
  },

  sendText: (text, topic) =>
    room()
      .localParticipant.sendText(text, { topic })
      .then(() => undefined),

  async sendBytes({ seed, size, topic }) {
    const writer = await room().localParticipant.streamBytes({
      name: 'bytes',
      topic,
      totalSize: size,
    });
    await writer.write(seededBytes(seed, size));
    await writer.close();
  },

  setMetadata: (metadata) => refusable(room().localParticipant.setMetadata(metadata)),
  setName: (name) => refusable(room().localParticipant.setName(name)),
  setAttributes: (attributes) => refusable(room().localParticipant.setAttributes(attributes)),
  simulate: (scenario, argument) => room().simulateScenario(scenario, argument),
  /** The token the next reconnect would use. */
  currentToken: () => room().engine.token,
});

/** undefined, or what the refusal said. */
async function refusable(promise) {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return { name: error.name, reason: error.reason, message: error.message };
  }
}
