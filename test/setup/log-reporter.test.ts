import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const CONFIG = `
import { LogReporter } from ${JSON.stringify(fileURLToPath(new URL('./log-reporter.ts', import.meta.url)))};
export default { test: { globals: true, include: ['*.js'], reporters: [new LogReporter()] } };
`;

/**
 * Runs the tests of a file with the reporter, and calls `shown` with the output whenever it becomes longer. The process
 * ends with the test.
 */
async function report(file: string, shown: (output: string, folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'actito-sync-test-'));
  await writeFile(join(folder, 'some.js'), file);
  await writeFile(join(folder, 'vitest.config.mts'), CONFIG);
  const child = spawn(process.execPath, [VITEST, 'run', '--root', folder], {
    env: { ...process.env, VITEST: undefined, NO_COLOR: '1', FORCE_COLOR: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const closed = once(child, 'close');
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  for await (const chunk of child.stdout) {
    out += String(chunk);
    await shown(out, folder);
  }
  await closed;
  return { out: stripVTControlCharacters(out), err: stripVTControlCharacters(err) };
}

test('in a log, a failure has its file, name and message while the next test of the file still runs', async () => {
  const { out, err } = await report(
    `
    import { existsSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    test('adds', () => { throw new Error(Array.from({ length: 30 }, (_, no) => 'line ' + no).join('\\n')); });
    test('passes', () => setTimeout(200)); // vitest can hold results back until the next one that is 100 ms later
    test('waits until the failure is shown', async () => {
      while (!existsSync(import.meta.dirname + '/shown')) await setTimeout(10);
    }, 60_000);
    describe('a group', () => {
      beforeAll(() => { throw new Error('no server'); });
      test('is skipped', () => {});
    });
    `,
    async (shown, folder) => {
      if (shown.includes('FAILED some.js > adds\n')) await writeFile(join(folder, 'shown'), '');
    },
  );
  expect(out).toContain('FAILED some.js > adds\n  line 0\n');
  expect(out).toContain('  line 9\n  …\n');
  expect(out).toContain('FAILED some.js > a group\n  no server\n.\n');
  expect(out).not.toContain('passes');
  expect(out).toMatch(/Tests +1 failed \| 2 passed \| 1 skipped/);
  expect(err).toContain('line 29');
}, 120_000);

test('in a log, a file that cannot be loaded is named with the error', async () => {
  const { out } = await report(`throw new Error('no such table');`, async () => {});
  expect(out).toContain('FAILED some.js\n  no such table\n.\n');
}, 120_000);
