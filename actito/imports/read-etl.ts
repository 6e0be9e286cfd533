import type { Definition } from '../../activation/definition/definition.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import { fieldNames } from '../../contract/field-names.ts';
import type { CreatingMode } from '../../contract/messages/etls.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { Answer } from '../api/body.ts';
import type { ActitoClient } from '../api/client.ts';
import { NotFound } from '../api/failures.ts';
import { etlFacts, etlMissing } from './etl.ts';

/** What Actito shows of an ETL that may be used. */
interface EtlReading {
  /** Actito shows that it creates no profile. */
  updatesOnly: boolean;
  /** Why its mode is unknown. */
  notes: Told[];
  /** The answer came from a gateway or proxy, so another may come next time. */
  asksAgain: boolean;
}

/**
 * Reads the ETL of an activation, because an ETL in another mode than UPDATE_ONLY creates profiles. D: the path; A: the
 * answer, so the modes are looked for anywhere in it. An answer without any mode, or none at all for lack of a right, is
 * reported and does not prevent the use: only Actito's interface can then show the mode.
 * @returns undefined for one-shot imports
 * @throws Failure ConfigurationInvalid if there is no such ETL, or it creates profiles; Actito… for calls to repeat
 */
export async function readEtl(client: ActitoClient, definition: Definition): Promise<EtlReading | undefined> {
  const { activation, destination } = definition;
  const facts = etlFacts(definition);
  if (facts === undefined) return undefined;
  const { etl } = facts;
  let answer: Answer;
  try {
    answer = await client.read({ route: 'etl', parts: { entity: destination.entity, etl } });
  } catch (error) {
    if (error instanceof NotFound) throw etlMissing(definition, error);
    if (!isForThisRoute(error)) throw error;
    return unclear(tell('etlUnread', { etl, failure: error.message }));
  }
  const { isPage, body, text } = answer;
  const { creates, updatesOnly } = modesIn(body ?? text);
  if (creates) throw new Failure('etlCreates', { ...facts, activation: activation.id, mode: creates });
  if (updatesOnly) return { updatesOnly, notes: [], asksAgain: false };

  const seen = fieldNames(body);
  return isPage
    ? { ...unclear(tell('etlModeUnclear', { etl, seen, page: true })), asksAgain: true }
    : unclear(tell('etlModeUnclear', { etl, seen }));
}

/**
 * Returns the modes that an answer contains, whatever its structure. A mode that creates profiles counts anywhere, even in
 * a name. UPDATE_ONLY counts only as a whole value, because a name such as `crm_update_only` shows no mode.
 */
export function modesIn(body: unknown): { creates?: CreatingMode; updatesOnly: boolean } {
  // As JSON writes it: a text in JSON may have escapes.
  const [creates] = /CREATE_(ONLY|UPDATE)/i.exec(JSON.stringify(body)) ?? [];
  return { creates: creates?.toUpperCase() as CreatingMode | undefined, updatesOnly: hasUpdateOnly(body) };
}

function hasUpdateOnly(value: unknown): boolean {
  if (typeof value === 'string') return /^UPDATE_ONLY$/i.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUpdateOnly);
}

/** Whether only this route is refused, and not every call, and will be refused again. */
function isForThisRoute(error: unknown): error is Failure {
  return isFailure(error) && (error.type === 'ActitoRefused' || error.told.reason === 'apiKeyLacksRight');
}

function unclear(note: Told): EtlReading {
  return { updatesOnly: false, notes: [note], asksAgain: false };
}
