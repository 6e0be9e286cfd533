import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY_RULES } from '../../../activation/keys/canonical.ts';
import { openDirectory, type Directory } from '../../../state/profiles/directory.ts';
import { forgetOtherSettings, readExports } from '../../../state/profiles/exports.ts';
import { loadExport, renewDirectory } from '../../../state/profiles/load.ts';
import { rows } from '../../../state/state.ts';
import { until } from '../../setup/until.ts';
import { freshState, newActivation, type StateWorld } from '../support.ts';
import { directoryOf, knownBy, profilesOf, SETTINGS } from './support.ts';

/* How old a directory is, and how its keys get new rules while exports are loaded. */

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const DAY = 24 * 3_600_000;
const today = Math.floor(Date.now() / DAY) * DAY;
const dayOf = (days: number) => new Date(today + days * DAY).toISOString().slice(0, 10);

async function* line() {
  yield await Promise.resolve(Buffer.from('1\ta\n'));
}

async function writtenAt(
  directory: Directory,
  day: string | null,
  modified?: Date,
  settings = SETTINGS,
): Promise<Date> {
  const file = { name: `p_${day}`, kind: 'daily' as const, size: 4, modified, day };
  const current = await openDirectory(world.state, directory);
  await loadExport(world.state, current, { file, settings, lines: line() });
  return (await openDirectory(world.state, directory)).writtenAt!;
}

test('an export without a time is as old as the end of the day in its name', async () => {
  const directory = await directoryOf(world, newActivation());
  expect(await writtenAt(directory, dayOf(-10))).toEqual(new Date(today - 9 * DAY));
});

test('a time that is later than that does not count; an earlier one does', async () => {
  const later = await directoryOf(world, newActivation());
  expect(await writtenAt(later, dayOf(-10), new Date(today - 3 * DAY))).toEqual(new Date(today - 8 * DAY));
  const earlier = await directoryOf(world, newActivation());
  const modified = new Date(today - 9 * DAY);
  expect(await writtenAt(earlier, dayOf(-10), modified)).toEqual(modified);
});

test('an export of today is never of the future, nor is one without a day or a time', async () => {
  for (const day of [dayOf(0), null]) {
    const directory = await directoryOf(world, newActivation());
    const age = Date.now() - (await writtenAt(directory, day)).getTime();
    expect(Math.abs(age)).toBeLessThan(DAY / 24);
  }
});

test('after a change of the settings, exports that were read before do not make the directory younger', async () => {
  const directory = await directoryOf(world, newActivation());
  await writtenAt(directory, dayOf(-2));
  expect(await writtenAt(directory, dayOf(-5))).toEqual(new Date(today - DAY));
  await forgetOtherSettings(world.state, { directory: directory.id, settings: 'others' });
  expect(await writtenAt(directory, dayOf(-10), undefined, 'others')).toEqual(new Date(today - 9 * DAY));
  expect(await writtenAt(directory, dayOf(-8), undefined, 'others')).toEqual(new Date(today - 7 * DAY));
});

test('if workers with different settings read at the same time, all exports count as unread', async () => {
  const directory = await directoryOf(world, newActivation());
  await writtenAt(directory, dayOf(-2));
  await writtenAt(directory, dayOf(-1), undefined, 'others');
  expect([...(await readExports(world.state, knownBy(directory))).keys()]).toEqual([`p_${dayOf(-2)}`]);
  expect(await forgetOtherSettings(world.state, knownBy(directory))).toBe(true);
  expect(await readExports(world.state, knownBy(directory))).toEqual(new Map());
  expect(await forgetOtherSettings(world.state, knownBy(directory))).toBe(false);
});

test('new rules for keys are applied to what other workers loaded meanwhile', async () => {
  const directory = await directoryOf(world, newActivation());
  await loadExport(world.state, directory, {
    file: { name: 'p', kind: 'daily', size: 4, modified: undefined },
    settings: SETTINGS,
    lines: line(),
  });
  await world.state.raw('update directories set rules = ? where id = ?', [KEY_RULES - 1, directory.id]);
  const old = await openDirectory(world.state, directory);
  let renewing: Promise<Directory> | undefined;
  await world.state.transaction(async (trx) => {
    await trx.raw('select from directories where id = ? for no key update', [directory.id]);
    renewing = renewDirectory(world.state, old);
    renewing.catch(() => undefined); // awaited below
    await until('the renewal waits', async () => {
      const waiting = await rows(
        world.state,
        `select from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database() and query like '%for no key update%'`,
      );
      return waiting.length > 0;
    });
    await trx.raw(`insert into profiles_${directory.id} (profile_id, key) values ('2', 'b')`);
  });
  await renewing;
  expect(await profilesOf(world, directory)).toEqual([
    ['1', 'a'],
    ['2', 'b'],
  ]);
  const { load } = await openDirectory(world.state, directory);
  // A worker that waited for the same renewal does nothing.
  await renewDirectory(world.state, old);
  expect(await openDirectory(world.state, directory)).toMatchObject({ load, rules: KEY_RULES });
});
