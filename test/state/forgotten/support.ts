import type { Knex } from 'knex';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Definition } from '../../../activation/definition/definition.ts';
import { spellingsOf } from '../../../activation/keys/spellings.ts';
import type { Erased } from '../../../contract/forget.ts';
import { eraseFrom } from '../../../state/forgotten/erase.ts';
import { recordForgotten } from '../../../state/forgotten/record.ts';
import type { Holder } from '../../../state/runs/lease.ts';
import type { IsOpen } from '../../../state/runs/open.ts';
import { rows, type State } from '../../../state/state.ts';
import { until } from '../../setup/until.ts';
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

/** A state without any runs for each test, and functions to forget people in it. */
export interface Forgetting {
  world: StateWorld;
  definition: Definition;
  /** The id of the activation. */
  vip: string;
  /** Records that a key must be forgotten, like the command. */
  record(key: string, countries?: string[]): Promise<{ record: string; already: boolean }>;
  erase(record: string, options?: { activation?: string; isOpen?: IsOpen; by?: Holder }): Promise<Erased>;
  /** Records and erases. */
  forget(key: string): Promise<Erased>;
  /** Tables that contain a text. */
  tablesWith(text: string): Promise<string[]>;
  /** Blocks other writers of a table, until it is rolled back or the test ends. */
  hold(table: string): Promise<Knex.Transaction>;
  /** Starts to record a request. @returns a function that lets its transaction commit, and resolves then */
  beginRecording(key: string): Promise<() => Promise<unknown>>;
  /** Resolves once a session waits for a request to be recorded, or for rows to be written. */
  someoneWaits(): Promise<void>;
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
  const held: Knex.Transaction[] = [];
  afterEach(async () => {
    for (const keeper of held.splice(0)) if (!keeper.isCompleted()) await keeper.rollback();
  });
  gdpr.hold = async (table) => {
    const keeper = await gdpr.world.state.transaction();
    held.push(keeper);
    await keeper.raw(`lock table ${table} in share mode`);
    return keeper;
  };
  gdpr.beginRecording = async (key) => {
    const { state } = gdpr.world;
    const keeper = await gdpr.hold('forgotten_digests');
    const recording = gdpr.record(key);
    await until('the request is being recorded', () =>
      isAny(state, `select from pg_locks where not granted and relation = 'forgotten_digests'::regclass`),
    );
    return async () => {
      await keeper.rollback();
      return recording;
    };
  };
  gdpr.someoneWaits = () =>
    until('a session waits for the lock', () =>
      isAny(
        gdpr.world.state,
        `select from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      ),
    );
  gdpr.tablesWith = (text) => tablesWith(gdpr.world.state, text);
  return gdpr;
}

export async function isAny(state: State, sql: string): Promise<boolean> {
  return (await rows(state, sql)).length > 0;
}

export const person = (key: string, identifier: string | null = null): SegmentRow => ({
  key,
  identifier,
  values: ['1', '2', '3'],
});
export const ANNA = person('anna-4711');
export const BOB = person('bob-4712');
