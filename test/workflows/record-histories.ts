import { writeFile } from 'node:fs/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { HeldPlan } from '../../contract/plan.ts';
import { until } from '../setup/until.ts';
import { startStand, type Stand } from '../support/stand.ts';
import { hostWorker, type Hosted } from '../support/temporal-run.ts';

/** The recorded real histories, in the order of their runs. */
export const HISTORIES = [
  'first',
  'unchanged',
  'held',
  'approved',
  'undo',
  'rebase',
  'canceled',
  'shared-import',
  'held-at-delivery',
  'failed',
] as const;
export type HistoryName = (typeof HISTORIES)[number];

export const historyFile = (name: HistoryName) => new URL(`histories/${name}.json`, import.meta.url);

const PEOPLE = `insert into people (email, first_name) select 'c' || i || '@shop.be', 'Ann' from generate_series(1, 200) i`;

/** Runs that come one after the other on one stand; each returns the handle of the recorded run. */
const STORIES: Record<HistoryName, (stand: Stand, hosted: Hosted) => Promise<WorkflowHandle>> = {
  first: (_, hosted) => hosted.start({ activation: 'vip' }),
  unchanged: (_, hosted) => hosted.start({ activation: 'vip' }),
  held: async ({ warehouse }, hosted) => {
    await warehouse.query(`delete from people where email > 'c2'`);
    return hosted.start({ activation: 'vip' });
  },
  approved: async (_, hosted) => {
    const held = await (await hosted.start({ activation: 'vip' })).result().catch((error: unknown) => error);
    const [{ facts }] = (held as { cause: { details: [{ facts: HeldPlan }] } }).cause.details;
    const { planHash } = facts;
    return hosted.approve(planHash, { by: 'test' });
  },
  undo: async ({ state }, hosted) => {
    const { rows } = await state.raw<{ rows: { no: string }[] }>('select no from runs order by no limit 1');
    const to = rows[0]!.no;
    const { planHash } = await hosted.run({ mode: 'preview', activation: 'vip', of: { undo: to } });
    return hosted.start({ mode: 'undo', activation: 'vip', to, plan: planHash, reason: 'test' });
  },
  rebase: async ({ warehouse }, hosted) => {
    await warehouse.query(`truncate people; ${PEOPLE}`);
    return hosted.start({ mode: 'rebase', activation: 'vip', reason: 'test' });
  },
  canceled: async ({ actito, warehouse }, hosted) => {
    const before = actito.imports().length;
    await warehouse.query(`update people set first_name = 'Eve'`);
    actito.setFault('importsStuck', {});
    const handle = await hosted.start({ activation: 'vip' });
    await until('the import has begun', async () => actito.imports().length > before);
    await handle.cancel();
    await handle.result().catch(() => undefined);
    actito.setFault('importsStuck', null);
    return handle;
  },
  'shared-import': async (stand, hosted) => {
    await stand.writeDestination({ imports: { shareWithin: '1s' } });
    for (const id of ['one', 'two']) await stand.writeActivation({ list: { name: id } }, id);
    const [first, second] = [
      await hosted.start({ activation: 'one' }),
      await hosted.start({ activation: 'two' }),
    ];
    await second.result();
    return first;
  },
  /** Actito reports only after the import that it knows no member. */
  'held-at-delivery': async (stand, hosted) => {
    await stand.warehouse.query(`update people set email = 'nobody-' || email`);
    await stand.writeActivation({ list: { name: 'late' }, guards: { minMatchRatio: 0.5 } }, 'late');
    return hosted.start({ activation: 'late' });
  },
  failed: async ({ warehouse }, hosted) => {
    await warehouse.query('drop table people');
    return hosted.start({ activation: 'vip' });
  },
};

/** Records them again, without data of the machine: worker identities, and stacks with paths. */
export async function recordHistories(): Promise<void> {
  const stand = await startStand();
  const hosted = await hostWorker(stand);
  try {
    await stand.writeActivation({ guards: {}, pauseAfter: undefined });
    await stand.warehouse.query(PEOPLE);
    await stand.actito.seedContacts(
      Array.from({ length: 200 }, (_, i) => ({ emailAddress: `c${i + 1}@shop.be` })),
    );
    for (const name of HISTORIES) {
      const handle = await STORIES[name](stand, hosted);
      await handle.result().catch(() => undefined);
      const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
      await writeFile(historyFile(name), `${JSON.stringify(impersonal(history), null, 2)}\n`);
    }
  } finally {
    await hosted.close();
    await stand.dispose();
  }
}

function impersonal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(impersonal);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, content]) => {
    if (name === 'identity') return [name, 'worker'];
    return [name, name === 'stackTrace' ? '' : impersonal(content)];
  });
  return Object.fromEntries(entries);
}
