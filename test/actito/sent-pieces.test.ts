import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createdBody } from '../../actito/contract.ts';
import { clientFor, json, startScripted } from './support.ts';

const MB = 2 ** 20;

test('a file of 32 MB needs no memory for the part that was already sent', async () => {
  const server = await startScripted((request, response) => {
    request.resume().on('end', () => json(201, { id: '1' })(request, response));
  });
  const kept: number[] = [];
  async function* file() {
    for (let piece = 0; piece < 128; piece++) {
      if (piece % 16 === 0) kept.push(await buffersInUse());
      yield Buffer.allocUnsafeSlow(MB / 4);
    }
  }
  try {
    const route = { route: 'executions', parts: { entity: 'shop' } } as const;
    const stream = () => ({ headers: {}, body: file() });
    await clientFor(server).call({ method: 'POST', ...route, stream }, createdBody);
  } finally {
    await server.stop();
  }
  expect(kept).toHaveLength(8);
  expect(Math.max(...kept) - kept[0]!).toBeLessThan(6 * MB);
});

/**
 * Bytes of buffers that are still referenced. It collects garbage twice, since V8 counts the results of the
 * first collection with the second.
 */
async function buffersInUse(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  for (let i = 0; i < 2; i++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage().arrayBuffers;
}
