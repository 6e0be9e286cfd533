import { describe, expect, test } from 'vitest';
import { publish } from '../../../state/delta/publish.ts';
import { applyResults } from '../../../state/imports/results.ts';
import { fenced } from '../../../state/runs/lease.ts';
import { setAside } from '../../../state/imports/chunks.ts';
import { storeRejects } from '../../../state/rejects/rejects.ts';
import { rows } from '../../../state/state.ts';
import { goodRun, intend, keySeedsOf, planned, tellResults } from '../sending.ts';
import { compareInto, open } from '../support.ts';
import { plannedUndo } from '../undoing.ts';
import { ANNA, BOB, forgettingForTests } from './support.ts';

/* Rejects, samples and the delta of an undo contain people, too. */

const gdpr = forgettingForTests();
const NEW_ANNA = { ...ANNA, values: ['new', '2', '3'] };

/** A write of a row that names Anna, with its preparation and the table that would name her and Bob. */
const WRITERS: Record<string, () => Promise<{ table: string; write: () => Promise<unknown> }>> = {
  'a rejected row': async () => {
    const run = await open(gdpr.world, gdpr.definition);
    const rejects = [' anna-4711', 'bob-4712'].map((key) => ({ key, reason: 'IdentifierKeyMissing' }));
    return { table: 'rejects', write: () => storeRejects(gdpr.world.state, run, rejects) };
  },
  'a rejected row whose reference names someone': async () => {
    const run = await open(gdpr.world, gdpr.definition);
    const named = { key: 'lost', reason: 'IdentifierKeyMissing', reference: ' anna-4711' };
    const rejects = [named, { key: 'bob-4712', reason: 'IdentifierKeyMissing', reference: '2' }];
    return { table: 'rejects', write: () => storeRejects(gdpr.world.state, run, rejects) };
  },
  'a row that Actito refused': async () => {
    const run = await planned(gdpr.world, gdpr.definition, [ANNA, BOB]);
    const quota = { quotaKey: 'q', limit: 9, retriesAlone: false };
    const id = await intend(gdpr.world, run, { chunk: { no: 1, retries: 0 }, ...quota });
    const refused = [ANNA, BOB].map(({ key }) => ({ key: key!, outcome: 'refused' as const, reason: 'R' }));
    await tellResults(gdpr.world, run, id!, refused);
    const write = () => fenced(gdpr.world.state, run, (trx) => applyResults(trx, run.run, 1));
    return { table: 'rejects', write };
  },
  'a value that cannot be sent': async () => {
    const run = await planned(gdpr.world, gdpr.definition, [ANNA, BOB]);
    const seeds = await keySeedsOf(gdpr.world.state, run.run);
    const bad = [{ attribute: 'a', reason: 'NotANumber' }];
    const set = [ANNA, BOB].map(({ key }) => ({ key: key!, pattern: '100', bad }));
    return { table: 'rejects', write: () => setAside(gdpr.world.state, run, run, seeds, set) };
  },
  'the sample of a member': async () => {
    await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
    const run = await open(gdpr.world, gdpr.definition, { dryRun: true });
    const { attempt, found } = await compareInto(gdpr.world, run, [NEW_ANNA, BOB]);
    return { table: 'samples', write: () => publish(gdpr.world.state, run, attempt, found) };
  },
  'the sample of a rejected row': async () => {
    const run = await open(gdpr.world, gdpr.definition, { dryRun: true });
    const { attempt, found } = await compareInto(gdpr.world, run, [BOB]);
    await storeRejects(gdpr.world.state, run, [{ key: ' anna-4711', reason: 'IdentifierKeyMissing' }]);
    return { table: 'samples', write: () => publish(gdpr.world.state, run, attempt, found) };
  },
  'a row of an undo': async () => {
    const { run } = await goodRun(gdpr.world, gdpr.definition, [ANNA, BOB]);
    await goodRun(gdpr.world, gdpr.definition, []);
    return {
      table: 'undo',
      write: async () => {
        const undo = await plannedUndo(gdpr.world, gdpr.definition, run);
        await gdpr.world.state.raw(`create table undo as select key from ${undo.delta}`);
        expect(undo.counts).toMatchObject({ read: 2, forgotten: 1, added: 1 });
      },
    };
  },
};

async function keysIn(table: string): Promise<string[]> {
  const found = await rows<{ key: string }>(
    gdpr.world.state,
    `select trim(key) as key from ${table} order by 1`,
  );
  if (table === 'undo') await gdpr.world.state.raw('drop table undo');
  return found.map(({ key }) => key);
}

describe.each(Object.keys(WRITERS))('%s', (name) => {
  test('is not written for a person whose request to be forgotten was recorded before', async () => {
    const { table, write } = await WRITERS[name]!();
    await gdpr.record('anna-4711');
    await write();
    expect(await keysIn(table)).toEqual(['bob-4712']);
  });

  test('waits for a request to be forgotten that is being recorded', async () => {
    const { table, write } = await WRITERS[name]!();
    const finishRecording = await gdpr.beginRecording('anna-4711');
    const writing = write();
    expect(await Promise.race([writing.then(() => 'written'), gdpr.someoneWaits()])).toBeUndefined();
    await finishRecording();
    await writing;
    expect(await keysIn(table)).toEqual(['bob-4712']);
  });
});
