import { afterAll, beforeAll, expect, test } from 'vitest';
import { rows } from '../../../state/state.ts';
import { cli } from '../../cli/support.ts';
import { tablesWith } from '../../support/tables-with.ts';
import { temporalAddress } from '../../setup/servers.ts';
import { decoded, KEYS, markersIn } from './markers.ts';
import { startLeakyWorld, type LeakyWorld, type Met } from './world.ts';

/*
 * A real worker meets every known kind of failure at the log level trace. Keys, values, literals of queries
 * and secrets contain markers, and every server repeats them in its texts. Then the test searches all outputs
 * for the markers.
 */

let world: LeakyWorld;
let met: Map<string, Met>;
beforeAll(async () => {
  world = await startLeakyWorld();
  expect((await ask('validate')).out).toMatch(/: valid, with /);
  met = await meetAll(Object.keys(world.kinds));
}, 300_000);
afterAll(() => world?.stop());

/** All kinds, as many at the same time as a worker runs. */
async function meetAll(names: string[]): Promise<Map<string, Met>> {
  const found = new Map<string, Met>();
  const left = names.values();
  const meetNext = async () => {
    for (const name of left) found.set(name, await world.meet(name));
  };
  await Promise.all(Array.from({ length: 10 }, meetNext));
  return found;
}

/** The targets of `doctor`: one of each driver, and one of each wrong configuration. */
const EXAMINED = (
  'open-literal login-refused certificate-missing no-url token-refused tables-no-json lists-missing key-with-newline ' +
  'url-with-user sftp-list sftp-key-unreadable ftps-folder'
).split(' ');

const ASKED = [
  'status',
  'status --json',
  'validate',
  'validate --json',
  'schedule list',
  'attributes import-failed',
  'attributes token-odd',
  'lists import-failed',
  'lists lists-missing',
  'contract check import-status-missing',
  'contract check tables-of-another-shape --json',
  'contract check import-rows-garbage',
  'contract check etl-undescribed --json',
  'contract check token-refused',
  'plan tsquery',
  'run open-literal',
  'run import-refused --json',
];

/** The forbidden markers, and where they were found. */
const leaks = (places: Iterable<[place: string, text: string]>) =>
  [...places].flatMap(([place, text]) => {
    const found = markersIn(text);
    return found.length > 0 ? [`${place}: ${found.join(', ')}`] : [];
  });

test('each kind of failure occurs and is reported by its type', () => {
  const told = [...met].filter(([name, { type }]) => {
    const expected = world.kinds[name]!.expect;
    return typeof expected === 'string' ? type !== expected : !expected.test(type);
  });
  expect(told.map(([name, { type }]) => [name, type, String(world.kinds[name]!.expect)])).toEqual([]);
  expect(met.size).toBeGreaterThan(90);
});

test('no history, and nothing else that Temporal stores about a run, contains a key, value or secret', async () => {
  const known = await Promise.all(
    [...met].map(async ([name, { handle }]): Promise<[string, string]> => {
      const { raw } = await handle.describe();
      return [name, decoded([raw, await handle.fetchHistory()])];
    }),
  );
  expect(known.every(([, text]) => text.includes('runActivation'))).toBe(true); // it is decoded
  expect(leaks(known)).toEqual([]);
});

test('no log line at level trace contains one, and no process argument does', async () => {
  const lines = world.printed().split('\n');
  expect(lines.length).toBeGreaterThan(1_000);
  expect(leaks(lines.map((line) => [line.slice(0, 300), line]))).toEqual([]);
  expect(leaks((await world.processArguments()).map((line) => ['arguments', line]))).toEqual([]);
});

test('people who ask for personal data can read the details, and failures are reported without them', async () => {
  for (const activation of ['tsquery', 'import-failed', 'list-unreadable', 'sftp-list', 'ftps-folder']) {
    const plain = await ask('history', activation);
    expect(plain.out).toMatch(/FAILED|failed|unfinished/);
    expect(markersIn(plain.out)).toEqual([]);
    const personal = await ask('history', activation, '--show-personal-data');
    expect(markersIn(personal.out), activation).toContain('value');
  }
  const rejects = await ask('rejects', 'import-rows-said', '--show-personal-data');
  expect(rejects.out).toMatch(/ORIGINAL TEXT[^]*Value Qz7Value Anna is refused/);
});

test('no output of the command line contains one', async () => {
  const past = [...met.keys()].filter((_, at) => at % 5 === 0).map((name) => `history ${name} --json`);
  const asked = [...ASKED, ...past, ...EXAMINED.map((name) => `doctor ${name} --json`)];
  const answers = await Promise.all(
    asked.map(async (line): Promise<[string, string]> => {
      const { out, err } = await ask(...line.split(' '));
      return [line, out + err];
    }),
  );
  expect(answers.filter(([, text]) => text === '')).toEqual([]);
  expect(leaks(answers)).toEqual([]);
});

test('the state contains keys, values and literals where docs/privacy.md says so, and no secret', async () => {
  const { state } = world.stand;
  const said = ['peer_words', 'rejects', 'reject_history'];
  const secret = await tablesWith(state, 'qz7secret');
  expect(secret.filter((table) => !said.includes(table) && table !== 'runs')).toEqual([]);
  // The address of Actito is not a secret. One with a user in it is rejected before a run is opened.
  const withSecret = await rows<{ activation: string }>(
    state,
    `select activation from runs where runs::text ilike '%qz7secret%'`,
  );
  expect(withSecret).toEqual([]);
  const told = await rows<{ row: string }>(
    state,
    `select (to_jsonb(runs) - 'definition')::text as row from runs union all select imports::text from imports
     union all select deliveries::text from deliveries`,
  );
  expect(leaks(told.map(({ row }) => [row.slice(0, 200), row]))).toEqual([]);
  const places = /^(members_.*|delta_.*|shared_.*|changes|peer_words|rejects|reject_history|runs)$/;
  const found = await Promise.all(
    ['qz7key', 'qz7value', 'qz7literal'].map((mark) => tablesWith(state, mark)),
  );
  expect(found.flat().filter((table) => !places.test(table))).toEqual([]);
});

test('a starting worker drops what terminated runs have left, and no file is left behind', async () => {
  for (const { handle } of met.values()) await handle.terminate('qz').catch(() => undefined);
  const before = await runTables();
  expect(before.length).toBeGreaterThan(0);
  const printed = await world.restart();
  expect(leaks([['the first worker', printed]])).toEqual([]);
  expect(await runTables()).toEqual([]);
  const open = await rows(world.stand.state, 'select from runs where closed_at is null');
  expect(open).toEqual([]);
  expect(leaks((await world.leftFiles()).map((file) => ['a file', file]))).toEqual([]);
});

test('forgetting a person deletes the stored details, since they may name the person', async () => {
  const { state } = world.stand;
  expect(await tablesWith(state, KEYS[0]!)).toContain('peer_words');
  await ask('forget', KEYS[0]!, '--yes');
  expect(await rows(state, 'select from peer_words')).toEqual([]);
});

async function runTables(): Promise<string[]> {
  const found = await rows<{ name: string }>(
    world.stand.state,
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
       and relname ~ '^(delta|aside|result|shared)_[0-9]'`,
  );
  return found.map(({ name }) => name);
}

function ask(...args: string[]) {
  const { stateUrl, projectFolder } = world.stand;
  return cli(args, {
    taskQueue: world.taskQueue,
    env: {
      TEMPORAL_ADDRESS: temporalAddress(),
      ACTITO_SYNC_DATABASE_URL: stateUrl,
      ACTITO_SYNC_PROJECT: projectFolder,
    },
  });
}
