import type { RunResult } from '../contract/result.ts';
import { Resources } from '../dev/resources.ts';
import { observeCalls } from '../test/support/observed-calls.ts';
import { activityTimes, type ActivityTime } from './activity-times.ts';
import { activation, attribute, startLicenceStand, type LicenceStand, type Load } from './licence-stand.ts';
import { median, seconds } from './output.ts';

/** One run of many, as it ended. */
interface Ended {
  outcome: string;
  notes: string[];
  unsent: number;
  times: ActivityTime[];
}

/**
 * Runs many activations at once, and reports whether all succeed, how much of the license's budget they use, and how
 * long they take.
 */
export async function benchLicenceBudget({ rounds, ...load }: Load & { rounds: number }): Promise<void> {
  const { activations, members, workers, calls, imports, slow } = load;
  console.log(
    `${activations} activations × ${members} members, ${workers} workers, ${calls} concurrent calls, ` +
      `${imports} imports a day, each call at least ${slow} ms`,
  );
  const walls: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const resources = new Resources();
    try {
      walls.push(await oneRound(round, await startLicenceStand(resources, load), load));
    } finally {
      await resources.end();
    }
  }
  console.log(`median of ${rounds}: ${seconds(median(walls))}`);
}

/** @returns milliseconds from the first start to the last result */
async function oneRound(round: number, stand: LicenceStand, load: Load): Promise<number> {
  const observed = observeCalls(stand.actito.apiUrl);
  const started = performance.now();
  const ended = await Promise.all(
    Array.from({ length: load.activations }, (_, i) => runToItsEnd(stand, activation(i + 1))),
  );
  const wall = performance.now() - started;
  observed.stop();
  const { calls, most, refused } = observed;
  console.log(
    `round ${round}: ${seconds(wall)}; ${calls} calls, at most ${most} at one time, ${refused} answers of 429; ` +
      `${stand.actito.imports().length} imports`,
  );
  console.log(`  ${inNumbers(ended.map(({ outcome }) => outcome))}`);
  const unsent = ended.reduce((sum, run) => sum + run.unsent, 0);
  const confirmed = membersWithAttribute(stand, load);
  console.log(
    `  lists as they should be: ${rightLists(stand, load)} of ${load.activations}; ` +
      `attributes in Actito: ${confirmed}, told as not sent: ${unsent}, of ${load.activations * load.members} members`,
  );
  // Every run reports what it created.
  const told = ended.flatMap(({ notes }) => notes).filter((note) => !note.startsWith('Created in Actito'));
  if (told.length > 0) console.log(`  told: ${inNumbers(told)}`);
  printTimes(ended);
  return wall;
}

async function runToItsEnd({ client }: LicenceStand, id: string): Promise<Ended> {
  const handle = await client.workflow.start('runActivation', {
    taskQueue: 'actito-sync',
    workflowId: `activation/${id}`,
    args: [{ activation: id }],
  });
  const result = await (handle.result() as Promise<RunResult>).catch((error: Error) => error);
  const times = activityTimes(await handle.fetchHistory());
  if (result instanceof Error) {
    const { message } = (result.cause as Error | undefined) ?? result;
    return { outcome: 'failed', notes: [message], unsent: 0, times };
  }
  return {
    outcome: result.outcome,
    notes: result.notes.map(({ message }) => message),
    unsent: result.counts.unsent ?? 0,
    times,
  };
}

function rightLists(stand: LicenceStand, { activations }: Load): number {
  const { actito } = stand;
  let right = 0;
  for (let n = 1; n <= activations; n++) {
    const targeted = new Set(actito.list(activation(n)) ? actito.listMembers(activation(n)) : []);
    const wanted = stand.segment(n);
    if (targeted.size === wanted.length && wanted.every((email) => targeted.has(email))) right++;
  }
  return right;
}

function membersWithAttribute(stand: LicenceStand, { activations }: Load): number {
  let found = 0;
  for (let n = 1; n <= activations; n++) {
    for (const email of stand.segment(n))
      if (stand.actito.contact('emailAddress', email)?.[attribute(n)]) found++;
  }
  return found;
}

/** Prints the median of each activity over all runs, and the maximum in parentheses. */
function printTimes(ended: readonly Ended[]): void {
  const all = ended.flatMap(({ times }) => times);
  for (const name of new Set(all.map((time) => time.name))) {
    const times = all.filter((time) => time.name === name);
    const figures = {
      all: times.map(({ total }) => total),
      'until its last try': times.map(({ waited }) => waited),
      'in its last try': times.map(({ total, waited }) => total - waited),
    };
    const words = Object.entries(figures).map(
      ([what, values]) => `${what} ${seconds(median(values))} (${seconds(Math.max(...values))})`,
    );
    const again = times.filter(({ tries }) => tries > 1).length;
    console.log(`  ${name.padEnd(17)} ${words.join(', ')}${again > 0 ? `; ${again} tried again` : ''}`);
  }
}

/** `12 × succeeded, 38 × succeeded with rejects`. */
function inNumbers(words: readonly string[]): string {
  const counted = new Map<string, number>();
  for (const word of words) counted.set(word, (counted.get(word) ?? 0) + 1);
  return [...counted].map(([word, times]) => `${times} × ${word}`).join(', ');
}
