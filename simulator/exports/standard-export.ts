import { posix } from 'node:path';
import { z } from 'zod';
import { toMoment } from '../clock.ts';

const Folder = z
  .string()
  .refine((path) => path !== '/' && posix.resolve('/', path) === path, 'must be a folder such as /exports');
const FileName = z.string().regex(/^[^/\\\0]{1,255}$/, 'must be a plain file name');

const NewExport = z.strictObject({
  name: z.string().min(1).max(255),
  /** The profiles that are new or updated since the export before, or all profiles. */
  kind: z.enum(['daily', 'full']),
  /** On the SFTP and FTPS server. */
  directory: Folder.default('/exports'),
  /** With the placeholders $yyyy $MM $dd $HH $mm $ss of the export's moment (UTC), also run together. */
  fileName: FileName,
  /** Default: what the file name's end says: `.gz`, `.zip` or neither. */
  packing: z.enum(['none', 'gzip', 'zip']).optional(),
  /** The file in a ZIP, with placeholders; default: the file's name with `.csv`. */
  innerName: FileName.optional(),
  /** The header of each column, by the attribute's technical name; default: all attributes by their names. */
  columns: z.record(z.string(), z.string()).optional(),
  /** The hour (UTC) at which it is written every day; `null`: only on demand. Default: 4 for `daily`. */
  hour: z.int().min(0).max(23).nullable().optional(),
});

/** The form in which a standard export of the profile table is set up. */
export type NewExport = z.input<typeof NewExport>;

/** A standard export; see NewExport. */
export type StandardExport = Required<Omit<z.output<typeof NewExport>, 'columns' | 'innerName'>> &
  Pick<z.output<typeof NewExport>, 'columns' | 'innerName'>;

export const NewExportBody = NewExport.transform((fields): StandardExport => {
  const { packing = packingOf(fields.fileName), hour = fields.kind === 'daily' ? 4 : null } = fields;
  return { ...fields, packing, hour };
});

function packingOf(fileName: string): StandardExport['packing'] {
  if (fileName.endsWith('.gz')) return 'gzip';
  return fileName.endsWith('.zip') ? 'zip' : 'none';
}

/** The name of the file in a ZIP of this name, before its placeholders are replaced. */
export function innerNameOf({ fileName, innerName }: StandardExport): string {
  return innerName ?? fileName.replace(/(\.csv)?(\.zip)?$/, '') + '.csv';
}

/** Replaces the placeholders of a file name by the moment (milliseconds) of the export, in UTC. */
export function dated(pattern: string, moment: number): string {
  const [, yyyy, MM, dd, HH, mm, ss] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(toMoment(moment))!;
  const parts: Record<string, string> = { yyyy: yyyy!, MM: MM!, dd: dd!, HH: HH!, mm: mm!, ss: ss! };
  return pattern.replaceAll(/\$((?:yyyy|MM|dd|HH|mm|ss)+)/g, (_, letters: string) =>
    letters.replaceAll(/yyyy|MM|dd|HH|mm|ss/g, (part) => parts[part]!),
  );
}
