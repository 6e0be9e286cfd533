import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Definition } from '../../activation/definition/definition.ts';
import { closeRun } from '../../state/runs/close.ts';
import { settleRun } from '../../state/settle/settle.ts';
import { requireUndo } from '../../state/undo.ts';
import { deliver, goodRun, planned, sendAll } from './sending.ts';
import { definitionFor, freshState, newActivation, open, type StateWorld } from './support.ts';
import { ended } from '../support/ended.ts';

let world: StateWorld;
beforeAll(async () => {
  world = await freshState();
});
afterAll(() => world?.dispose());

const people = (...keys: string[]) => keys.map((key) => ({ key, values: ['1', '2', '3'] }));

const CARD = { list: { identifier: { column: 'card', attribute: 'cardNumber' } } };
const MAIL = { matchingKey: { column: 'mail', type: 'externalId', attribute: 'mailId' } };

test.each<{
  what: string;
  /** The run to go back to. */
  to: (definition: Definition) => Promise<string>;
  changes?: object;
  says: string;
}>([
  {
    what: 'that does not exist',
    to: async () => '999999',
    says: ' has no run 999999, or its record was deleted, did you mean "',
  },
  {
    what: 'of another activation',
    to: async () => (await goodRun(world, definitionFor('other'), people('a'))).run,
    says: ' belongs to activation other, not to vip-',
  },
  {
    what: 'that was a dry run',
    to: async (definition) => (await planned(world, definition, people('b'), { dryRun: true })).run,
    says: ' was a dry run; it has no list to restore.',
  },
  {
    what: 'that failed before it had a plan',
    to: async (definition) => {
      const run = await open(world, definition);
      await closeRun(world.state, run, ended('failed'));
      return run.run;
    },
    says: ' ended as failed; it has no list to restore. Choose an earlier run that succeeded.',
  },
  {
    what: 'that was held',
    to: async (definition) => {
      const run = await planned(
        world,
        {
          ...definition,
          activation: {
            ...definition.activation,
            guards: { ...definition.activation.guards, maxRemoved: 0 },
          },
        },
        people('b'),
      );
      await settleRun(world.state, run);
      await closeRun(world.state, run, ended('held'));
      return run.run;
    },
    says: ' ended as held; it has no list to restore.',
  },
  {
    what: 'whose delivery failed',
    to: async (definition) => {
      const run = await planned(world, definition, people('b'));
      await sendAll(world, run);
      await deliver(world, run, { arrives: false });
      await settleRun(world.state, run);
      await closeRun(world.state, run, ended('failed'));
      return run.run;
    },
    says: ' ended as failed; it has no list to restore.',
  },
  {
    what: 'that is still running',
    to: async (definition) => (await open(world, definition)).run,
    says: ' is still running; it has no list to restore.',
  },
  {
    what: 'with another matching key',
    to: async (definition) => (await goodRun(world, definition, people('a', 'b'))).run,
    changes: MAIL,
    says: ' cannot be restored: matchingKey has changed since (id → customerId, now mail → mailId).',
  },
  {
    what: 'with another identifier',
    to: async (definition) => (await goodRun(world, definition, people('a', 'b'))).run,
    changes: CARD,
    says: ' cannot be restored: list.identifier has changed since (id → customerId, now card → cardNumber).',
  },
])('an undo cannot go back to a run $what', async ({ to, changes, says }) => {
  const id = newActivation();
  await goodRun(world, definitionFor(id), people('a'));
  const run = await to(definitionFor(id));
  const definition = definitionFor(id, changes);
  const refusal = expect.objectContaining({
    type: 'InvalidActivation',
    message: expect.stringContaining(says),
  });
  await expect(requireUndo(world.state, { activation: id, to: run, definition })).rejects.toEqual(refusal);
});
