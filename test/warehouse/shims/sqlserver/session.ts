import type { DuckDBConnection } from '@duckdb/node-api';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { encrypted, type Certificate } from './handshake.ts';
import { ENCRYPTION, encryptionOf, preloginReply, readLogin } from './login.ts';
import { PACKET, Packets, PacketWriter, type TdsMessage } from './packets.ts';
import { Reply } from './reply.ts';
import { readCall } from './rpc.ts';
import { commandOf, describe, run, statements, type Command, type Statement } from './statement.ts';
import {
  done,
  DONE,
  envChange,
  errorToken,
  loginAck,
  RETURN_STATUS,
  transactionChange,
  SqlFailure,
  type SqlError,
} from './stream.ts';

interface SessionOptions {
  id: number;
  connection: DuckDBConnection;
  user: string;
  password: string;
  certificate?: Certificate;
  requireEncryption: boolean;
  snapshotIsolation: boolean;
  fault(this: void): Fault | undefined;
  kill(this: void, session: number): void;
}

/** A connection of a client. */
export class Session {
  /** The batch that is running. */
  running: string | undefined;
  readonly #options: SessionOptions;
  readonly #socket: net.Socket;
  #stream: Duplex;
  #packetSize = 4096;
  #loggedIn = false;
  #requests: Promise<void> = Promise.resolve();
  #attention = new AbortController();
  #snapshot = false;
  #transaction: bigint | undefined;

  constructor(socket: net.Socket, options: SessionOptions) {
    this.#socket = socket;
    this.#stream = socket;
    this.#options = options;
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => {
      this.#interrupt();
      void this.#requests.then(() => options.connection.closeSync());
    });
    this.#listen(socket);
  }

  /** Cuts the connection, without a word. */
  cut(): void {
    this.#socket.resetAndDestroy();
  }

  #listen(stream: Duplex): void {
    const packets = new Packets();
    stream.on('error', () => this.cut());
    stream.on('data', (chunk: Buffer) => packets.take(chunk).forEach((message) => this.#receive(message)));
  }

  #receive(message: TdsMessage): void {
    if (message.type === PACKET.prelogin) return this.#prelogin(message.body);
    if (message.type === PACKET.attention) this.#interrupt();
    this.#requests = this.#requests.then(() => this.#answer(message)).catch(() => this.cut());
  }

  #interrupt(): void {
    if (this.running === undefined) return;
    this.#attention.abort();
    this.#options.connection.interrupt();
  }

  #prelogin(body: Buffer): void {
    const asked = encryptionOf(body);
    const { certificate, requireEncryption } = this.#options;
    const encrypt = certificate !== undefined && (requireEncryption || asked === ENCRYPTION.on);
    const answer = !encrypt
      ? ENCRYPTION.notSupported
      : requireEncryption
        ? ENCRYPTION.required
        : ENCRYPTION.on;
    this.#stream.write(new PacketWriter(PACKET.reply, this.#packetSize).take(preloginReply(answer), true));
    if (!encrypt) return;
    this.#socket.removeAllListeners('data');
    this.#stream = encrypted(this.#socket, certificate);
    this.#listen(this.#stream);
  }

  async #answer({ type, body }: TdsMessage): Promise<void> {
    const reply = new Reply(this.#stream, this.#packetSize);
    if (type === PACKET.login) return this.#login(body, reply);
    if (!this.#loggedIn) return this.cut();
    if (type === PACKET.attention) return this.#acknowledge(reply);
    if (type === PACKET.transaction) return this.#manage(body, reply);
    const sql = type === PACKET.batch ? body.subarray(body.readUInt32LE(0)).toString('utf16le') : undefined;
    const call = sql === undefined ? readCall(body) : undefined;
    this.running = sql ?? call!.sql;
    try {
      if (call?.procedure === 'sp_describe_first_result_set') await this.#describe(call.sql, reply);
      else if (call && call.procedure !== 'sp_executesql') throw new SqlFailure(noProcedure(call.procedure));
      else for (const statement of statements(this.running)) await this.#statement(statement, reply);
      if (call) await reply.write(RETURN_STATUS);
      await reply.end(this.#end(reply, call !== undefined));
    } catch (error) {
      // An interrupted answer ends, and a message of its own acknowledges the attention.
      if (this.#attention.signal.aborted) await reply.end(done(DONE.error));
      else
        await reply.end(
          Buffer.concat([errorToken(asSqlError(error)), done(DONE.error, 0, call ? 0xfe : 0xfd)]),
        );
    } finally {
      this.running = undefined;
    }
  }

  /** The last DONE of an answer; each statement has had one that says that more follows. */
  #end(reply: Reply, isCall: boolean): Buffer {
    return isCall ? done(0, 0, 0xfe) : done(reply.rows === undefined ? 0 : DONE.count, reply.rows);
  }

  async #acknowledge(reply: Reply): Promise<void> {
    this.#attention = new AbortController();
    await reply.end(done(DONE.attention));
  }

  async #login(body: Buffer, reply: Reply): Promise<void> {
    const login = readLogin(body);
    const { user, password } = this.#options;
    if (login.user !== user || login.password !== password) {
      const message = `Login failed for user '${login.user}'.`;
      await reply.end(Buffer.concat([errorToken({ number: 18456, level: 14, message }), done(DONE.error)]));
      return void this.#socket.end();
    }
    this.#loggedIn = true;
    const database = login.database || 'master';
    this.#packetSize = login.packetSize || this.#packetSize;
    const info = { number: 5701, level: 0, state: 2, message: `Changed database context to '${database}'.` };
    await reply.end(Buffer.concat([
      envChange(1, database, 'master'), errorToken(info), loginAck(login.version),
      envChange(4, String(this.#packetSize), '4096'), done(0),
    ])); // prettier-ignore
  }

  async #statement(statement: Statement, reply: Reply): Promise<void> {
    await reply.next();
    const command = commandOf(statement);
    if (command) return this.#command(command, reply);
    this.#attention.signal.throwIfAborted();
    if (this.#snapshot && !this.#options.snapshotIsolation && this.#transaction)
      throw new SqlFailure(NO_SNAPSHOT);
    const result = await run(this.#options.connection, statement);
    await reply.result(result, this.#options.fault, this.#attention.signal, () => this.cut());
  }

  async #command(command: Command, reply: Reply): Promise<void> {
    switch (command.kind) {
      case 'set':
        if (command.snapshot !== undefined) this.#snapshot = command.snapshot;
        return;
      case 'transaction':
        return reply.write(await this.#change(command.action));
      case 'wait':
        return sleep(command.milliseconds, undefined, { signal: this.#attention.signal });
      case 'use':
        return reply.write(envChange(1, command.database, ''));
      case 'describe':
        return this.#describe(command.sql, reply);
      case 'kill':
        return this.#options.kill(command.session);
    }
  }

  /** Only SNAPSHOT reads one state of the data in a transaction: others are not told to DuckDB. */
  async #change(action: 'begin' | 'commit' | 'rollback'): Promise<Buffer> {
    if (action === 'begin') {
      if (this.#snapshot) await this.#options.connection.run('begin transaction');
      this.#transaction = 1n;
      return transactionChange(8, 1n);
    }
    if (this.#transaction === undefined) throw new SqlFailure(noTransaction(action));
    this.#transaction = undefined;
    if (this.#snapshot) await this.#options.connection.run(action);
    return transactionChange(action === 'commit' ? 9 : 10, 1n);
  }

  /** Transaction manager requests, [MS-TDS] 2.2.6.9: how drivers begin and end transactions. */
  async #manage(body: Buffer, reply: Reply): Promise<void> {
    const at = body.readUInt32LE(0);
    const request = body.readUInt16LE(at);
    const action = ({ 5: 'begin', 7: 'commit', 8: 'rollback' } as const)[request];
    if (!action) return this.cut();
    if (action === 'begin' && body[at + 2]) this.#snapshot = body[at + 2] === 5; // 0: as before
    try {
      await reply.end(Buffer.concat([await this.#change(action), done(0)]));
    } catch (error) {
      await reply.end(Buffer.concat([errorToken(asSqlError(error)), done(DONE.error)]));
    }
  }

  async #describe(sql: string, reply: Reply): Promise<void> {
    await reply.description(await describe(this.#options.connection, sql));
  }
}

const NO_SNAPSHOT: SqlError = {
  number: 3952,
  level: 16,
  message:
    "Snapshot isolation transaction failed accessing database 'shim' because snapshot isolation is not allowed in this " +
    'database. Use ALTER DATABASE to allow snapshot isolation.',
};

const noTransaction = (action: string): SqlError => ({
  number: action === 'commit' ? 3902 : 3903,
  level: 16,
  message: `The ${action.toUpperCase()} TRANSACTION request has no corresponding BEGIN TRANSACTION.`,
});

const noProcedure = (name: string): SqlError => ({ number: 2812, level: 16, message: `Could not find stored procedure '${name}'.` }); // prettier-ignore

function asSqlError(error: unknown): SqlError {
  if (error instanceof SqlFailure) return error.error;
  return { number: 50000, level: 16, message: error instanceof Error ? error.message : String(error) };
}
