/*
 * What others say may name people, quote rows, or repeat a secret. So no foreign text leaves the driver that met it:
 * a failure tells a code, in words of ours. What people need in the other's own words goes to our state (`peer_words`), and
 * nowhere else, as `Sealed`.
 */

/** Foreign words on their way to the state. Nothing that prints or serializes an object shows them. */
export class Sealed {
  readonly #words: string;

  constructor(words: string) {
    this.#words = words;
  }

  /** For `state/report/peer-words.ts`, which keeps them. */
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

/** System errors, undici's, OpenSSL's, csv-parse's: `ECONNREFUSED`, `UND_ERR_SOCKET`. */
const CODE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const KIND = /^[A-Za-z]{0,40}(Error|Exception|Failure|Rejection)$/;

/** Causes have causes, and may go round in a circle. */
const DEEPEST = 5;

/** What may be told of a foreign error: its code, else its cause's, else the name of its kind. Never its message. */
export function codeOf(error: unknown): string {
  return knownCode(error) ?? kindOf(error);
}

/** The code of a foreign error or of what caused it; undefined: there is none. */
export function knownCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'number' && Number.isSafeInteger(code)) return String(code);
  if (typeof code === 'string' && code.length <= 60 && (CODE.test(code) || SQLSTATE.test(code))) return code;
  const inner: unknown = Array.isArray(errors) ? errors[0] : cause;
  return knownCode(inner, depth + 1);
}

/** The name of an error's class. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  return KIND.test(error.name) ? error.name : 'Error';
}

/** An SQLSTATE as it may be told: functions may raise any text as one. */
export function sqlstateOf({ code }: { code?: unknown }): string {
  return typeof code === 'string' && SQLSTATE.test(code) ? code : 'unknown';
}

/** Folders of our own code. */
const OWN =
  /(?:^|[/\\(])((?:activation|activities|actito|client|config|contract|postgres|state|warehouse|worker|workflows)(?:\/[\w.-]+)+\.[jt]s:\d+:\d+)\)?$/;
const MOST_LINES = 5;

/** Where in our own code an error was thrown, and by what it was called: files and lines, and nothing that it says. */
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
