import { z } from 'zod';
import { shaped } from '../http/body.ts';
import type { Profiles } from '../contacts/profiles.ts';
import type { Licence } from '../licence.ts';
import { invalid } from '../refusal.ts';
import { type ImportJob, lookUp, Separator } from './job.ts';

const Definition = z.strictObject({
  profileTableId: z.string(),
  mode: z.literal('UPDATE_ONLY'),
  fileFormat: z.strictObject({
    separator: Separator,
    encoding: z.literal('UTF-8'),
    header: z.literal(true),
  }),
  key: z.string(),
  columns: z.array(z.string()).min(2),
});

/** Parses the JSON definition of a one-shot import. @throws Refusal 400 for an invalid one. */
export function oneShot(body: unknown, profiles: Profiles, { emptyValue }: Licence): ImportJob {
  const { profileTableId, mode, fileFormat, key, columns } = shaped(Definition, body);
  if (profileTableId !== profiles.id) throw invalid(`There is no profile table ${profileTableId}.`);
  lookUp(columns, key, profiles);
  const { separator } = fileFormat;
  return {
    tableId: profileTableId,
    mode,
    key,
    separator,
    emptyValue,
    attributes: columns,
    columnsOf: (header) => {
      if (header.length === columns.length && columns.every((name, i) => name === header[i])) return columns;
      throw invalid(`file: the header line is not ${columns.join(separator)}.`);
    },
  };
}
