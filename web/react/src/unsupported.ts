import { failure } from "@plenum/js-sdk";

/** Something that Plenum does not have. Rejects with 3068. */
export type Unsupported = (...args: unknown[]) => Promise<never>;

function refusing<N extends string>(what: string, ...names: N[]): Readonly<Record<N, Unsupported>> {
  const refuse: Unsupported = async () => {
    throw failure("NOT_SUPPORTED", `${what} is not supported`);
  };
  return Object.fromEntries(names.map((name) => [name, refuse])) as Record<N, Unsupported>;
}

const whiteboard = {
  ...refusing("A whiteboard", "startWhiteboard", "stopWhiteboard"),
  whiteboardUrl: null,
};
const transcription = refusing("Transcription", "startTranscription", "stopTranscription");
const translation = refusing(
  "Translation",
  "startTranslation",
  "stopTranslation",
  "changeTranslationLanguage",
);
const character = refusing("A character", "join", "leave", "sendMessage", "interrupt");
const agent = refusing("An agent", "sendMessage", "interrupt");

/** There is no whiteboard: actions reject with 3068, callbacks are not called. */
export function useWhiteboard(_callbacks?: object): typeof whiteboard {
  return whiteboard;
}

/** There is no transcription: actions reject with 3068, callbacks are not called. */
export function useTranscription(_callbacks?: object): typeof transcription {
  return transcription;
}

/** There is no translation: actions reject with 3068, callbacks are not called. */
export function useTranslation(_callbacks?: object): typeof translation {
  return translation;
}

/** There are no characters: actions reject with 3068, callbacks are not called. */
export function useCharacter(_config?: object, _callbacks?: object): typeof character {
  return character;
}

/** There are no agents: actions reject with 3068, callbacks are not called. */
export function useAgentParticipant(
  _participantId?: string,
  _callbacks?: object,
): typeof agent & { agentState: undefined } {
  return { ...agent, agentState: undefined };
}
