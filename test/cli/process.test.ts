import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { freePort } from '../../dev/ports.ts';
import { temporalAddress } from '../setup/servers.ts';
import { connectClient, freshId } from './support.ts';

/** `npm run activation -- …` as a process of its own. */
function activation(args: string[], address: string) {
  const child = spawn(process.execPath, ['dev/start.js', 'cli/main.ts', ...args], {
    env: { ...process.env, TEMPORAL_ADDRESS: address },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seen = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (seen.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, ...seen }));
  return { child, ended };
}

test('without a server it says which address was tried and how to start one', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const { code, out, err } = await activation(['run', 'vip'], address).ended;
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(new RegExp(`^TemporalUnavailable: No Temporal server is responding at ${address} `));
  expect(err).toContain('temporal server start-dev');
});

test('SIGINT ends the following and not the run', async () => {
  const id = freshId('interrupted'); // no worker polls the product's task queue here
  const { child, ended } = activation(['run', id], temporalAddress());
  const started = () => new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  await started();
  child.kill('SIGINT');
  const { code, out } = await ended;
  expect(code).toBe(130);
  expect(out).toContain('The run continues in the background.');

  const client = await connectClient();
  const run = client.workflow.getHandle(`activation/${id}`);
  expect((await run.describe()).status.name).toBe('RUNNING');
  await run.terminate();
  await client.connection.close();
});
