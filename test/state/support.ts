import { randomUUID } from 'node:crypto';
import { resolveActivation, type Definition } from '../../activation/definition/definition.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import { taskOf } from '../../contract/task.ts';
import type { Holder } from '../../state/runs/lease.ts';
import { migrate } from '../../state/migrate.ts';
import { openRun, type IsOpen, type Opened } from '../../state/runs/open.ts';
import type { Run } from '../../state/runs/runs.ts';
import { openState, rows, type State } from '../../state/state.ts';
import { freshDatabase } from '../setup/servers.ts';
import { requestOf, type Ways } from '../support/requests.ts';
import { activationFile } from '../support/activation-files.ts';

/** A row of a segment: key, values in the order of the mapping, and the list identifier if it is separate. */
export interface SegmentRow {
  key: string | null;
  values: (string | null)[];
  identifier?: string | null;
}

export interface StateWorld {
  state: State;
  url: string;
  dispose(): Promise<void>;
}

export async function freshState(): Promise<StateWorld> {
  const database = await freshDatabase('state');
  const state = openState({ url: database.url, poolSize: 10 });
  await migrate(state);
  const dispose = async () => {
    await state.destroy();
    await database.dispose();
  };
  return { state, url: database.url, dispose };
}

/** Attributes `a` and `b` keep what Actito has when they are null, `c` is cleared; keys are external ids. */
const ACTIVATION = {
  source: 'shop',
  destination: 'actito',
  segment: { name: 'People', table: 'people' },
  matchingKey: { column: 'id', type: 'externalId', attribute: 'customerId' },
  guards: { maxRejectedRatio: 1, maxRemovedRatio: 1, allowEmpty: true },
  attributes: ['a', 'b', 'c'].map((name) => ({
    column: name,
    attribute: name,
    nulls: name === 'c' ? 'clear' : 'keep',
  })),
};
const DESTINATION = {
  baseUrl: 'https://actito.test',
  apiKey: { env: 'ACTITO_API_KEY' },
  entity: 'shop',
  profileTable: 'Profiles',
  delivery: {
    protocol: 'sftp',
    host: 'files.test',
    username: 'u',
    directory: '/in',
    password: { env: 'P' },
    hostKey: `SHA256:${'A'.repeat(43)}`,
  },
};

export function definitionFor(id: string, changes: object = {}, destination: object = {}): Definition {
  return {
    activation: resolveActivation(id, activationFile({ ...ACTIVATION, ...changes })),
    source: sourceSchema.parse({ driver: 'postgres', connection: { env: 'SHOP_URL' } }),
    destination: destinationSchema.parse({ ...DESTINATION, ...destination }),
  };
}

let activations = 0;
/** An activation that no other test of the file knows. */
export function newActivation(): string {
  return `vip-${++activations}`;
}

export const everyoneIsGone: IsOpen = async () => false;
export const everyoneIsThere: IsOpen = async () => true;

export function execution(activation: string): Holder {
  return { namespace: 'default', workflowId: `activation/${activation}`, runId: randomUUID() };
}

export interface OpenOptions extends Ways {
  holder?: Holder;
  isOpen?: IsOpen;
}

export function tryToOpen(
  { state }: StateWorld,
  definition: Definition,
  { holder, isOpen = everyoneIsGone, ...ways }: OpenOptions = {},
): Promise<Opened> {
  const activation = definition.activation.id;
  const task = taskOf(requestOf(activation, ways));
  return openRun(state, { ...(holder ?? execution(activation)), activation, task, definition }, isOpen);
}

/** Opens a run that must not find another one. */
export async function open(
  world: StateWorld,
  definition: Definition,
  options: OpenOptions = {},
): Promise<Run> {
  const opened = await tryToOpen(world, definition, options);
  if ('busy' in opened) throw new Error('The activation is busy.');
  return opened.run;
}

export { compareInto, copyField, copyLines, extract, marksOf, type CompareOptions } from './comparing.ts';

export interface Member {
  key: string;
  identifier: string | null;
  listed: boolean;
  hashes: string | null;
  attribute_mark: string | null;
  outcome: string;
  retry_at: Date | null;
}

export function membersOf({ state }: StateWorld, activation: string): Promise<Member[]> {
  return rows(
    state,
    `select key, identifier, listed, encode(hashes, 'hex') as hashes, attribute_mark, outcome, retry_at
     from members_${activation.replaceAll('-', '_')} order by key`,
  );
}

export async function activationRow({ state }: StateWorld, id: string): Promise<Record<string, unknown>> {
  const [row] = await rows<Record<string, unknown>>(state, 'select * from activations where id = ?', [id]);
  return row!;
}

export async function runRow({ state }: StateWorld, run: string): Promise<Record<string, unknown>> {
  const [row] = await rows<Record<string, unknown>>(state, 'select * from runs where no = ?', [run]);
  return row!;
}

/** Names of the tables in our schema that match a pattern. */
export async function tables({ state }: StateWorld, pattern: RegExp): Promise<string[]> {
  const found = await rows<{ name: string }>(
    state,
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'`,
  );
  return found
    .map(({ name }) => name)
    .filter((name) => pattern.test(name))
    .sort();
}
