import { setTimeout as sleep } from 'node:timers/promises';
import { NotFound } from '../actito/api/failures.ts';
import { usesDirectory, type Definition } from '../activation/definition/definition.ts';
import type { ExternalTargetList } from '../actito/contract.ts';
import { listConfirmation } from '../actito/lists/confirmation.ts';
import { readList } from '../actito/lists/read.ts';
import { Failure, isFailure, type FailureType } from '../contract/failure.ts';
import { tell } from '../contract/messages/tell.ts';
import type { ListSummary, RunRef } from '../contract/steps.ts';
import { readClock } from '../state/clock.ts';
import {
  findDelivered,
  findLastDelivered,
  recordBefore,
  recordRefused,
  recordRetrieved,
  type DeliveryRow,
} from '../state/lists/deliveries.ts';
import { lookAgain, requireProvisioned } from '../state/lists/provisioned.ts';
import { keepWords } from '../state/report/peer-words.ts';
import { readRun, type Run } from '../state/runs/runs.ts';
import type { Dependencies } from './dependencies.ts';
import { connectActito, connectDelivery, resolveLogin } from './destination.ts';
import { cancellation, progress } from './progress.ts';

/** Pauses in milliseconds between checks in this activity; after them, Temporal waits instead. */
const PAUSES = [100, 200, 400, 800, 1_500, 3_000];
const LATER = 15_000;

/**
 * Waits until Actito has retrieved the delivered file, if this license can report it, and returns what the list now
 * contains. If this run delivered nothing, the list is only read.
 * @throws Failure ListPending (try again later), DeliveryRefused if Actito could not read the file, NobodyTargeted if
 *   none of the members on the list is a profile, or less than half of those that the profile directory resolved
 */
export async function confirmList(deps: Dependencies, ref: RunRef): Promise<ListSummary> {
  const run = await readRun(deps.state, ref.run);
  const delivery = await findDelivered(deps.state, ref.run, 'plan');
  // An earlier attempt may have found this, and its result was lost.
  if (run.plan?.push && !delivery) {
    throw new Failure('listUnreadable', {});
  }
  const means = listConfirmation(run.definition);
  if (means === 'status') return confirmByStatus(deps, ref, run, delivery, cancellation());
  if (means === 'fileDisappears' && delivery)
    return confirmByFolder(deps, ref, run, delivery, cancellation());
  return { retrieved: false, asked: false, profiles: null, expires: null };
}

/** `listConfirmation: status`: the list reports which file Actito retrieved, and when. */
async function confirmByStatus(
  deps: Dependencies,
  ref: RunRef,
  { definition, plan }: Run,
  delivery: DeliveryRow | undefined,
  signal: AbortSignal,
): Promise<ListSummary> {
  const provisioned = await requireProvisioned(deps.state, definition);
  const { client } = connectActito(deps, definition.destination, signal);
  const place = { entity: definition.destination.entity, table: provisioned.tableId };
  const { members } = plan!.list;
  const former = delivery ? undefined : await findLastDelivered(deps.state, definition.activation.id);
  let empty: ExternalTargetList | undefined;
  let failed: Failure | undefined;
  // Actito does not say how soon after the retrieval it counts the profiles, so an empty list is checked for a while.
  const unlessEmpty = async (list: ExternalTargetList, retrieved: boolean): Promise<ListSummary | null> => {
    const now = client.answeredAt ?? (await readClock(deps.state)); // by Actito's clock, if known
    empty = targetsTooFew(list, members, now, usesDirectory(definition.activation)) ? list : undefined;
    return empty ? null : summary(list, retrieved);
  };
  const unseen = async () => {
    if (failed) return notSeen(deps, ref, failed, delivery !== undefined);
    if (empty) throw tooFewTargeted(definition, empty, members);
    return notRetrieved();
  };
  return untilSeen(
    async () => {
      failed = undefined;
      const list = await readList(client, place, provisioned.listId!).catch((error: unknown) => {
        // The list is delivered, and the run does not depend on this answer. A single bad answer can be temporary.
        if (!isFailure(error, ...NOT_NEEDED)) throw error;
        failed = error instanceof NotFound ? gone(error) : error;
        return null;
      });
      if (!list) return null;
      // A file of an earlier run may still be on the server. Until it is retrieved, the list shows its former content.
      if (former && !isRetrieved(list, former, members)) return summary(list, false);
      if (!delivery) return unlessEmpty(list, false);
      if (delivery.detail?.retrievedBefore === undefined) {
        // Actito could not be asked before the delivery, so a retrieval until now may be of an earlier file.
        const { retrievedMoment = null, errorMessage } = list.lastRetrievedFile ?? {};
        delivery.detail = { retrievedBefore: retrievedMoment, maybeRefused: Boolean(errorMessage) };
        await recordBefore(deps.state, ref, delivery.id, delivery.detail);
        return null;
      }
      if (!isRetrieved(list, delivery, members)) return null;
      const refused = list.lastRetrievedFile?.errorMessage;
      if (refused) {
        await recordRefused(deps.state, ref, delivery.id);
        throw new Failure('listUnreadable', { list: list.name }, { words: refused });
      }
      await recordRetrieved(deps.state, ref, delivery.id);
      return unlessEmpty(list, true);
    },
    signal,
    unseen,
  );
}

/** Members of a resolved list are profiles, but some may have been deleted since the export. */
const LEAST_SHARE = 0.5;

/**
 * Actito has read a file with members for this list, and none of them is a profile. If the profile directory resolved
 * the list, it is enough that less than half of them are.
 * @param resolved the members are profile ids of the profile directory
 */
function targetsTooFew(
  { numberOfProfiles, expirationDate, lastRetrievedFile }: ExternalTargetList,
  members: number,
  now: Date,
  resolved: boolean,
): boolean {
  if (expirationDate && Date.parse(expirationDate) <= now.getTime()) return false; // the reason is the expiry
  if (numberOfProfiles == null || members === 0 || !lastRetrievedFile) return false;
  if (resolved ? numberOfProfiles >= members * LEAST_SHARE : numberOfProfiles > 0) return false;
  return !lastRetrievedFile.errorMessage && lastRetrievedFile.lines !== 0;
}

function tooFewTargeted(
  { activation, destination: { entity, profileTable } }: Definition,
  { name: list, numberOfProfiles }: ExternalTargetList,
  members: number,
) {
  if (usesDirectory(activation)) {
    const { attribute } = activation.matchingKey;
    const facts = { list, members, profiles: numberOfProfiles ?? 0, attribute, entity, profileTable };
    return new Failure('fewTargeted', { ...facts, destination: activation.destination });
  }
  const identifier = activation.list.identifier.attribute;
  return new Failure('nobodyTargeted', { list, members, identifier, destination: activation.destination });
}

async function notRetrieved(): Promise<never> {
  throw new Failure('listNotRetrieved', {}, { retryAfter: LATER });
}

/** Failures that do not fail this activity. Temporary failures are left to Temporal's retries. */
const NOT_NEEDED: FailureType[] = ['ActitoRefused', 'ActitoUnauthorized', 'ConfigurationInvalid'];

/** The list existed when it was provisioned. */
function gone({ told, words }: NotFound): Failure {
  return new Failure('listGone', { cause: told }, { words: words?.open() });
}

/**
 * Actito could not be asked before the timeout. If the list does not exist any more, the next run looks for it again.
 */
async function notSeen(
  { state }: Dependencies,
  ref: RunRef,
  { told, words }: Failure,
  delivered: boolean,
): Promise<ListSummary> {
  if (words) await keepWords(state, ref.run, told.reason, words.open());
  if (told.reason === 'listGone') await lookAgain(state, ref);
  const unseen = tell('listUnseen', { failure: told.message, when: delivered ? 'after' : 'alone' });
  return { retrieved: false, asked: true, profiles: null, expires: null, unseen };
}

/**
 * Whether a file was retrieved after our delivery and, if Actito reports its length, whether that is the length of
 * ours.
 */
function isRetrieved(
  { lastRetrievedFile }: ExternalTargetList,
  { detail }: DeliveryRow,
  members: number,
): boolean {
  if (!lastRetrievedFile || lastRetrievedFile.retrievedMoment === detail?.retrievedBefore) return false;
  const { lines, errorMessage } = lastRetrievedFile;
  return Boolean(errorMessage) || lines == null || lines === members;
}

function summary(list: ExternalTargetList, retrieved: boolean): ListSummary {
  return {
    retrieved,
    asked: true,
    profiles: list.numberOfProfiles ?? null,
    expires: list.expirationDate ?? null,
  };
}

/**
 * `listConfirmation: fileDisappears`: Actito deletes the files that it has read. It does not report that it could not
 * use a file, nor how many profiles the list has now.
 */
async function confirmByFolder(
  deps: Dependencies,
  ref: RunRef,
  { definition }: Run,
  delivery: DeliveryRow,
  signal: AbortSignal,
): Promise<ListSummary> {
  const { activation, destination } = definition;
  const server = await connectDelivery(deps, resolveLogin(deps, destination), signal);
  try {
    return await untilSeen(async () => {
      const names = await server.names(destination.delivery.directory);
      if (names.includes(activation.list.fileName)) return null;
      await recordRetrieved(deps.state, ref, delivery.id);
      return { retrieved: true, asked: true, profiles: null, expires: null };
    }, signal);
  } finally {
    await server.close();
  }
}

/**
 * Checks repeatedly, for some seconds.
 * @param look returns the result, or null if there is none yet
 * @param unseen returns or throws the result if there was none until the end
 */
async function untilSeen<T>(
  look: () => Promise<T | null>,
  signal: AbortSignal,
  unseen: () => Promise<T> = notRetrieved,
): Promise<T> {
  const report = progress();
  for (const pause of [0, ...PAUSES]) {
    if (pause > 0) await sleep(pause, undefined, { signal });
    const seen = await look();
    report(0);
    if (seen !== null) return seen;
  }
  return unseen();
}
