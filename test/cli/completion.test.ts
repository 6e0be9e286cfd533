import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cli } from './support.ts';

const run = promisify(execFile);
const ENV = { ACTITO_SYNC_PROJECT: 'examples/demo', TEMPORAL_ADDRESS: '127.0.0.1:1' };

/** The possible completions, without descriptions; the last of the words is being typed. */
async function offered(line: string, env: NodeJS.ProcessEnv = ENV): Promise<string[]> {
  const { code, out, err } = await cli(['completion', 'bash', '--', ...line.split(' ')], { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').slice(0, -1);
}

const ACTIVATIONS = ['sleeping-customers', 'vip-customers'];

test.each([
  { line: 're', words: ['resync', 'rebase', 'rejects'] },
  { line: 'schedule p', words: ['pause'] },
  { line: 'run ', words: ACTIVATIONS },
  { line: 'run v', words: ['vip-customers'] },
  { line: 'run --dry-run v', words: ['vip-customers'] },
  { line: 'run --reason because v', words: ['vip-customers'] },
  { line: 'schedule pause ', words: ACTIVATIONS },
  { line: 'status s', words: ['sleeping-customers'] },
  { line: 'lists ', words: ['actito'] },
  { line: 'doctor ', words: [...ACTIVATIONS, 'actito'] },
  { line: 'run --re', words: ['--resync', '--reason'] },
  { line: 'explain vip-customers --', words: ['--json', '--project', '--help'] },
  { line: 'run --project ', words: [':files'] },
  { line: 'run --project /nowhere ', words: [] },
  { line: 'completion ', words: ['bash', 'zsh', 'fish'] },
  // A hash, a key, a reason or a number has no completion
  { line: 'approve vip-customers ', words: [] },
  { line: 'run --reason ', words: [] },
  { line: 'run vip-customers ', words: [] },
  // The shell completes files and folders
  { line: 'validate ', words: [':files'] },
  { line: 'plan vip-customers --out ', words: [':files'] },
])('after "actito-sync $line" the completions are $words', async ({ line, words }) => {
  expect(await offered(line)).toEqual(words);
});

test('without a project folder, commands and options are still completed', async () => {
  const env = { ACTITO_SYNC_PROJECT: '/nowhere' };
  expect(await offered('run ', env)).toEqual([]);
  expect(await offered('run --dry', env)).toEqual(['--dry-run']);
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-completion-'));
  for (const shell of ['bash', 'zsh', 'fish'])
    await writeFile(join(folder, shell), (await cli(['completion', shell])).out);
});
afterAll(() => rm(folder, { recursive: true }));

const isMissing = (shell: string) => spawnSync(shell, ['-c', 'true']).error !== undefined;
const inShell = async (shell: string, script: string) =>
  (await run(shell, ['-c', script], { env: { ...process.env, ...ENV } })).stdout;

/** Like readline at Tab: the words in COMP_WORDS, the answer in COMPREPLY. */
const IN_BASH = `complete_line() {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
  $(complete -p actito-sync | sed 's/.*-F \\([^ ]*\\).*/\\1/')
  printf '%s\\n' "\${COMPREPLY[@]}"
}`;

test('bash completes with this program', async () => {
  const load = `source ${folder}/bash; ${IN_BASH}`;
  expect(await inShell('bash', `${load}; complete_line actito-sync run vi`)).toBe('vip-customers\n');
  expect(await inShell('bash', `${load}; complete_line actito-sync schedule ''`)).toMatch(
    /^apply\nlist\npause\nresume\n/,
  );
});

test.skipIf(isMissing('fish'))('fish shows words with their descriptions', async () => {
  const out = await inShell('fish', `source ${folder}/fish; complete -C 'actito-sync canc'`);
  expect(out).toMatch(/^cancel\tcancel the run of an activation/);
});

test.skipIf(isMissing('zsh'))('zsh understands the script, and asks the program', async () => {
  const described = `compdef() { }; _describe() { print -rl -- "\${(@P)2}" }; source ${folder}/zsh`;
  const out = await inShell('zsh', `${described}; words=(actito-sync run s); CURRENT=3; _actito_sync`);
  expect(out).toBe('sleeping-customers:activation\n');
});
