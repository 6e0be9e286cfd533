import type { Fault } from '../fault.ts';
import { RESULT_OIDS } from './absent.ts';
import { errorFields, errorMessage, message, oidsOf, type ErrorFields, type Message } from './messages.ts';
import { POSITION_HINT } from './rewrite.ts';
import { SERVER_VERSION } from './settings.ts';

interface Surroundings {
  fault(): Fault | undefined;
  /** Whether a SELECT reports its rows; Redshift, as PostgreSQL 8.0, does not. */
  counted: boolean;
  /** From the position in the rewritten text to that in the client's text. */
  original: (this: void, position: number) => number;
  /** Lets the transaction fail that PostgreSQL believes to be in order. */
  failTransaction(): void;
  /** The tables with row-level security, by name: of Redshift, or of Lake Formation. */
  secured: ReadonlyMap<string, 'RLS' | 'LF'>;
  /** Cuts the connection. */
  cut(): void;
}

/** An error that the shim answers in the middle of a result. */
const VALUE: ErrorFields = { S: 'ERROR', C: '22P02', M: 'Invalid digit, Value \'N\', Pos 0, Type: Integer' }; // prettier-ignore
const TYPE: ErrorFields = {
  S: 'ERROR',
  C: '0A000',
  M: 'Specified types or functions (one per INFO message) not supported on Redshift tables.',
};

/** Changes PostgreSQL's answers into those of Redshift. */
export class Answers {
  readonly #around: Surroundings;
  #rows = 0;
  #isPlan = false;
  #queries = 0;
  /** After an error of the shim, what PostgreSQL still sends for the same request: to cancel it could hit the next one. */
  #discarding: 'no' | 'result' | 'failing transaction' = 'no';

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** What the client receives for a message of PostgreSQL. */
  answer({ type, body, raw }: Message): Buffer | undefined {
    if (this.#discarding !== 'no') return type === 'Z' ? this.#ready(body, raw) : undefined;
    switch (type) {
      case 'S':
        return body.toString().startsWith('server_version\0')
          ? message('S', 'server_version', SERVER_VERSION)
          : raw;
      case 'T':
        this.#rows = 0;
        this.#isPlan = body.includes('QUERY PLAN');
        return oidsOf(body).every((oid) => RESULT_OIDS.has(oid)) ? raw : this.#fail(TYPE);
      case 'D':
        return this.#isPlan ? this.#planned(body) : this.#row(raw);
      case 'C':
        return this.#complete(body, raw);
      case 'E':
        return errorMessage(this.#error(errorFields(body)));
      default:
        return raw;
    }
  }

  /** A line of a plan: scans are of compute nodes, and those of a secured table say no more. */
  #planned(body: Buffer): Buffer {
    const line = body.toString('utf8', 6).replace(/\bSeq Scan on (\w+)/, (scan, name: string) => {
      const kind = this.#around.secured.get(name);
      return kind === undefined ? `XN ${scan}` : `XN ${kind} SecureScan ${name}`;
    });
    const [head, text] = [Buffer.alloc(6), Buffer.from(line)];
    head.writeInt16BE(1);
    head.writeInt32BE(text.length, 2);
    return message('D', head, text);
  }

  #row(raw: Buffer): Buffer | undefined {
    this.#rows++;
    const fault = this.#around.fault();
    if (fault?.row !== this.#rows) return raw;
    if (fault.kind === 'value') return this.#fail(VALUE);
    if (fault.kind === 'cut') this.#around.cut();
    return fault.kind === 'cut' ? undefined : raw;
  }

  #complete(body: Buffer, raw: Buffer): Buffer {
    const [verb, count] = body.subarray(0, -1).toString().split(' ');
    const fault = this.#around.fault();
    this.#rows = 0;
    if (verb !== 'SELECT' && verb !== 'FETCH') return raw;
    if (fault?.kind === 'count' && Number(count) >= fault.row) {
      return message('C', `${verb} ${Number(count) + fault.difference}`);
    }
    return this.#around.counted ? raw : message('C', verb);
  }

  #fail(fields: ErrorFields): Buffer {
    this.#discarding = 'result';
    return errorMessage(fields);
  }

  /** PostgreSQL knows nothing of the error: its transaction has to fail, too. */
  #ready(body: Buffer, raw: Buffer): Buffer | undefined {
    const inOrder = body.toString() === 'T';
    this.#discarding = inOrder ? 'failing transaction' : 'no';
    if (inOrder) this.#around.failTransaction();
    return inOrder ? undefined : raw;
  }

  #error({ P: position, H: hint, ...fields }: ErrorFields): ErrorFields {
    delete fields.W;
    if (fields.C === '57014') fields.M = `Query (${++this.#queries}) cancelled on user's request`;
    if (hint?.startsWith(POSITION_HINT)) return { ...fields, P: hint.slice(POSITION_HINT.length) };
    // PostgreSQL 8.0 knew positions of syntax errors only.
    if (fields.C === '42601' && position) fields.P = String(this.#around.original(Number(position)));
    return hint ? { ...fields, H: hint } : fields;
  }
}
