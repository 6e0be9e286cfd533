import { etlRequirements } from '../actito/imports/etl.ts';
import { readEtl } from '../actito/imports/read-etl.ts';
import { listCreatedInActito } from '../actito/lists/created-in-actito.ts';
import { provisionList } from '../actito/lists/provision.ts';
import { isSameTable, leftBehindNote } from '../actito/lists/renaming.ts';
import { checkStructure } from '../actito/structure/check.ts';
import { provisionAttributes } from '../actito/structure/create.ts';
import { readProfileTable } from '../actito/structure/table.ts';
import type { ProvisionSummary } from '../contract/steps.ts';
import { readFormerList } from '../state/lists/former-list.ts';
import {
  provisionKey,
  readProvisioned,
  saveProvisioned,
  type Provisioned,
} from '../state/lists/provisioned.ts';
import { requirePush } from '../state/plan/plan.ts';
import { readRun, type Run } from '../state/runs/runs.ts';
import { connectActito, resolveLogin } from './destination.ts';
import type { Dependencies } from './dependencies.ts';
import { cancellation } from './progress.ts';
import type { RunRef } from '../contract/steps.ts';

/** What was found or created, before it is stored. */
type Found = Omit<ProvisionSummary, 'push'> &
  Omit<Provisioned, 'key'> & {
    /** The list exists and has never had members. */
    empty: boolean;
  };

/**
 * Makes sure that Actito has the attributes and the list. Checks this on the first run, after a change of the
 * definition, and after a run that did not succeed. Otherwise the stored result of the last check is used. An ETL is read
 * at the same time: one that creates profiles is never used.
 */
export async function provision(deps: Dependencies, ref: RunRef): Promise<ProvisionSummary> {
  const run = await readRun(deps.state, ref.run);
  const { definition } = run;
  const known = await readProvisioned(deps.state, definition);
  if (known && !known.asksEtlAgain) {
    return { createdAttributes: [], createdList: false, notes: [], push: run.plan!.push };
  }
  // Before anything is created: an ETL that creates profiles ends the run.
  const { client } = connectActito(deps, definition.destination, cancellation());
  const etl = await readEtl(client, definition);
  const existing = definition.activation.list.provision === 'existing';
  const found = await (existing ? findExisting(deps, run) : findOrCreate(deps, run));
  const { tableId, listId, attributes, createdAttributes, createdList } = found;
  // Someone may have deleted the list after its last delivery. Then the new one is empty.
  if (found.empty) await requirePush(deps.state, ref);
  await saveProvisioned(deps.state, ref, definition.activation.id, {
    key: provisionKey(definition),
    tableId,
    listId,
    attributes,
    ...(etl?.asksAgain ? { asksEtlAgain: true } : {}),
  });
  const required = etlRequirements(definition);
  const notes = [...found.notes, ...(required === undefined ? [] : [required]), ...(etl?.notes ?? [])];
  const { plan } = await readRun(deps.state, ref.run);
  return { createdAttributes, createdList, notes, push: plan!.push };
}

/** `api`: actito-sync creates missing attributes and the list. */
async function findOrCreate(deps: Dependencies, { definition, columns }: Run): Promise<Found> {
  const { activation, destination } = definition;
  const { entity } = destination;
  const { client } = connectActito(deps, destination, cancellation());
  const table = await readProfileTable(client, entity, destination.profileTable);
  const { attributes, created } = await provisionAttributes(client, entity, table, {
    activation,
    destination,
    columns: columns!,
  });
  const former = await readFormerList(deps.state, activation.id);
  const here = former && isSameTable(definition, former.definition);
  const list = await provisionList(client, { entity, table: table.id }, definition, {
    host: resolveLogin(deps, destination).host,
    former: here ? former.definition.activation.list : undefined,
  });
  const leftBehind = former && !here ? leftBehindNote(definition, former) : undefined;
  return {
    tableId: table.id,
    listId: list.id,
    attributes,
    createdAttributes: created,
    createdList: list.created,
    empty: !list.retrieved,
    notes: [...list.notes, ...(leftBehind === undefined ? [] : [leftBehind])],
  };
}

/**
 * `existing`: attributes and list were created in Actito. Only documented routes are called, and nothing is written.
 */
async function findExisting(deps: Dependencies, { definition, columns }: Run): Promise<Found> {
  const { activation, destination } = definition;
  const { client } = connectActito(deps, destination, cancellation());
  const table = await readProfileTable(client, destination.entity, destination.profileTable);
  const attributes = checkStructure(table, definition, columns!);
  const former = await readFormerList(deps.state, activation.id);
  const leftBehind = former && leftBehindNote(definition, former);
  return {
    tableId: table.id,
    attributes,
    createdAttributes: [],
    createdList: false,
    empty: false,
    notes: [
      ...listCreatedInActito(definition, resolveLogin(deps, destination).host),
      ...(leftBehind === undefined ? [] : [leftBehind]),
    ],
  };
}
