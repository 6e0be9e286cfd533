import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { until } from './support.ts';

const processes: ChildProcess[] = [];
afterEach(() => processes.splice(0).forEach((child) => child.kill('SIGKILL')));

/** Starts the program as `npm run simulator` does. */
function run(...args: string[]) {
  const main = new URL('../../simulator/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['dev/start.js', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  const printed = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (printed.text += String(chunk)));
  }
  return { child, printed, exit: once(child, 'exit') };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the simulator shows its addresses, and ends cleanly on %s',
  async (signal) => {
    const { child, printed, exit } = run('--api-port', '0', '--sftp-port', '0', '--contacts', '30');
    await until(() => printed.text.includes('Ctrl-C'));
    const variable = (name: string) => new RegExp(`export ${name}=(\\S+)`).exec(printed.text)?.[1] ?? '';
    for (const name of ['HOST', 'PORT', 'USERNAME', 'PASSWORD', 'HOST_KEY']) {
      expect(variable(`ACTITO_SFTP_${name}`)).not.toBe('');
    }
    for (const name of ['HOST', 'PORT', 'USERNAME', 'PASSWORD', 'CA']) {
      expect(variable(`ACTITO_FTPS_${name}`)).not.toBe('');
    }
    const url = variable('ACTITO_BASE_URL');
    const authorization = variable('ACTITO_API_KEY');
    expect((await fetch(`${url}/auth/token`, { headers: { authorization } })).status).toBe(200);
    const count = await fetch(`${url}/__simulator/contacts/count`);
    expect(await count.json()).toEqual({ count: 30 });
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
  },
  30_000,
);

test('contacts can be matched by phone on request', async () => {
  const { child, printed, exit } = run(
    '--api-port',
    '0',
    '--sftp-port',
    '0',
    '--contacts',
    '3',
    '--unique-phone',
  );
  await until(() => printed.text.includes('Ctrl-C'));
  const url = /ACTITO_BASE_URL=(\S+)/.exec(printed.text)![1]!;
  const found = await fetch(`${url}/__simulator/contacts/gsmNumber/%2B32470000002`);
  expect(await found.json()).toMatchObject({ customerId: 'C2' });
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
}, 30_000);

test('the license can be chosen: profile ids only, and documented routes only', async () => {
  const ports = ['--api-port', '0', '--sftp-port', '0'];
  const { child, printed, exit } = run(...ports, '--profile-ids-only', '--documented-only');
  await until(() => printed.text.includes('Ctrl-C'));
  const url = /ACTITO_BASE_URL=(\S+)/.exec(printed.text)![1]!;
  const licence = await fetch(`${url}/__simulator/licence`);
  expect(await licence.json()).toMatchObject({ listIdentifiers: 'profileId', assumedRoutes: 404 });
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
}, 30_000);

test('a port that is in use ends the simulator with what to do', async () => {
  const first = run('--api-port', '0', '--sftp-port', '0');
  await until(() => first.printed.text.includes('Ctrl-C'));
  const port = /ACTITO_BASE_URL=http:\/\/127.0.0.1:(\d+)/.exec(first.printed.text)![1]!;
  const second = run('--api-port', port, '--sftp-port', '0');
  expect(await second.exit).toEqual([1, null]);
  expect(second.printed.text).toContain('--api-port');
  first.child.kill('SIGTERM'); // not only killed after the test, since it removes its files
  await first.exit;
}, 30_000);
