import { readEtl } from '../actito/imports/read-etl.ts';
import { previewList } from '../actito/lists/preview.ts';
import { isSameTable } from '../actito/lists/renaming.ts';
import { checkStructure } from '../actito/structure/check.ts';
import { findAttribute, readProfileTable } from '../actito/structure/table.ts';
import { isFailure } from '../contract/failure.ts';
import type { Told } from '../contract/messages/message.ts';
import { tell } from '../contract/messages/tell.ts';
import type { Creates, PlanPreview } from '../contract/plan.ts';
import { readFormerList } from '../state/lists/former-list.ts';
import { readSends } from '../state/plan/preview.ts';
import { readProvisioned } from '../state/lists/provisioned.ts';
import { readQuotaUse } from '../state/report/overview.ts';
import { withSnapshot } from '../state/report/snapshot.ts';
import type { PlannedRun, Run } from '../state/runs/runs.ts';
import { readSampleNames } from '../state/plan/samples.ts';
import { keepForeignWords } from './keep-words.ts';
import { connectActito, type ConnectedDestination } from './destination.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation } from './progress.ts';

/**
 * Predicts the effects of a plan, and writes nothing to Actito. What cannot be found out is noted and fails nothing.
 */
export async function previewOf(deps: Dependencies, run: PlannedRun): Promise<PlanPreview> {
  const { state } = deps;
  const { guards, passed } = run.plan;
  const problems: Told[] = [];
  const signal = cancellation();
  const told = async <T>(look: () => Promise<T>): Promise<T | null> => {
    try {
      return await look();
    } catch (error) {
      if (!isFailure(error) || signal.aborted) throw error;
      const { type } = error;
      const cause = await keepForeignWords(deps, error, run);
      problems.push(tell(error.retryable ? 'notLookedUp' : 'wouldFail', { type, cause }));
      return null;
    }
  };
  const connected = await told(async () => connectActito(deps, run.definition.destination, signal));
  const made = connected && (await told(() => creates(deps, run, connected)));
  return {
    run: run.run,
    guards,
    ...(passed && { passed }),
    ...matchForecast(run),
    sends: await readSends(state, run, made?.list != null),
    creates: made,
    quota: connected && (await quota(deps, run, connected)),
    problems,
    samples: await withSnapshot(state, (snapshot) => readSampleNames(snapshot, run.run)),
  };
}

/** An undo reads no segment. */
function matchForecast({ counts, task }: PlannedRun): Pick<PlanPreview, 'forecast'> {
  const { members = 0, leaving = 0, waiting } = counts;
  if (waiting === undefined || task.undo !== null) return {};
  const matched = members - leaving;
  const all = matched + waiting;
  return { forecast: { matched, waiting, rate: all === 0 ? null : matched / all } };
}

/** Predicts what `provision` would create. What it found the last time is trusted. */
async function creates(
  { state }: Dependencies,
  { definition, columns, task }: Run,
  { client }: ConnectedDestination,
): Promise<Creates> {
  const nothing = { attributes: [], list: null, renames: null };
  if (!task.sends) return nothing;
  if (await readProvisioned(state, definition)) return nothing;
  const { activation, destination } = definition;
  const { entity } = destination;
  await readEtl(client, definition); // a run would refuse an ETL that creates profiles
  const table = await readProfileTable(client, entity, destination.profileTable);
  checkStructure(table, definition, columns!);
  if (activation.list.provision === 'existing') return nothing;
  const former = await readFormerList(state, activation.id);
  const here = former && isSameTable(definition, former.definition);
  const place = { entity, table: table.id };
  const list = await previewList(
    client,
    place,
    definition,
    here ? former.definition.activation.list : undefined,
  );
  return {
    attributes: activation.attributes
      .filter(({ attribute }) => !findAttribute(table, attribute))
      .map(({ attribute, create }) => ({ name: attribute, type: create!.type })),
    list: list === 'missing' ? activation.list.name : null,
    renames: typeof list === 'object' ? list.rename : null,
  };
}

async function quota(
  { state }: Dependencies,
  { definition }: Run,
  { quotaKey }: ConnectedDestination,
): Promise<PlanPreview['quota']> {
  const limit = definition.destination.limits.importsPerTablePerDay;
  const uses = await withSnapshot(state, readQuotaUse);
  const { used = 0, nextFree = null } = uses.find((use) => use.quotaKey === quotaKey) ?? {};
  return { limit, used, left: Math.max(0, limit - used), nextFree: nextFree?.toISOString() ?? null };
}
