import { omittedAttributes, readChunks, type Chunk } from '../../state/imports/chunks.ts';
import { readImports } from '../../state/imports/imports.ts';
import type { ImportJob } from './job.ts';

/** The chunks that no live import stands for. */
export async function chunksToSend({ state, ref }: ImportJob): Promise<Chunk[]> {
  const imports = await readImports(state, ref.run);
  // An intent without an answer may or may not have arrived: the same file again has the same effect.
  const standing = new Set(
    imports.filter(({ status }) => status !== 'refused' && status !== 'intended').map(({ chunk }) => chunk),
  );
  const chunks = await readChunks(state, ref.run);
  return chunks.filter(
    (chunk) => !standing.has(chunk.no) && omittedAttributes(chunk.pattern).includes(false),
  );
}
