import type { Socket } from 'node:net';
import type { Connection, Submittable } from 'pg';
import { Failure } from '../../contract/failure.ts';
import type { RowLines } from './lines.ts';

const [DATA_ROW, READY] = [68, 90];
/** The type of a message and its length; the length counts itself, but not the type. */
const HEADER = 5;

type Listener = (bytes: Buffer) => void;

/** What node-postgres calls on a query that it has submitted, besides `submit`. */
interface Handlers {
  handleRowDescription(): void;
  handleEmptyQuery(): void;
  handleCommandComplete(message: { text: string }): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

/**
 * A query of the simple protocol whose rows are turned into lines as they arrive, with back-pressure: the socket is
 * paused while enough lines wait. Redshift has no COPY to the client, and its cursors and row limits are not usable.
 *
 * Rows are taken out of the stream before node-postgres, which would make an object of each; all other messages are
 * passed on to it.
 */
export class RowStream implements Submittable, Handlers {
  readonly #text: string;
  readonly #lines: RowLines;
  #stream: Socket | undefined;
  /** The listeners of node-postgres. */
  #listeners: Listener[] = [];
  readonly #onData = (chunk: Buffer) => this.#receive(chunk);
  /** The beginning of a message that has not arrived completely, in the pieces that have. */
  #pieces: Buffer[] = [];
  #size = 0;
  /** The bytes that the beginning has to have before it is looked at again. */
  #wanted = HEADER;
  #wake: (() => void) | undefined;
  #tag: string | undefined;
  #isReady = false;
  #error: Error | undefined;

  constructor(text: string, lines: RowLines) {
    this.#text = text;
    this.#lines = lines;
  }

  submit(connection: Connection): void {
    const stream = connection.stream as Socket;
    this.#stream = stream;
    this.#listeners = stream.listeners('data') as Listener[];
    for (const listener of this.#listeners) stream.off('data', listener);
    stream.on('data', this.#onData);
    connection.query(this.#text);
  }

  /**
   * Waits for lines; undefined after the last ones, when the server has reported the end of the query.
   * @throws the error of the server or of the connection
   */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#error) throw this.#error;
      if (this.#lines.isFull || (this.#isReady && !this.#lines.isEmpty)) return this.#lines.take();
      if (this.#isReady) return undefined;
      const changed = new Promise<void>((resolve) => (this.#wake = resolve));
      this.#stream?.resume();
      await changed;
    }
  }

  /**
   * The rows as the server counts them.
   * @throws Failure SourceUnavailable if they are not those that arrived
   */
  rows(): number {
    const { lines, counted = 0 } = this.#lines;
    const tag = /^SELECT(?: (\d+))?$/.exec(this.#tag ?? '');
    // Redshift's tag has no count; one of a server that has is compared, too.
    if (!tag || counted !== lines || Number(tag[1] ?? lines) !== lines)
      throw new Failure('segmentIncomplete', {});
    return counted;
  }

  #receive(chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    if (this.#size < this.#wanted) return;
    const bytes = this.#pieces.length === 1 ? chunk : Buffer.concat(this.#pieces);
    let at = 0;
    this.#wanted = HEADER;
    while (bytes.length - at >= HEADER) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) {
        this.#wanted = end - at;
        break;
      }
      const type = bytes[at]!;
      if (type === DATA_ROW) {
        const unfit = this.#lines.add(bytes, at + HEADER, end);
        if (unfit !== undefined) return this.#refuse(unfit);
      } else if (type === READY) {
        this.#detach();
        return this.#pass(bytes.subarray(at));
      } else this.#pass(bytes.subarray(at, end));
      at = end;
    }
    this.#size = bytes.length - at;
    this.#pieces = this.#size === 0 ? [] : [bytes.subarray(at)];
    if (!this.#lines.isFull) return;
    this.#stream!.pause();
    this.#awake();
  }

  #pass(bytes: Buffer): void {
    for (const listener of this.#listeners) listener.call(this.#stream, bytes);
  }

  #detach(): void {
    this.#stream!.off('data', this.#onData);
    for (const listener of this.#listeners) this.#stream!.on('data', listener);
    this.#stream!.resume();
  }

  #refuse(fields: number): void {
    this.handleError(new Failure('sourceLineUnfit', { fields, wanted: this.#lines.fields }));
    this.#stream!.destroy();
  }

  #awake(): void {
    this.#wake?.();
  }

  handleRowDescription(): void {
    // The columns are those that were described before.
  }

  handleEmptyQuery(): void {
    // The tag is missing then, which is an error.
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#tag = text;
  }

  handleReadyForQuery(): void {
    this.#isReady = true;
    this.#awake();
  }

  handleError(error: Error): void {
    this.#error ??= error;
    this.#awake();
  }
}
