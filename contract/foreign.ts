/*
 * Error texts of other systems may contain personal data, rows or secrets. Therefore such a text never leaves the
 * driver that received it: a failure contains only a code, and our own message. If people need the original text, it
 * goes to the state (`peer_words`) as `Sealed`, and nowhere else.
 */

/** An error text of another system on its way to the state. Printing or serializing the object does not show it. */
export class Sealed {
  readonly #words: string;

  constructor(words: string) {
    this.#words = words;
  }

  /** Only for `state/report/peer-words.ts`, which stores the text. */
  open(): string {
    return this.#words;
  }

  toJSON(): string {
    return '(not shown)';
  }

  toString(): string {
    return '(not shown)';
  }
}

/** Codes of system errors, undici, OpenSSL and csv-parse, such as `ECONNREFUSED` or `UND_ERR_SOCKET`. */
const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const KIND = /^[A-Za-z]{0,40}(Error|Exception|Failure|Rejection)$/;

/** Limits a chain of causes, which can be circular. */
const DEEPEST = 5;

/**
 * Returns what may be shown of a foreign error: its code, otherwise its cause's code, otherwise its kind. Never its
 * message.
 */
export function codeOf(error: unknown): string {
  return knownCode(error) ?? kindOf(error);
}

/** Returns the code of a foreign error or of its cause; undefined: there is none. */
export function knownCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'number' && Number.isSafeInteger(code)) return String(code);
  if (typeof code === 'string' && code.length <= 60 && (CODE.test(code) || SQLSTATE.test(code))) return code;
  const inner: unknown = Array.isArray(errors) ? errors[0] : cause;
  return knownCode(inner, depth + 1);
}

/** Returns the name of an error's class. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  return KIND.test(error.name) ? error.name : 'Error';
}

/** Returns the SQLSTATE if it has the standard format, because SQL functions can raise any text. */
export function sqlstateOf({ code }: { code?: unknown }): string {
  return typeof code === 'string' && SQLSTATE.test(code) ? code : 'unknown';
}

/** The folders of our own code. */
const OWN =
  /(?:^|[/\\(])((?:activation|activities|actito|client|config|contract|postgres|state|warehouse|worker|workflows)(?:\/[\w.-]+)+\.[jt]s:\d+:\d+)\)?$/;
const MOST_LINES = 5;

/** Returns where in our own code an error was thrown, with its callers: only files and lines, not the message. */
export function ownLines(error: unknown): string[] {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return [];
  const { message, stack } = error;
  const said = message === '' ? -1 : stack.indexOf(message);
  const calls = (said < 0 ? stack : stack.slice(said + message.length)).split('\n');
  return calls
    .filter((line) => /^\s+at /.test(line) && !line.includes('node_modules'))
    .map((line) => OWN.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .slice(0, MOST_LINES);
}
