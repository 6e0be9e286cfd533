/*
 * A program of yours that runs an activation by the package's typed client, e.g. at the end of a nightly load:
 *
 *   node --env-file=worker.env nightly.js vip-customers
 *
 * It starts a run (or attaches to the one in progress) and waits for it. If a guard holds the run, the program approves
 * small removals and leaves everything else to people.
 */
import {
  ActivationClient,
  runFailure,
  type HeldPlan,
  type RunHandle,
  type RunResult,
} from 'actito-sync/client';

/** A held plan that removes at most this many members is approved. */
const FEW = 10;

const [activation = 'vip-customers'] = process.argv.slice(2);
const client = await ActivationClient.connect(); // reads TEMPORAL_ADDRESS and Temporal's other variables
try {
  const { handle } = await client.start({ activation });
  const held = await finish(handle);
  if (held) await decide(held);
} finally {
  await client.close();
}

/** Waits for a run and prints how it ended. @returns the plan of a run that a guard held */
async function finish(handle: RunHandle): Promise<HeldPlan | undefined> {
  try {
    print(await client.follow(handle, { onSilence: () => console.log('Waiting for a worker …') }));
  } catch (error) {
    const failure = runFailure(error); // undefined: the run did not fail, something else did
    if (!failure) throw error;
    if (failure.held) return failure.held;
    fail(`${failure.type}: ${failure.message}`);
  }
}

/** Approves a plan that removes few members; tells people about any other one. */
async function decide(held: HeldPlan): Promise<void> {
  const { planHash, counts, guards } = held;
  const { removed } = counts; // a count can be missing: it was not counted
  const isSmall =
    guards.every(({ guard }) => guard === 'maxRemoved') && removed !== undefined && removed <= FEW;
  if (!isSmall) return leaveToPeople(held);
  const reason = `the nightly job allows up to ${FEW} removals.`;
  console.log(`Approved: ${reason}`);
  const { run } = await client.approve({ activation, plan: planHash, reason, by: 'nightly job' });
  if (!run) return console.log('Another run is in progress; the approval applies to the next one.');
  const again = await finish(client.attach(run.workflowId, run.runId));
  if (again) leaveToPeople(again);
}

function leaveToPeople({ guards, planHash }: HeldPlan): void {
  fail(`Held: ${guards.map(({ message }) => message).join(' ')} The plan's hash: ${planHash}`);
}

/** A skipped run has counted nothing; its summary says why. */
function print({ outcome, counts: { added, removed }, summary }: RunResult): void {
  const what = outcome === 'skipped' ? summary : `${added} added, ${removed} removed`;
  console.log(`${activation}: ${outcome}; ${what}`);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
