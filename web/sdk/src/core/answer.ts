import type { ErrorName } from "./codes.js";
import { failure, MeetingError } from "./error.js";

/** The error that a refused HTTP request's body says; `otherwise` when it says none. */
export async function answerFailure(
  answer: { status: number; json(): Promise<unknown> },
  otherwise: ErrorName,
): Promise<MeetingError> {
  try {
    const said = (await answer.json()) as Record<string, unknown>;
    const { number, code, message } = said;
    if (typeof number === "number" && number > 0)
      return new MeetingError(
        number,
        typeof message === "string" ? message : `HTTP ${answer.status}`,
        typeof code === "string" ? code : undefined,
      );
    if (typeof message === "string") return failure(otherwise, message);
  } catch {
    // No JSON: a proxy's page, say.
  }
  return failure(otherwise, `HTTP ${answer.status}`);
}
