import fc from 'fast-check';
import { EventEmitter } from 'node:events';
import type { Connection } from 'pg';
import { expect, test } from 'vitest';
import { RowLines } from '../../warehouse/redshift/lines.ts';
import { RowStream } from '../../warehouse/redshift/stream.ts';

/** A message of PostgreSQL's protocol. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** A row with one value and the count. */
function row(value: string, count: number): Buffer {
  const fields = [value, String(count)].map((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return Buffer.concat([length, Buffer.from(text)]);
  });
  return message('D', Buffer.concat([Buffer.from([0, 2]), ...fields]));
}

const DESCRIPTION = message('T', Buffer.from([0, 0]));
const NOTICE = message('N', Buffer.from([0]));
const COMPLETE = message('C', Buffer.from('SELECT\0'));
const READY = message('Z', Buffer.from('T'));

/** A socket with the listener of node-postgres, which only notes what it receives. */
class Socket extends EventEmitter {
  readonly passed: Buffer[] = [];
  isPaused = false;

  constructor() {
    super();
    this.on('data', (bytes: Buffer) => this.passed.push(Buffer.from(bytes)));
  }

  pause() {
    this.isPaused = true;
  }

  resume() {
    this.isPaused = false;
  }
}

function submitted() {
  const socket = new Socket();
  const stream = new RowStream('select 1', new RowLines(['as sent']));
  stream.submit({ stream: socket, query: () => undefined } as unknown as Connection);
  return { socket, stream };
}

/** As node-postgres does for the last messages. */
function complete(stream: RowStream, tag = 'SELECT'): void {
  stream.handleCommandComplete({ text: tag });
  stream.handleReadyForQuery();
}

test('wherever the network cuts the messages, all rows become lines, and all else is passed on in order', async () => {
  const values = fc.array(fc.string({ unit: fc.constantFrom('a', 'b') }), { maxLength: 12 });
  const cuts = fc.array(fc.nat(400), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(values, cuts, async (all, places) => {
      const { socket, stream } = submitted();
      const rows = all.map((value) => row(value, all.length));
      const bytes = Buffer.concat([DESCRIPTION, ...rows, NOTICE, COMPLETE, READY]);
      const edges = [0, ...places.filter((at) => at < bytes.length), bytes.length].sort((a, b) => a - b);
      edges.slice(1).forEach((end, i) => socket.emit('data', bytes.subarray(edges[i], end)));
      complete(stream);
      const text = (await stream.next())?.toString() ?? '';
      expect(text).toBe(all.map((value) => `${value}\n`).join(''));
      expect(stream.rows()).toBe(all.length);
      expect(Buffer.concat(socket.passed)).toEqual(Buffer.concat([DESCRIPTION, NOTICE, COMPLETE, READY]));
      socket.emit('data', NOTICE); // after the end, node-postgres receives everything again
      expect(socket.passed.at(-1)).toEqual(NOTICE);
    }),
  );
});

test('an answer that ends with fewer rows than the server counts is incomplete', () => {
  const { socket, stream } = submitted();
  socket.emit('data', Buffer.concat([row('a', 3), row('b', 3), COMPLETE, READY]));
  complete(stream);
  expect(() => stream.rows()).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/did not complete/) as string }),
  );
});

test('a tag with another count than that of the rows is an incomplete answer', () => {
  const { socket, stream } = submitted();
  socket.emit('data', Buffer.concat([row('a', 1), COMPLETE, READY]));
  complete(stream, 'SELECT 2');
  expect(() => stream.rows()).toThrow(/did not complete/);
});

test('an answer of a statement that is no SELECT, or of none, is incomplete', () => {
  const { socket, stream } = submitted();
  socket.emit('data', READY);
  stream.handleReadyForQuery();
  expect(() => stream.rows()).toThrow(/did not complete/);
});

test('the socket is paused while enough lines wait, and resumed when they are taken', async () => {
  const { socket, stream } = submitted();
  const many = Buffer.concat(Array.from({ length: 100 }, () => row('x'.repeat(1_000), 100)));
  socket.emit('data', many);
  expect(socket.isPaused).toBe(true);
  expect((await stream.next())!.length).toBe(100_100);
  expect(socket.isPaused).toBe(true);
  const next = stream.next();
  expect(socket.isPaused).toBe(false);
  socket.emit('data', Buffer.concat([COMPLETE, READY]));
  complete(stream);
  expect(await next).toBeUndefined();
});

test('a row with another number of fields fails and ends the connection', async () => {
  const socket = Object.assign(new Socket(), {
    isDestroyed: false,
    destroy: () => (socket.isDestroyed = true),
  });
  const stream = new RowStream('select 1', new RowLines(['as sent', 'as sent']));
  stream.submit({ stream: socket, query: () => undefined } as unknown as Connection);
  socket.emit('data', row('a', 1));
  await expect(stream.next()).rejects.toMatchObject({
    message: expect.stringMatching(/2 fields instead of 3/) as string,
  });
  expect(socket.isDestroyed).toBe(true);
});
