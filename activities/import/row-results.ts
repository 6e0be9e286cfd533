import { countRowsInError, readRowsInError } from '../../actito/imports/rows-in-error.ts';
import { isFailure } from '../../contract/failure.ts';
import {
  clearResults,
  countKnownResults,
  storeResults,
  type ImportRow,
} from '../../state/imports/imports.ts';
import { knownKeys } from '../../state/imports/shared-rows.ts';
import { progress } from '../progress.ts';
import type { ImportJob } from './job.ts';

/**
 * Reads which rows of an import were not applied. True when every row in error is accounted for: only then are all
 * others confirmed. An answer that cannot be read, or keys that are not ours, confirm nothing.
 */
export async function readRowResults(job: ImportJob, row: ImportRow): Promise<boolean> {
  const { state, ref, run, client } = job;
  const { activation, destination } = run.definition;
  if (destination.contract.rowResults === 'none') return false;
  const execution = row.executionId!;
  try {
    const inError = await countRowsInError(client, destination.entity, execution);
    await clearResults(state, ref, row.chunk);
    const keyAttribute = activation.matchingKey.attribute;
    const report = progress();
    let read = 0;
    let known = 0;
    await readRowsInError(client, { entity: destination.entity, execution, keyAttribute }, async (rows) => {
      // A shared file holds the rows of others, too: theirs are known, and not ours to keep.
      const file =
        row.shared &&
        (await knownKeys(
          state,
          { ...row, run: ref.run, shared: row.shared },
          rows.map(({ key }) => key),
        ));
      const ours = file ? rows.filter(({ key }) => file.own.has(key)) : rows;
      if (file) known += file.known;
      await storeResults(
        state,
        ref,
        row.chunk,
        job.seeds,
        ours.map(({ key, unmatched, code }) => ({
          key,
          outcome: unmatched ? 'unmatched' : 'refused',
          reason: code,
        })),
      );
      report((read += rows.length));
    });
    // An import with errors of which none is a row's own explains nothing.
    if (row.shared === null) known = await countKnownResults(state, run, row.chunk);
    return inError > 0 && known === inError;
  } catch (error) {
    if (isFailure(error, 'ActitoRefused')) return false; // this licence offers no result of rows
    throw error;
  }
}
