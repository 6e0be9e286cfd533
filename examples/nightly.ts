/*
 * A program of yours that runs an activation by the package's typed client, e.g. at the end of a nightly load:
 *
 *   node --env-file=worker.env nightly.js vip-customers
 *
 * It starts a run (or attaches to the one in progress) and waits for it. If a guard holds the run, the program approves
 * small removals and leaves everything else to people.
 */
import { ActivationClient, runFailure, type HeldPlan, type RunResult } from 'actito-sync/client';

/** A held plan that removes at most this many members is approved. */
const FEW = 10;

const [activation = 'vip-customers'] = process.argv.slice(2);
const client = await ActivationClient.connect(); // reads TEMPORAL_ADDRESS and Temporal's other variables
try {
  const { handle } = await client.start({ activation });
  print(await client.follow(handle, { onSilence: () => console.log('Waiting for a worker …') }));
} catch (error) {
  const failure = runFailure(error); // undefined: the run did not fail, something else did
  if (!failure) throw error;
  if (failure.held) await decide(failure.held);
  else fail(`${failure.type}: ${failure.message}`);
} finally {
  await client.close();
}

/** Approves a plan that removes few members; tells people about any other one. */
async function decide({ planHash, counts, guards }: HeldPlan) {
  const isSmall = guards.every(({ guard }) => guard === 'maxRemoved') && (counts.removed ?? 0) <= FEW;
  if (!isSmall) {
    return fail(`Held: ${guards.map(({ message }) => message).join(' ')} The plan's hash: ${planHash}`);
  }
  const reason = `the nightly job allows up to ${FEW} removals.`;
  console.log(`Approved: ${reason}`);
  const { run } = await client.approve({ activation, plan: planHash, reason, by: 'nightly job' });
  if (run) print(await client.follow(client.attach(run.workflowId, run.runId)));
}

function print({ outcome, counts }: RunResult): void {
  console.log(`${activation}: ${outcome}; ${counts.added} added, ${counts.removed} removed`);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
