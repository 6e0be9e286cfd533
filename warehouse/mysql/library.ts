import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Connection, ConnectionOptions } from 'mysql2';

/*
 * The parts of mysql2 (3.24) that its types lack. Rows are encoded from the bytes of their packets, because mysql2 would
 * make an object of every row and a text of every value, which takes most of the time of a read.
 */

/** A packet as it arrived; reused for the next one. */
export interface Packet {
  buffer: Buffer;
  /** Where the next byte is, and where the packet ends. */
  offset: number;
  end: number;
  /** The end of the rows. */
  isEOF(): boolean;
  /** Of the end of the rows. */
  eofWarningCount(): number;
}

/** What a command does with the next packet; undefined or null: it has ended. */
export type Step = ((packet: Packet) => Step) | null | undefined;

/** A query without a callback: it tells its rows, an error and its end by events. */
export interface RowsCommand extends EventEmitter {
  /** Called for each packet after the columns, until the last one. */
  row: Step;
  /** Ends the command. */
  done(): Step;
}

/** A column, as the server describes it. */
export interface Field {
  name: string;
  /** The number of the type, as in the protocol. */
  columnType: number;
  /** The number of the collation; 63: bytes. */
  characterSet: number;
  flags: number;
  /** Digits after the point; 31: as many as a number has. */
  decimals: number;
  columnLength: number;
  /** MariaDB: such as `uuid`. */
  extendedTypeName?: string;
  /** MariaDB: `json`. */
  extendedFormat?: string;
}

/** A connection of mysql2. */
export type Inner = Omit<Connection, 'stream'> & {
  /** The socket; another one once TLS has begun. */
  stream: Socket;
  packetParser: { execute(data: unknown): void };
  /** Called when the server has accepted TLS. */
  startTLS(onSecure: (error?: Error) => void): void;
  /** Fails what waits for an answer. */
  _handleNetworkError(error: unknown): void;
};

/** Loads mysql2, and begins to connect. */
export async function startConnecting(options: ConnectionOptions): Promise<Inner> {
  const { createConnection } = (await import('mysql2')).default;
  return createConnection(options) as unknown as Inner;
}
