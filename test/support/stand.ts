import pg from 'pg';
import { Peers } from '../../activities/peers.ts';
import { SlotBudget } from '../../activation/comparison/budget.ts';
import { destinationOf, makeProjectFolder, secretsOf, type ProjectFolder } from '../../dev/project-folder.ts';
import { Resources } from '../../dev/resources.ts';
import { startStack } from '../../dev/stack.ts';
import type { Simulator, SimulatorOptions } from '../../simulator/start.ts';
import { migrate } from '../../state/migrate.ts';
import { openState, type State } from '../../state/state.ts';
import { runServers } from '../setup/servers.ts';

/** A whole small world of real parts: warehouse, state, Actito (our simulator) and a project folder. */
export interface Stand {
  warehouse: pg.Pool;
  stateUrl: string;
  state: State;
  /** What comparisons may hold in memory. */
  slots: SlotBudget;
  /** Its pauses are over at once: who calls activities without Temporal makes the pauses. */
  peers: Peers;
  actito: Simulator;
  projectFolder: string;
  env: NodeJS.ProcessEnv;
  /** Writes `sources/shop.yaml`: the usual one of the tests, with changes. */
  writeSource(changes?: Record<string, unknown>): Promise<void>;
  /** Writes `destinations/actito.yaml`: the usual one of the tests, with changes. */
  writeDestination(changes?: Record<string, unknown>): Promise<void>;
  /** Writes `activations/<id>.yaml`: the usual one of the tests, with changes. */
  writeActivation(changes?: Record<string, unknown>, id?: string): Promise<void>;
  /** Lets so much time pass, as far as our state can tell. */
  age(hours: number): Promise<void>;
  dispose(): Promise<void>;
}

export { destinationOf as destination } from '../../dev/project-folder.ts';

export const ACTIVATION = 'vip';
export const LIST = 'VIP';

/** The usual activation of the tests: table `people`, matched by email. */
export function usualActivation(): Record<string, unknown> {
  return {
    source: 'shop',
    destination: 'actito',
    segment: { name: LIST, table: 'people' },
    matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
    guards: { maxRejectedRatio: 1, maxRemovedRatio: 1, allowEmpty: true },
    attributes: [
      { column: 'first_name', attribute: 'firstName' },
      { column: 'spent', attribute: 'spent', create: { type: 'NUMBER' } },
      { column: 'city', attribute: 'city', nulls: 'clear' },
    ],
  };
}

export interface StandOptions extends SimulatorOptions {
  /** Default: a database of the run's PostgreSQL. */
  stateUrl?: string;
}

export async function startStand({ stateUrl: ownStateUrl, ...options }: StandOptions = {}): Promise<Stand> {
  const resources = new Resources();
  let warehouseUrl!: string;
  let project!: ProjectFolder;
  const stack = await startStack(resources, {
    ...runServers(),
    simulators: { actito: { pollInterval: 50, ...options } },
    project: async ({ simulators, database }) => {
      warehouseUrl = await database('warehouse');
      project = await resources.start(makeProjectFolder(), (made) => made.remove());
      return {
        folder: project.folder,
        env: { SHOP_URL: warehouseUrl, ...secretsOf(simulators.get('actito')!) },
      };
    },
    worker: 'none',
  });
  const actito = stack.simulators.get('actito')!;
  const stateUrl = ownStateUrl ?? stack.stateUrl;
  const warehouse = new pg.Pool({ connectionString: warehouseUrl, max: 2 });
  warehouse.on('error', () => undefined); // a test may kill PostgreSQL's backends
  await warehouse.query(
    'create table people (email text, first_name text, spent numeric, city text, note text, customer_id text, phone text)',
  );
  const state = openState({ url: stateUrl, poolSize: 12 });
  await migrate(state);
  const stand: Stand = {
    warehouse,
    stateUrl,
    state,
    slots: new SlotBudget(),
    peers: new Peers({ first: 1, longest: 1 }),
    actito,
    projectFolder: project.folder,
    env: stack.project.env,
    writeSource: (changes = {}) =>
      project.write('sources/shop.yaml', { driver: 'postgres', connection: { env: 'SHOP_URL' }, ...changes }),
    writeDestination: (changes = {}) =>
      project.write('destinations/actito.yaml', { ...destinationOf(actito), ...changes }),
    writeActivation: (changes = {}, id = ACTIVATION) =>
      project.write(`activations/${id}.yaml`, { ...usualActivation(), ...changes }),
    age: (hours) => ageState(state, hours),
    dispose: async () => {
      await Promise.all([warehouse.end(), state.destroy()]);
      await resources.end();
    },
  };
  await Promise.all([stand.writeSource(), stand.writeDestination(), stand.writeActivation()]);
  return stand;
}

/** Moves every moment that state compares with now into the past: to it, so much time has passed. */
async function ageState(state: State, hours: number): Promise<void> {
  const members = await state.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
     and relname like 'members\\_%'`,
  );
  const shift = (table: string, columns: string[]) =>
    state.raw(
      `update ${table} set ${columns.map((c) => `${c} = ${c} - interval '${hours} hours'`).join(', ')}`,
    );
  await shift('activations', ['list_delivered_at', 'retried_at']);
  await shift('deliveries', ['intended_at', 'delivered_at']);
  await shift('imports', ['intended_at']);
  await shift('import_parts', ['finished_at']);
  for (const { name } of members.rows) await shift(name, ['retry_at', 'missing_since']);
}

/** Back to a stand on which nothing ever ran, without starting its servers again. */
export async function resetStand(stand: Stand): Promise<void> {
  await stand.actito.reset();
  await stand.warehouse.query('truncate people');
  await loseState(stand);
}

/** What a new, empty state database would be. */
export async function loseState({ state }: Pick<Stand, 'state'>): Promise<void> {
  const left = await state.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
     and relname ~ '^(members|delta|aside|result)_'`,
  );
  // At once: to a run that is under way, its tables are not gone before it is unknown itself.
  await state.transaction(async (trx) => {
    await trx.raw('truncate activations, changes, forgotten cascade'); // all else hangs on them
    for (const { name } of left.rows) await trx.raw(`drop table if exists ${name}`);
  });
}
