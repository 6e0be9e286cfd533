import { provisionList } from '../actito/lists.ts';
import { checkKeys, planAttributes, provisionAttributes, readProfileTable } from '../actito/structure.ts';
import { converterFor } from '../activation/values/convert.ts';
import { provisionKey, readProvisioned, saveProvisioned } from '../state/provisioned.ts';
import { requirePush } from '../state/plan.ts';
import { readRun, type PushReason } from '../state/runs.ts';
import { connectActito, resolveLogin } from './destination.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation } from './progress.ts';
import type { RunRef } from './run-ref.ts';

/** What had to be created in Actito. */
export interface ProvisionSummary {
  createdAttributes: string[];
  createdList: boolean;
  /** Why the list is pushed now; null: it is not. */
  push: PushReason | null;
}

/**
 * Makes sure that Actito has the attributes and the list: on the first run, when the definition changed, and after a
 * run that did not succeed. Otherwise what was found the last time is trusted.
 */
export async function provision(deps: Dependencies, ref: RunRef): Promise<ProvisionSummary> {
  const run = await readRun(deps.state, ref.run);
  const { definition, columns } = run;
  if (await readProvisioned(deps.state, definition)) {
    return { createdAttributes: [], createdList: false, push: run.plan!.push };
  }

  const { activation, destination } = definition;
  const { client } = connectActito(deps, destination, cancellation());
  const table = await readProfileTable(client, destination.entity, destination.profileTable);
  checkKeys(table, activation);
  // What can never be sent is refused before anything is created.
  planAttributes(table, activation).forEach((target, index) => converterFor(columns![index]!, target));
  const { attributes, created } = await provisionAttributes(client, destination.entity, table, activation);
  const place = { entity: destination.entity, table: table.id };
  const list = await provisionList(client, place, definition, resolveLogin(deps, destination).host);

  // Someone may have deleted the list that was delivered before: the new one is empty.
  if (!list.retrieved) await requirePush(deps.state, ref);
  await saveProvisioned(deps.state, ref, activation.id, {
    key: provisionKey(definition),
    tableId: table.id,
    listId: list.id,
    attributes,
  });
  const { plan } = await readRun(deps.state, ref.run);
  return { createdAttributes: created, createdList: list.created, push: plan!.push };
}
