import { afterAll } from 'vitest';
import type { Caller, SlotOptions } from '../../state/slots.ts';
import { openState, rows } from '../../state/state.ts';
import { freshState } from './support.ts';

/** A state for all tests of a file, which another worker uses, too. */
export async function slotsForTests() {
  const world = await freshState();
  const other = openState({ url: world.url, poolSize: 10 });
  afterAll(async () => {
    await other.destroy();
    await world.dispose();
  });
  return {
    world,
    other,
    slotsHeld: async () => (await rows(world.state, 'select from call_slots')).length,
  };
}

export const CALLER: Caller = {
  cluster: 'c',
  namespace: 'default',
  workflowId: 'activation/vip',
  runId: 'r',
  activityId: '1',
  attempt: 1,
};

let licences = 0;

/** A call of a license of its own, which allows one call at a time. */
export function options(changes: Partial<SlotOptions> = {}): SlotOptions {
  return {
    licence: `licence ${++licences}`,
    slots: 1,
    caller: CALLER,
    isUnderWay: async () => true,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Milliseconds; too short for any long wait. */
export const SOON = { base: 5, spread: 5, suspicious: 100, endless: 3_600_000, leaving: 50 };
