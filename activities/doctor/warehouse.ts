import ms from 'ms';
import { columnsToRead, type Activation } from '../../activation/definition/definition.ts';
import type { Source } from '../../activation/definition/source.ts';
import type { Column } from '../../activation/values/kinds.ts';
import { tell } from '../../contract/messages/tell.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { SegmentRead, SegmentRequest, Warehouse } from '../../warehouse/source.ts';
import type { Dependencies } from '../dependencies.ts';
import { checkColumns } from '../sendable-columns.ts';
import { probe, type Probed } from './probe.ts';

/** Checks whether a source responds, in a transaction like that of a run. */
export function probeSource(deps: Dependencies, id: string, source: Source): Promise<Probed> {
  return probe({
    name: `source ${id}`,
    advice: tell('adviseSource', { source: id }),
    look: async (signal) => {
      const one = { segment: { query: 'select 1 as one' }, columns: ['one'], signal };
      const guarantees = await reading(deps, source, one, async ({ batches }, warehouse) => {
        for await (const batch of batches) void batch;
        return warehouse.guarantees;
      });
      const timeout = ms(source.statementTimeout, { long: true });
      return { says: [tell('sourceAnswers', { timeout }), tell('sourceGuarantees', { ...guarantees })] };
    },
  });
}

/**
 * Checks whether the warehouse accepts an activation's segment query, and whether the query has the mapped columns, with
 * types that can be sent.
 * Reads no row.
 */
export function probeSegment(
  deps: Dependencies,
  activation: Activation,
  source: Source,
): Promise<Probed<Column[]>> {
  const columns = columnsToRead(activation);
  return probe({
    name: `segment of ${activation.id}`,
    advice: tell('adviseSegment', { activation: activation.id }),
    look: async (signal) => {
      const request = { segment: activation.segment, columns, signal };
      const { columns: found, restrictedRows } = await reading(deps, source, request, async (read) => read);
      checkColumns(activation, found);
      const says = [tell('segmentUnderstood', { columns: found.length })];
      if (restrictedRows) says.push(tell('rowSecurityApplies', { source: activation.source }));
      return { says, found };
    },
  });
}

async function reading<T>(
  { env, projectFolder }: Dependencies,
  source: Source,
  request: SegmentRequest,
  use: (read: SegmentRead, warehouse: Warehouse) => Promise<T>,
): Promise<T> {
  const warehouse = await openWarehouse(source, env, { activation: 'doctor' }, projectFolder);
  try {
    return await use(await warehouse.read(request), warehouse);
  } finally {
    await warehouse.close();
  }
}
