import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { TASK_QUEUE, WORKFLOW_TYPE, type RunResult } from '../../workflows/contract.ts';
import { temporalAddress } from '../setup/servers.ts';
import { until } from '../setup/until.ts';
import { ACTIVATION, LIST, resetStand, startStand, usualActivation, type Stand } from '../support/stand.ts';
import { startWorkerProcess } from '../support/worker-process.ts';

/*
 * The worker is killed while it is busy in each phase; another goes on. Each phase is made to last by holding what it
 * waits for: a lock in the state database, or a fault of the simulator.
 */

let stand: Stand;
let client: Client;
beforeAll(async () => {
  stand = await startStand();
  client = new Client({ connection: await Connection.connect({ address: temporalAddress() }) });
});
afterAll(async () => {
  await client?.connection.close();
  await stand?.dispose();
});

const PEOPLE = ['anna', 'bob', 'eve'].map((name) => `${name}@shop.be`);
beforeEach(async () => {
  await resetStand(stand);
  await stand.writeActivation();
  await stand.actito.seedContacts(PEOPLE.map((emailAddress) => ({ emailAddress })));
  await stand.warehouse.query(
    `insert into people select email, 'Ann', 1.5, 'Gent' from unnest($1::text[]) email`,
    [PEOPLE],
  );
});

/** Holds a lock until it is told to let go. */
async function lock(sql: string): Promise<() => Promise<void>> {
  const trx = await stand.state.transaction();
  await trx.raw(sql);
  return async () => void (await trx.rollback());
}

const fault = (name: 'importsStuck' | 'pollerStopped') => {
  stand.actito.setFault(name, {});
  return async () => stand.actito.setFault(name, null);
};

async function readSlowly(): Promise<void> {
  const segment = { name: LIST, query: `select people.* from people, (select pg_sleep(4)) as slow` };
  await stand.writeActivation({ ...usualActivation(), segment });
}

/** Lets something be held from the moment on in which this comes true; returns how to let go. */
function onceTrue(what: string, sql: string, hold: () => Promise<() => Promise<void>>): () => Promise<void> {
  const held = until(what, async () => {
    const { rows } = await stand.state.raw<{ rows: unknown[] }>(sql);
    return rows.length > 0;
  }).then(hold);
  return async () => (await held)();
}

/** For each activity, what makes it last; returns how to let it go on. */
const HOLD: Record<string, () => Promise<() => Promise<void>>> = {
  open: () => lock('lock table runs in exclusive mode'),
  extract: async () => {
    await readSlowly();
    return async () => undefined;
  },
  // Opening a run looks at the chunks, too.
  plan: async () => {
    await readSlowly();
    return onceTrue('the segment is being read', 'select from runs where extraction is not null', () =>
      lock('lock table chunks in access exclusive mode'),
    );
  },
  provision: async () => {
    stand.actito.setFault('slow', { route: '/profile-table-structure', milliseconds: 3_000 });
    return async () => stand.actito.setFault('slow', null);
  },
  importAttributes: async () => fault('importsStuck'),
  // Opening a run deletes old ones.
  pushList: async () => {
    const letActitoWork = fault('importsStuck');
    return onceTrue('attributes are being sent', 'select from imports', async () => {
      const letGo = await lock('lock table deliveries in exclusive mode');
      await letActitoWork();
      return letGo;
    });
  },
  confirmList: async () => fault('pollerStopped'),
  settle: () => onceDelivered(() => lock(`lock table members_${ACTIVATION} in share mode`)),
  // Dropping the stage waits for a moment, with the run already closed.
  close: () =>
    onceDelivered(async () => {
      const { rows } = await stand.state.raw<{ rows: { stage: string }[] }>('select stage from runs');
      return lock(`lock table ${rows[0]!.stage} in access share mode`);
    }),
};

/** Locks what a run makes itself: once the list was pushed, while the run waits for Actito to look for it. */
async function onceDelivered(hold: () => Promise<() => Promise<void>>): Promise<() => Promise<void>> {
  const letActitoLook = fault('pollerStopped');
  const delivered = 'select from deliveries where delivered_at is not null';
  return onceTrue('the list is pushed', delivered, async () => {
    const letGo = await hold();
    await letActitoLook();
    return letGo;
  });
}

async function untilBusyIn(handle: WorkflowHandle, activity: string): Promise<void> {
  await until(`${activity} is under way`, async () => {
    const { raw } = await handle.describe();
    return (raw.pendingActivities ?? []).some(
      (pending) => pending.activityType?.name === activity && pending.lastStartedTime != null,
    );
  });
}

test.each(Object.keys(HOLD))(
  'a worker killed in %s is replaced, and the run ends as if nothing had been',
  async (phase) => {
    const first = await startWorkerProcess(stand); // before the lock: a worker that starts cleans up
    const letGo = await HOLD[phase]!();
    const handle = await client.workflow.start(WORKFLOW_TYPE, {
      taskQueue: TASK_QUEUE,
      workflowId: `killed/${phase}/${Date.now()}`,
      args: [{ activation: ACTIVATION }],
    });
    await untilBusyIn(handle, phase);
    await first.kill();
    await letGo();
    const second = await startWorkerProcess(stand);
    try {
      const result = (await handle.result()) as RunResult;
      expect(result).toMatchObject({
        outcome: 'succeeded',
        counts: { added: 3, updated: 3 },
        list: { profiles: 3 },
      });
      expect([...stand.actito.listMembers(LIST)].sort()).toEqual(PEOPLE);
      expect(stand.actito.contact('emailAddress', PEOPLE[0]!)).toMatchObject({
        firstName: 'Ann',
        spent: '1.5',
        city: 'Gent',
      });
      expect(stand.actito.imports().length).toBe(1);
    } finally {
      await second.kill('SIGTERM');
    }
  },
  180_000,
);
