import { createHash } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { until } from '../setup/until.ts';
import { ACTIVATION, LIST, usualActivation, type Stand } from './stand.ts';

/*
 * Blocks each phase of a run: with a lock in a database, or a fault of the simulator. Tests then kill
 * processes in the middle of it.
 */

/** Lets a phase continue. A lock that a crash of its database has ended is not an error. */
type LetGo = () => Promise<void>;

type Begin = () => Promise<WorkflowHandle>;
type Hold = (stand: Stand, begin: Begin) => Promise<LetGo>;

const PHASES = {
  open: (stand, begin) => atLock(stand, begin, 'runs', 'exclusive'),

  'compare, while it reads': async (stand, begin) => {
    const openGate = await closeGate(stand);
    await begin();
    await untilAtGate(stand);
    return openGate;
  },

  'compare, while it publishes': async (stand, begin) => {
    const openGate = await closeGate(stand);
    await begin();
    await untilAtGate(stand);
    const letGo = await lock(stand, 'chunks', 'access exclusive');
    await openGate();
    await untilWaiting(stand, 'chunks');
    return letGo;
  },

  provision: async (stand, begin) => {
    const letGo = await holdCalls(stand);
    await untilBusyIn(await begin(), 'provision');
    return letGo;
  },

  importAttributes: async (stand, begin) => {
    const letActitoWork = fault(stand, 'importsStuck');
    await begin();
    await untilFound(stand, 'the import is posted', `select from imports where status = 'posted'`);
    return letActitoWork;
  },

  pushList: async (stand, begin) => {
    const letActitoWork = fault(stand, 'importsStuck');
    await begin();
    await untilFound(stand, 'the import is posted', `select from imports where status = 'posted'`);
    const letGo = await lock(stand, 'deliveries', 'exclusive');
    await letActitoWork();
    await untilWaiting(stand, 'deliveries');
    return letGo;
  },

  confirmList: async (stand, begin) => {
    const letActitoLook = fault(stand, 'pollerStopped');
    await untilBusyIn(await begin(), 'confirmList');
    return letActitoLook;
  },

  settle: (stand, begin) => onceDelivered(stand, begin, `members_${ACTIVATION}`, 'share'),

  close: (stand, begin) => onceDelivered(stand, begin, 'reject_history', 'exclusive'),
} satisfies Record<string, Hold>;

export type Phase = keyof typeof PHASES;
export const PHASE_NAMES = Object.keys(PHASES) as Phase[];

/** Starts a run, and resolves once it is stuck in the phase. */
export async function hold(
  phase: Phase,
  stand: Stand,
  begin: Begin,
): Promise<{ handle: WorkflowHandle; letGo: LetGo }> {
  let handle!: WorkflowHandle;
  const letGo = await PHASES[phase](stand, async () => (handle = await begin()));
  return { handle, letGo };
}

/** Blocks the run at a table that no earlier phase needs. */
async function atLock(stand: Stand, begin: Begin, table: string, mode: string): Promise<LetGo> {
  const letGo = await lock(stand, table, mode);
  await begin();
  await untilWaiting(stand, table);
  return letGo;
}

/** Locks a table that earlier phases need, too, while the run waits for Actito to search for its list. */
async function onceDelivered(stand: Stand, begin: Begin, table: string, mode: string): Promise<LetGo> {
  const letActitoLook = fault(stand, 'pollerStopped');
  await untilBusyIn(await begin(), 'confirmList');
  const letGo = await lock(stand, table, mode);
  await letActitoLook();
  await untilWaiting(stand, table);
  return letGo;
}

/** Locks a table of the state. */
export async function lock({ state }: Stand, table: string, mode: string): Promise<LetGo> {
  const trx = await state.transaction();
  await trx.raw(`lock table ${table} in ${mode} mode`);
  return async () => {
    await trx.rollback().catch(() => undefined);
  };
}

/** Takes all slots of the license: every caller of the API of Actito waits for one. */
export async function holdCalls({ state, actito }: Stand): Promise<LetGo> {
  const licence = createHash('sha256').update(`${actito.apiUrl} ${actito.apiKey}`).digest('hex');
  const take = () =>
    state.raw(
      `insert into call_slots (licence, slot, token, namespace, workflow, run, activity, attempt, taken_at)
       select ?, slot, gen_random_uuid(), 'default', 'test', 'test', '1', 1, 'infinity' from generate_series(1, 99) slot`,
      [licence],
    );
  await until('no call is running', () =>
    take().then(
      () => true,
      () => false,
    ),
  );
  const give = () => state.raw('delete from call_slots where licence = ?', [licence]);
  return () =>
    until('the state is back', () =>
      give().then(
        () => true,
        () => false,
      ),
    );
}

/** Resolves once a session waits for a lock on a table of the state. */
export function untilWaiting(stand: Stand, table: string): Promise<void> {
  return untilFound(
    stand,
    `someone waits for ${table}`,
    `select from pg_locks where not granted and relation = to_regclass('${table}')`,
  );
}

async function untilFound({ state }: Stand, what: string, sql: string): Promise<void> {
  await until(what, async () => (await state.raw<{ rows: unknown[] }>(sql)).rows.length > 0);
}

function fault({ actito }: Stand, name: 'importsStuck' | 'pollerStopped'): LetGo {
  actito.setFault(name, {});
  return async () => actito.setFault(name, null);
}

async function untilBusyIn(handle: WorkflowHandle, activity: string): Promise<void> {
  await until(`${activity} is running`, async () => {
    const { raw } = await handle.describe();
    return (raw.pendingActivities ?? []).some(
      (pending) => pending.activityType?.name === activity && pending.lastStartedTime != null,
    );
  });
}

/** Any number: an advisory lock of the warehouse that the segment's query waits for. */
const GATE = 4_711;
/** The people, behind the gate. */
export const GATED = `select people.* from people, (select pg_advisory_xact_lock_shared(${GATE})) as gate`;

/** Makes every read of the segment wait in the middle. */
export async function closeGate(stand: Stand): Promise<LetGo> {
  await stand.writeActivation({ ...usualActivation(), segment: { name: LIST, query: GATED } });
  const keeper = await stand.warehouse.connect();
  await keeper.query(`select pg_advisory_lock(${GATE})`);
  return async () => {
    await keeper.query(`select pg_advisory_unlock(${GATE})`);
    keeper.release();
  };
}

/** Resolves once a read of the segment waits at the gate. */
export async function untilAtGate({ warehouse }: Stand): Promise<void> {
  await until('the segment is being read', async () => {
    const { rowCount } = await warehouse.query(
      `select from pg_locks where not granted and locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
    );
    return rowCount! > 0;
  });
}
