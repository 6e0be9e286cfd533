import ms from 'ms';
import { columnsToRead, type Activation } from '../../activation/definition/definition.ts';
import type { Source } from '../../activation/definition/source.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { SegmentRead, SegmentRequest } from '../../warehouse/source.ts';
import type { Dependencies } from '../dependencies.ts';
import { probe, type Probed } from './probe.ts';

/** Does a source answer, in a transaction like that of a run? */
export function probeSource({ env }: Dependencies, id: string, source: Source): Promise<Probed> {
  return probe({
    name: `source ${id}`,
    advice: `Check ${source.connection.env} where the worker runs, and that the warehouse lets the worker's address in.`,
    look: async (signal) => {
      const one = { segment: { query: 'select 1 as one' }, columns: ['one'], signal };
      await reading(source, env, one, async ({ batches }) => {
        for await (const batch of batches) void batch;
      });
      return { detail: `answers; a query may take ${ms(source.statementTimeout, { long: true })}` };
    },
  });
}

/** Does the warehouse understand an activation's segment, and has it the columns? No row is read. */
export function probeSegment(
  { env }: Dependencies,
  activation: Activation,
  source: Source,
): Promise<Probed<Column[]>> {
  const columns = columnsToRead(activation);
  return probe({
    name: `segment of ${activation.id}`,
    advice: `Correct segment, matchingKey or attributes in activations/${activation.id}.yaml; if the source failed too, mend that first.`,
    look: async (signal) => {
      const request = { segment: activation.segment, columns, signal };
      const found = await reading(source, env, request, async (read) => read.columns);
      return { detail: `the warehouse has the ${found.length} columns that are read`, found };
    },
  });
}

async function reading<T>(
  source: Source,
  env: NodeJS.ProcessEnv,
  request: SegmentRequest,
  use: (read: SegmentRead) => Promise<T>,
): Promise<T> {
  const warehouse = await openWarehouse(source, env);
  try {
    return await use(await warehouse.read(request));
  } finally {
    await warehouse.close();
  }
}
