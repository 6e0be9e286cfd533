import net from 'node:net';
import type { Fault } from '../fault.ts';
import { Answers } from './answers.ts';
import { message, Messages, type Message } from './messages.ts';
import { rewrite, type Rewritten, type SessionState } from './rewrite.ts';

interface SessionOptions {
  /** Where PostgreSQL listens. */
  server: { host: string; port: number };
  fault(): Fault | undefined;
  counted: boolean;
  planError(): string | undefined;
  secured: ReadonlyMap<string, 'RLS' | 'LF'>;
}

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

/** A connection of a client, and the one to PostgreSQL behind it. Ends with either of them. */
export class Session {
  #started = false;
  #rewritten: Rewritten | undefined;
  /** Of a portal that was read with a limit of one row: Redshift cannot parse another statement then. */
  #suspended = false;
  readonly #state: SessionState = { caseSensitive: false };
  readonly #client: net.Socket;
  readonly #server: net.Socket;
  readonly #options: SessionOptions;

  constructor(client: net.Socket, options: SessionOptions) {
    this.#client = client;
    this.#options = options;
    this.#server = net.connect(options.server);
    const answers = new Answers({
      fault: () => options.fault(),
      counted: options.counted,
      secured: options.secured,
      original: (position) => this.#rewritten?.original(position) ?? position,
      failTransaction: () => this.#server.write(message('Q', "do $$ begin raise 'shim'; end $$")),
      cut: () => this.cut(),
    });
    const requests = new Messages();
    const replies = new Messages();
    join(
      client,
      this.#server,
      (chunk) =>
      parts(requests.take(chunk, () => !this.#started), (request) => this.#request(request)), // prettier-ignore
    );
    join(
      this.#server,
      client,
      (chunk) =>
      parts(replies.take(chunk, () => false), (reply) => answers.answer(this.#note(reply))), // prettier-ignore
    );
  }

  /** Cuts both connections, without a word. */
  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  /** What PostgreSQL receives for a message of the client. */
  #request({ type, body, raw }: Message): Buffer | undefined {
    switch (type) {
      case '':
        return this.#first(body, raw);
      case 'Q':
        return message('Q', this.#rewrite(body.subarray(0, -1).toString()));
      case 'P': {
        const name = body.indexOf(0);
        const end = body.indexOf(0, name + 1);
        const sql = body.subarray(name + 1, end).toString();
        return message('P', body.subarray(0, name + 1), this.#rewrite(sql), body.subarray(end + 1));
      }
      case 'E': {
        // https://github.com/brianc/node-pg-cursor/issues/14: all rows arrive, whatever the limit is. A limit of one
        // row works, but see SUSPENDED.
        const limit = body.readInt32BE(body.length - 4);
        return limit === 1 ? raw : message('E', body.subarray(0, -4), Buffer.alloc(4));
      }
      default:
        return raw;
    }
  }

  /** The request to start, or one for encryption, which the shim does not have. */
  #first(body: Buffer, raw: Buffer): Buffer | undefined {
    const code = body.readInt32BE(0);
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      this.#client.write('N');
      return undefined;
    }
    this.#started = code !== CANCEL_REQUEST;
    return raw;
  }

  #rewrite(sql: string): string {
    if (this.#suspended) return SUSPENDED;
    const refusal = this.#options.planError();
    if (refusal !== undefined && /^explain\b/i.test(sql))
      return raised(refusal, 'EXPLAIN of a secret is refused');
    this.#rewritten = rewrite(sql, this.#state);
    return this.#rewritten.text;
  }

  #note(reply: Message): Message {
    if (reply.type === 's') this.#suspended = true;
    if (reply.type === 'E') this.#state.openCursor = undefined; // its transaction has failed
    if (['E', 'C', '3'].includes(reply.type)) this.#suspended = false; // failed, read to its end, closed
    return reply;
  }
}

/** https://github.com/brianc/node-pg-cursor/issues/55 */
const SUSPENDED = raised('XX000', "Invalid protocol sequence 'P' while in PortalSuspended state.");

/** A statement that fails. */
function raised(sqlstate: string, text: string): string {
  const message = text.replaceAll("'", "''");
  return `do $shim$ begin raise exception using errcode = '${sqlstate}', message = '${message}'; end $shim$`;
}

function parts(messages: Iterable<Message>, change: (message: Message) => Buffer | undefined): Buffer {
  const changed: Buffer[] = [];
  for (const one of messages) changed.push(change(one) ?? Buffer.alloc(0));
  return Buffer.concat(changed);
}

/** Sends on what arrives, at the speed of the receiver. */
function join(from: net.Socket, to: net.Socket, change: (chunk: Buffer) => Buffer): void {
  from.on('data', (chunk) => {
    const changed = change(chunk);
    if (changed.length === 0 || to.destroyed || to.write(changed)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}
