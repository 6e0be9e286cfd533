import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { commandNames, commandsPage } from '../../cli/commands-page.ts';
import { cli } from './support.ts';

const COMMANDS = await commandNames();

test.each(COMMANDS.map((command) => ({ command })))(
  '$command shows its exit codes, and examples that use only its own options',
  async ({ command }) => {
    const { code, out, err } = await cli([...command, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Exit codes: 0 done');
    const [, afterExamples = ''] = out.split('\nExamples:\n');
    const examples = afterExamples.split('\n\n')[0]!.split('\n');
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) {
      expect(example).toContain(`actito-sync ${command.join(' ')}`);
      const [line] = example.split('  # ');
      for (const [flag] of line!.matchAll(/--[a-z-]{2,}/g))
        expect(out).toMatch(new RegExp(`^ +${flag} `, 'm'));
    }
  },
);

test('help without a command lists every command', async () => {
  const { code, out } = await cli(['--help']);
  expect(code).toBe(0);
  for (const [command] of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
});

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/commands.md contains the current help of every command; otherwise: npm run commands', async () => {
  const page = await commandsPage();
  expect(await read('docs/commands.md')).toBe(page);
  for (const command of COMMANDS) {
    const { out } = await cli([...command, '--help']);
    const [usage] = out.split('\n');
    expect(page).toContain(`\n## ${command.join(' ')}\n\n\`\`\`text\n${usage}\n`);
  }
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  expect(await cli(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('--project names the project folder, whatever ACTITO_SYNC_PROJECT says; no help shows the former name reject', async () => {
  const env = { ACTITO_SYNC_PROJECT: '/nowhere', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const { err } = await cli(['run', 'vip-custmers', '--project', 'examples/demo'], { env });
  expect(err).toContain('did you mean "vip-customers"?');
  expect(env.ACTITO_SYNC_PROJECT).toBe('/nowhere');
  expect((await cli(['--help'])).out).not.toMatch(/^ +reject /m);
});
