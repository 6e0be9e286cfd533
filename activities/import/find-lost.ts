import { NotFound } from '../../actito/api/failures.ts';
import { findImport } from '../../actito/imports/status.ts';
import { Failure } from '../../contract/failure.ts';
import type { Chunk } from '../../state/imports/chunks.ts';
import { readImports, recordImport } from '../../state/imports/imports.ts';
import { fileName } from './file-name.ts';
import type { ImportJob } from './job.ts';

/**
 * Looks for imports of a chunk whose answer was lost, where the contract has a way to: what is found is recorded as
 * posted, and not sent again.
 * @returns true when one was found
 */
export async function findLost(job: ImportJob, chunk: Chunk, suffix: string): Promise<boolean> {
  const { state, ref, run, client } = job;
  const { entity, contract } = run.definition.destination;
  if (contract.executionListing === 'none') return false;
  const imports = await readImports(state, ref.run);
  const lost = imports.filter((row) => row.chunk === chunk.no && row.status === 'intended');
  let found = false;
  for (const { id } of lost) {
    const file = fileName(job, id, suffix);
    const executionId = await findImport(client, { entity, file }).catch((error: unknown) => {
      throw error instanceof NotFound ? noListing(error) : error;
    });
    if (executionId === undefined) continue;
    await recordImport(state, ref, id, { status: 'posted', executionId });
    found = true;
  }
  return found;
}

function noListing({ message }: NotFound): Failure {
  return new Failure(
    'ActitoRefused',
    `An import whose answer was lost cannot be looked up by its file: ${message} Or set contract.executionListing: none.`,
  );
}
