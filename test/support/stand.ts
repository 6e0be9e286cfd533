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

/** A small environment of real parts: warehouse, state, Actito (our simulator) and a project folder. */
export interface Stand {
  warehouse: pg.Pool;
  stateUrl: string;
  state: State;
  /** The memory for comparisons. */
  slots: SlotBudget;
  /** Its backoffs end at once: a caller of activities without Temporal decides when to retry. */
  peers: Peers;
  actito: Simulator;
  projectFolder: string;
  env: NodeJS.ProcessEnv;
  /** Writes `sources/shop.yaml`: the default one of the tests, with changes. */
  writeSource(changes?: Record<string, unknown>): Promise<void>;
  /** Writes `destinations/actito.yaml`: the default one of the tests, with changes. */
  writeDestination(changes?: Record<string, unknown>): Promise<void>;
  /** Writes `activations/<id>.yaml`: the default one of the tests, with changes. */
  writeActivation(changes?: Record<string, unknown>, id?: string): Promise<void>;
  /** Moves the stored times of the state back by this time. */
  age(hours: number): Promise<void>;
  dispose(): Promise<void>;
}

export { destinationOf as destination } from '../../dev/project-folder.ts';

export const ACTIVATION = 'vip';
export const LIST = 'VIP';

/** The default activation of the tests: table `people`, matched by email. */
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

/** Moves every time that the state compares with the current time into the past, as if this time had passed. */
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
  await shift('imports', ['intended_at', 'completing_at']);
  await shift('import_parts', ['finished_at']);
  await shift('directories', ['written_at']);
  await shift('exports', ['met_at']);
  for (const { name } of members.rows) await shift(name, ['retry_at', 'missing_since']);
}

/** Resets the stand to a state without any runs, without restarting its servers. */
export async function resetStand(stand: Stand): Promise<void> {
  await stand.actito.reset();
  await stand.warehouse.query('truncate people');
  await loseState(stand);
}

/** Empties the state database. */
export async function loseState({ state }: Pick<Stand, 'state'>): Promise<void> {
  const left = await state.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
     and relname ~ '^(members|delta|aside|result|profiles|profile_changes)_'`,
  );
  // In one statement, so that a running run never sees its tables deleted while it is still known.
  await state.transaction(async (trx) => {
    await trx.raw('truncate activations, changes, forgotten, directories cascade'); // all other tables depend on them
    for (const { name } of left.rows) await trx.raw(`drop table if exists ${name}`);
  });
}
