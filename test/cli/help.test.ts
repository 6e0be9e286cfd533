import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { commandNames, commandsPage } from '../../cli/commands-page.ts';
import { cli } from './support.ts';

const COMMANDS = await commandNames();

test.each(COMMANDS.map((command) => ({ command })))(
  '$command tells its exit codes, and examples that use it and nothing that it has not',
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

test('help without a command names each of them', async () => {
  const { code, out } = await cli(['--help']);
  expect(code).toBe(0);
  for (const [command] of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
});

test('only schedules of this project are touched, and the help says what that means', async () => {
  const { out } = await cli(['schedule', 'apply', '--help']);
  expect(out).toContain('Only schedules that this command created for this project are changed or deleted.');
  expect(out).toContain('ACTITO_SYNC_PROJECT_NAME');
});

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/commands.md holds the help of every command as it is; otherwise: npm run commands', async () => {
  const page = await commandsPage();
  expect(await read('docs/commands.md')).toBe(page);
  for (const command of COMMANDS) {
    const { out } = await cli([...command, '--help']);
    const [usage] = out.split('\n');
    expect(page).toContain(`\n## ${command.join(' ')}\n\n\`\`\`text\n${usage}\n`);
  }
});
