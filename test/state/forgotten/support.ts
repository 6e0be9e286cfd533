import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Definition } from '../../../activation/definition/definition.ts';
import { spellingsOf } from '../../../activation/keys/spellings.ts';
import type { Erased } from '../../../contract/forget.ts';
import { eraseFrom } from '../../../state/forgotten/erase.ts';
import { recordForgotten } from '../../../state/forgotten/record.ts';
import type { Holder } from '../../../state/runs/lease.ts';
import type { IsOpen } from '../../../state/runs/open.ts';
import { loseState } from '../../support/stand.ts';
import { tablesWith } from '../../support/tables-with.ts';
import {
  definitionFor,
  everyoneIsGone,
  execution,
  freshState,
  newActivation,
  type SegmentRow,
  type StateWorld,
} from '../support.ts';

/** A state of which nothing ever ran, for each test, and how people are forgotten in gdpr. */
export interface Forgetting {
  world: StateWorld;
  definition: Definition;
  /** The id of the activation. */
  vip: string;
  /** Records that a key is to be forgotten, as the command does gdpr. */
  record(key: string, countries?: string[]): Promise<{ record: string; already: boolean }>;
  erase(record: string, options?: { activation?: string; isOpen?: IsOpen; by?: Holder }): Promise<Erased>;
  /** Both. */
  forget(key: string): Promise<Erased>;
  /** Tables in which a text stands. */
  tablesWith(text: string): Promise<string[]>;
}

export function forgettingForTests(): Forgetting {
  const gdpr = {} as Forgetting;
  beforeAll(async () => {
    gdpr.world = await freshState();
  });
  afterAll(() => gdpr.world?.dispose());
  beforeEach(async () => {
    await loseState(gdpr.world);
    gdpr.definition = definitionFor(newActivation());
    gdpr.vip = gdpr.definition.activation.id;
  });
  gdpr.record = (key, countries = []) =>
    recordForgotten(gdpr.world.state, { spellings: spellingsOf(key, countries), by: 'dpo', reason: null });
  gdpr.erase = (record, { activation = gdpr.vip, isOpen = everyoneIsGone, by = execution('forget') } = {}) =>
    eraseFrom(gdpr.world.state, { record, activation, execution: by }, isOpen, new AbortController().signal);
  gdpr.forget = async (key) => gdpr.erase((await gdpr.record(key)).record);
  gdpr.tablesWith = (text) => tablesWith(gdpr.world.state, text);
  return gdpr;
}

export const person = (key: string, identifier: string | null = null): SegmentRow => ({
  ...{ key, identifier, values: ['1', '2', '3'] },
});
export const ANNA = person('anna-4711');
export const BOB = person('bob-4712');
