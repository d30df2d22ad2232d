import { ERRORS, type ErrorName, errorName } from "./codes.js";

/** Why something failed. The application switches on `code` (see `Constants.errors`); the text is for logs. */
export class MeetingError extends Error {
  /** The number, such as 3035. */
  readonly code: number;

  /** @param name the error's name in `Constants.errors`, which `name` says too */
  constructor(code: number, message: string, name = errorName(code)) {
    super(message);
    this.code = code;
    this.name = name;
  }
}

/** An error by its name. */
export function failure(name: ErrorName, message: string): MeetingError {
  return new MeetingError(ERRORS[name], message);
}

/** What was thrown as an error with a code: its own if it has one, else `otherwise`. */
export function asFailure(thrown: unknown, otherwise: ErrorName): MeetingError {
  if (thrown instanceof MeetingError) return thrown;
  return failure(otherwise, thrown instanceof Error ? thrown.message : String(thrown));
}

/** What is not part of Plenum: error 3068. */
export function unsupported(what: string): MeetingError {
  return failure("NOT_SUPPORTED", `${what} is not supported`);
}
