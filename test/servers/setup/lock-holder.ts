import { openState } from '../../../state/state.ts';

/* Holds a lock in a transaction of the state, as a worker does, until its machine is gone. */

const state = openState({ url: process.argv[2]! });
await state.transaction(async (trx) => {
  await trx.raw('lock table runs');
  console.log('locked');
  await new Promise(() => setInterval(() => undefined, 60_000));
});
