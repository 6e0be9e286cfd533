import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { freePort, preferPort } from '../../dev/ports.ts';

const server = createServer();
afterEach(() => void server.close());

test('a preferred port is returned if it is free, and otherwise another free one', async () => {
  const port = await freePort();
  expect(await preferPort(port)).toBe(port);

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const other = await preferPort(port);
  expect(other).not.toBe(port);
  expect(await preferPort(other)).toBe(other);
});
