import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Command } from 'commander';
import { commandTable, MARKERS, withCommandTable } from '../../client/help/command-table.ts';
import { usualProgram } from '../../client/help/usual-program.ts';
import { cli } from './support.ts';

/** The words of each command that does something. */
function commandsOf(command: Command, before: string[] = []): string[][] {
  return command.commands.flatMap((inner) => {
    const words = [...before, inner.name()];
    return inner.commands.length > 0 ? commandsOf(inner, words) : [words];
  });
}
const COMMANDS = commandsOf(usualProgram());

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
  expect(out).toContain('Only schedules that this command made for this project are changed or deleted.');
  expect(out).toContain('ACTITO_SYNC_PROJECT_NAME');
});

test('the README lists the commands as the program has them; otherwise: node dev/start.js client/help/write-readme.ts', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(withCommandTable(readme, commandTable(usualProgram())));
});

test('the list of commands holds each of them once, with its arguments', () => {
  const table = commandTable(usualProgram());
  for (const command of COMMANDS) {
    const itself = new RegExp(`^\\| \`actito-sync ${command.join(' ')}[ \`]`);
    const rows = table.split('\n').filter((row) => itself.test(row));
    expect(rows).toHaveLength(1);
  }
  expect(table).toContain('| `actito-sync schedule pause <activation>` | let the schedule');
  expect(table).toContain('| `actito-sync doctor [target]` | try everything');
});

test('only what is between the markers is replaced, and a README without them is refused', () => {
  const [head, tail] = [`# One\n${MARKERS.begin}`, `${MARKERS.end}\nafter\n`];
  expect(withCommandTable(`${head}\nold\n${tail}`, 'new')).toBe(`${head}\nnew\n${tail}`);
  expect(() => withCommandTable(`${MARKERS.end}\n${MARKERS.begin}`, 'new')).toThrow(
    `The README must hold ${MARKERS.begin} and, after it, ${MARKERS.end}.`,
  );
});
