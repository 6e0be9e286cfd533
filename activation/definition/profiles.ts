import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { attribute, duration, plainText } from './common.ts';
import { byProtocol, ftpsShape, needsLogin, sftpShape, timeout } from './file-server.ts';

/*
 * Where Actito writes its standard exports of the profile table. From these files, actito-sync learns which profiles
 * exist: the profile directory.
 */

/** The parts of a date in a pattern, in Actito's spelling. */
const DATE_PARTS = ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss'] as const;
export type DatePart = (typeof DATE_PARTS)[number];

/** A part of a pattern: a text, any text (`*`), or digits of a date. */
export type PatternPart = { text: string } | 'any' | { date: DatePart };

const PLACEHOLDER = new RegExp(`\\$((?:${DATE_PARTS.join('|')})+)`, 'y');

/**
 * Splits the pattern of a file name: `$yyyy`, `$MM`, `$dd`, `$HH`, `$mm` and `$ss`, also run together (`$yyyyMMdd`),
 * and `*` for any text. Undefined if a `$` begins no placeholder.
 */
export function patternParts(pattern: string): PatternPart[] | undefined {
  const parts: PatternPart[] = [];
  for (let at = 0; at < pattern.length;) {
    const character = pattern[at]!;
    if (character === '$') {
      PLACEHOLDER.lastIndex = at;
      const [whole, names] = PLACEHOLDER.exec(pattern) ?? [];
      if (whole === undefined) return undefined;
      const found = names!.match(new RegExp(DATE_PARTS.join('|'), 'g')) as DatePart[];
      parts.push(...found.map((date) => ({ date })));
      at += whole.length;
    } else {
      const text = /^[^$*]+/.exec(pattern.slice(at))?.[0];
      parts.push(text === undefined ? 'any' : { text });
      at += text?.length ?? 1;
    }
  }
  return parts;
}

/** A date in the name must be a whole day, because files are read in the order of their days. */
function isFilePattern(pattern: string): boolean {
  const parts = /[/\\]/.test(pattern) ? undefined : patternParts(pattern);
  if (!parts) return false;
  const dates = parts.flatMap((part) => (typeof part === 'object' && 'date' in part ? part.date : []));
  const isDay = (['yyyy', 'MM', 'dd'] as const).every((part) => dates.includes(part));
  return (dates.length === 0 || isDay) && new Set(dates).size === dates.length;
}

const filePattern = plainText.max(200).refine(isFilePattern, { error: expected('exportFile') });

const header = plainText.max(200);

const columns = z
  .object(
    { profileId: header.describe('Header of the column with the profile ID.') },
    { error: expected('exportColumns') },
  )
  .catchall(header)
  .refine((names) => Object.keys(names).every((name) => attribute.safeParse(name).success), {
    error: expected('exportColumns'),
  });

const sftp = needsLogin(z.strictObject({ ...sftpShape, timeout }));
const ftps = z.strictObject({ ...ftpsShape, timeout });

const exportSchema = z.strictObject({
  directory: plainText
    .describe('Folder on the server into which Actito writes the export.')
    .meta({ examples: ['/exports'] }),
  file: filePattern
    .describe(
      'Names of the daily files. $yyyy, $MM, $dd, $HH, $mm and $ss are parts of a date, also as in $yyyyMMdd; * is any text.',
    )
    .meta({ examples: ['profiles_$yyyyMMdd.csv.gz'] }),
  full: filePattern
    .optional()
    .describe('Names of full files, which contain every profile. The placeholders are the same.')
    .meta({ examples: ['profiles_full*.csv'] }),
  columns: columns
    .describe(
      "Header of each column to read, by attribute. profileId is required. List every attribute that is an activation's matching key.",
    )
    .meta({
      title: 'map of attributes to headers',
      examples: [{ profileId: 'profileId', emailAddress: 'emailAddress' }],
    }),
  server: z
    .discriminatedUnion('protocol', [sftp, ftps], byProtocol)
    .optional()
    .describe('Server of the export. Default: the server of delivery.'),
});

/** `profiles` of a destination. */
export const profilesSchema = z
  .strictObject({
    export: exportSchema.describe("Actito's standard export of the profile table."),
    maxAge: duration
      .prefault('48h')
      .describe('Maximum age of the newest export. If it is older, runs that need it are held.')
      .meta({ examples: ['3 days'] }),
  })
  .describe(
    'Which profiles exist in Actito, read from an export. An activation with list.identifier: profileId needs it.',
  );

export type Profiles = z.infer<typeof profilesSchema>;
/** The server of an export, without the settings that only uploads need. */
export type ExportServer = NonNullable<Profiles['export']['server']>;

/** The setting with the export's server, for errors. */
export const EXPORT_SERVER = 'profiles.export.server';
