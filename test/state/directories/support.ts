import { escapeCopy } from '../../../activation/values/copy.ts';
import { directoryKey, openDirectory, type Directory } from '../../../state/profiles/directory.ts';
import type { ExportVersion } from '../../../state/profiles/exports.ts';
import { loadExport, type Loaded } from '../../../state/profiles/load.ts';
import { rows } from '../../../state/state.ts';
import type { Definition } from '../../../activation/definition/definition.ts';
import type { PlannedRun } from '../../../state/runs/runs.ts';
import { closeRun } from '../../../state/runs/close.ts';
import { settleRun } from '../../../state/settle/settle.ts';
import { ended } from '../../support/ended.ts';
import { deliver, planned } from '../sending.ts';
import { definitionFor, membersOf, newActivation, type StateWorld } from '../support.ts';

/** An activation whose list is resolved by the profile directory; keys are external ids. */
export function resolvedBy(id: string, changes: object = {}) {
  return definitionFor(id, {
    attributes: [{ column: 'a', attribute: 'a', nulls: 'keep' }],
    list: { identifier: 'profileId' },
    ...changes,
  });
}

/** The directory of a profile table of its own, so that tests do not share profiles. */
export function directoryOf({ state }: StateWorld, id: string): Promise<Directory> {
  return openDirectory(state, directoryKey(ownTable(id, resolvedBy(id))));
}

/** The same definition, with a profile table that only this activation uses. */
export function ownTable<D extends ReturnType<typeof definitionFor>>(id: string, definition: D): D {
  return { ...definition, destination: { ...definition.destination, profileTable: `Profiles of ${id}` } };
}

/** A hash of the settings of exports. */
export const SETTINGS = 'settings';

/** Which exports of a directory are known. */
export const knownBy = ({ id }: Directory) => ({ directory: id, settings: SETTINGS });

let files = 0;

/** Takes an export of these profiles (id and key) into a directory. */
export async function load(
  { state }: StateWorld,
  directory: Directory,
  profiles: readonly (readonly [id: string, key: string | null])[],
  {
    kind = 'daily',
    mayShrink,
    isStale = false,
    ...file
  }: Partial<ExportVersion> & { mayShrink?: boolean; isStale?: boolean } = {},
): Promise<Loaded | null> {
  const name = `export ${++files}`;
  const lines = profiles.map(([id, key]) => `${escapeCopy(id)}\t${key === null ? '\\N' : escapeCopy(key)}\n`);
  async function* batches() {
    for (const line of lines) yield Buffer.from(line);
  }
  const version = { name, kind, size: lines.length, modified: new Date(2026, 0, files), ...file };
  // A stale worker chose the file before others read theirs.
  const known = isStale ? directory : await openDirectory(state, directory);
  return loadExport(state, known, { file: version, settings: SETTINGS, lines: batches(), mayShrink });
}

export function profilesOf({ state }: StateWorld, { id }: Directory): Promise<[string, string | null][]> {
  return rows<{ id: string; key: string | null }>(
    state,
    `select profile_id as id, key from profiles_${id} order by profile_id`,
  ).then((found) => found.map(({ id: profile, key }) => [profile, key]));
}

/** Keys in the log, with the load that changed them. */
export function changesOf({ state }: StateWorld, { id }: Directory): Promise<[number, string][]> {
  return rows<{ load: number; key: string }>(
    state,
    `select distinct cast(load as integer) as load, key from profile_changes_${id} order by load, key`,
  ).then((found) => found.map(({ load: number, key }) => [number, key]));
}

export type Segment = readonly (readonly [key: string, value: string])[];

export const rowsOf = (segment: Segment) => segment.map(([key, value]) => ({ key, values: [value] }));

/** A run that delivers its list if it is due, and settles. */
export async function run(world: StateWorld, definition: Definition, segment: Segment): Promise<PlannedRun> {
  const made = await planned(world, definition, rowsOf(segment));
  if (made.plan.push) await deliver(world, made);
  await settleRun(world.state, made);
  await closeRun(world.state, made, ended('succeeded'));
  return made;
}

/** An activation with a directory of its own, into which one export of these profiles was read. */
export async function begin(
  world: StateWorld,
  profiles: readonly (readonly [string, string | null])[],
  changes: object = {},
) {
  const id = newActivation();
  const directory = await directoryOf(world, id);
  if (profiles.length > 0) await load(world, directory, profiles);
  const definition = ownTable(id, resolvedBy(id, changes));
  return { id, directory, definition };
}

export const listOf = async (world: StateWorld, id: string) =>
  (await membersOf(world, id)).filter(({ listed }) => listed).map(({ key, identifier }) => [key, identifier]);
export const outcomesOf = async (world: StateWorld, id: string) =>
  Object.fromEntries((await membersOf(world, id)).map(({ key, outcome }) => [key, outcome]));
export async function deltaRows({ state }: StateWorld, { delta }: PlannedRun) {
  return rows(state, `select key, membership, attributes from ${delta} order by key, membership`);
}
