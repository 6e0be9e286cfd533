import { ListChecksum, keySeeds } from '../../activation/comparison/marks.ts';
import { Failure } from '../../contract/failure.ts';
import { csvLines } from '../../activation/values/csv.ts';
import { membersTable } from '../names.ts';
import type { ListFigures, Run } from '../runs/runs.ts';
import { withRows } from '../copy.ts';
import type { State } from '../state.ts';
import type { DeliveryKind } from './deliveries.ts';

/** A list to deliver. */
export interface ListRequest {
  kind: DeliveryKind;
  /** Its expected number of members and checksum. */
  figures: ListFigures;
  /** Secret seed of the activation's marks. */
  seed: string;
  separator: string;
}

/**
 * Streams the members of a list from one snapshot, as CSV lines with one identifier each, without the header. The
 * stream ends normally only if number and checksum of the identifiers are as expected.
 * @throws Failure StateDamaged
 */
export async function withListContent<T>(
  state: State,
  run: Run,
  { kind, figures, seed, separator }: ListRequest,
  use: (content: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  return withRows(state, listSql(run, kind), async (batches) => {
    async function* content(): AsyncGenerator<Uint8Array> {
      const found = new ListChecksum(keySeeds(seed));
      for await (const lines of batches) {
        found.add(lines);
        yield csvLines(lines, separator);
      }
      if (found.members !== figures.members || found.checksum !== figures.checksum)
        throw damaged(run, found.members, figures);
    }
    return use(content());
  });
}

/**
 * Selects the members of the list: the last confirmed members without those that the delta removes or that have no
 * single profile any more, and with those that it adds.
 */
export function listSql({ activation, delta }: Run, kind: DeliveryKind): string {
  const listed = `select coalesce(identifier, key) from ${membersTable(activation)} m where listed`;
  if (kind === 'kept') return listed;
  return `${listed} and not exists (select from ${delta} d
                                    where d.mark = m.mark and membership in ('removed', 'reidentified', 'waiting', 'several'))
          union all
          select coalesce(identifier, key) from ${delta} where membership in ('added', 'reidentified')`;
}

function damaged({ activation }: Run, found: number, { members }: ListFigures): Failure {
  return new Failure('listDamaged', { activation, found, expected: members });
}
