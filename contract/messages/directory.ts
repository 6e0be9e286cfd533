import { advise, always, failure, message } from './message.ts';
import { counted } from './words.ts';

/** An export on the file server, by its name. */
export interface ExportFile {
  file: string;
}
const FILE = 'profiles_20260131.csv.gz';

/** The maximum number of days that a message lists. */
const LISTED = 5;

function someOf(days: readonly string[]): string {
  const more = days.length - LISTED;
  return days.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The profile directory: what Actito's exports say about profiles, and what that means for a run. */
export const DIRECTORY_MESSAGES = {
  directoryEmpty: failure<{ attribute: string }>('ExportInvalid', {
    examples: [{ attribute: 'emailAddress' }],
    says: ({ attribute }) =>
      `The profile directory has no profiles with ${attribute} yet, because no export of Actito was read. A list of ` +
      'profile IDs cannot be made without it.',
    next: () =>
      advise(
        'Check that Actito writes the export to profiles.export.directory, and that its names fit profiles.export.file ' +
          'or profiles.export.full.',
      ),
  }),
  noExportUsable: failure<{ why: string }>('ExportInvalid', {
    examples: [{ why: 'The export profiles_20260131.csv.gz is not UTF-8: line 7.' }],
    says: ({ why }) => `The profile directory is empty, because no export can be used. ${why}`,
  }),
  exportShrunk: failure<ExportFile & { profiles: number; known: number }>('ExportInvalid', {
    examples: [{ file: 'profiles_full.csv', profiles: 12, known: 1_000_000 }],
    says: ({ file, profiles, known }) =>
      `The full export ${file} has ${counted(profiles, 'profile')} with a usable key, but ${known} are known. It was not used, because it ` +
      'would remove more than half of the profiles.',
    next: ({ file }) =>
      advise(
        'Check the export in Actito. If so many profiles are really gone, read it with actito-sync directory refresh <destination> --accept ' +
          `${file}.`,
      ),
  }),
  exportStaysIncomplete: failure<ExportFile & { hours: number }>('ExportInvalid', {
    examples: [{ file: FILE, hours: 1 }],
    says: ({ file, hours }) =>
      `The export ${file} is not complete, and has not changed for more than ${counted(hours, 'hour')}. None of it was used.`,
    next: () => advise('Check the export in Actito, or remove the file from the server.'),
  }),
  exportWaits: message<ExportFile>({
    examples: [{ file: FILE }],
    says: ({ file }) =>
      `The export ${file} may still be growing, so the profile directory does not include it yet. The next run reads it.`,
  }),
  exportRefused: message<ExportFile & { full: boolean; why: string }>({
    examples: [
      { file: FILE, full: false, why: 'The export profiles_20260131.csv.gz has no profile ID in line 7.' },
      { file: 'profiles_full.csv', full: true, why: 'The export profiles_full.csv is not UTF-8: line 7.' },
    ],
    says: ({ file, full, why }) =>
      `${why} Nothing of ${file} was used${full ? '' : ', and no later daily file was read'}.`,
    next: () => advise('Replace the file, or let Actito write a full export.'),
  }),
  exportOfFuture: message<ExportFile>({
    examples: [{ file: 'profiles_20991231.csv' }],
    says: ({ file }) => `The export ${file} was not read, because the date in its name is in the future.`,
    next: () => advise('Correct its name, or remove it from the server.'),
  }),
  exportSettingsChanged: always(
    'The settings of profiles.export changed, so the exports on the server count as unread. Profiles that only the former ' +
      'exports have stay until the next full export.',
  ),
  exportsNotRead: message<{ failure: string }>({
    examples: [{ failure: 'The file server sftp.shop.example cannot be reached.' }],
    says: ({ failure }) =>
      `The exports of profiles could not be read, so the run uses the profile directory as it was. ${failure}`,
  }),
  directoryUnused: failure<{ destination: string }>('ConfigurationInvalid', {
    examples: [{ destination: 'actito' }],
    says: ({ destination }) =>
      `No activation of destination ${destination} needs the profile directory: none has list.identifier: profileId.`,
  }),
  noFullExport: failure<ExportFile>('ConfigurationInvalid', {
    examples: [{ file: 'profiles_full.csv' }],
    says: ({ file }) => `There is no full export ${file} on the file server, so it cannot be accepted.`,
    next: () => advise('Give the name of a file on the server that fits profiles.export.full.'),
  }),
  exportTooLate: message<ExportFile>({
    examples: [{ file: FILE }],
    says: ({ file }) =>
      `The export ${file} came after newer ones that are no longer on the server, so it was not used. The next full export closes the gap.`,
  }),
  exportDayMissing: message<{ days: readonly string[] }>({
    examples: [
      { days: ['2026-01-22'] },
      { days: ['2026-01-22', '2026-01-23', '2026-01-24', '2026-01-25', '2026-01-26', '2026-01-27'] },
    ],
    says: ({ days }) =>
      `No export was read for ${counted(days.length, 'day')} (${someOf(days)}), although newer ones were. ` +
      'Profiles that were added or changed on these days may be missing or have old keys. The next full export closes the gap.',
    next: () =>
      advise(
        'If the files still exist, put them back on the server. Otherwise, let Actito write a full export.',
      ),
  }),
  directoryStale: message<{ hours: number; limit: number; written: string }>({
    examples: [{ hours: 60, limit: 48, written: '2026-01-31T06:00:00.000Z' }],
    says: ({ hours, limit, written }) =>
      `The profile directory is ${hours} hours old; the limit is ${limit}. Its newest export is of ${written}.`,
    next: () =>
      advise(
        "Check that Actito still writes its export of profiles to profiles.export.directory. To allow older ones, raise the destination's profiles.maxAge.",
      ),
  }),
  questionsUnanswered: failure(
    'Defect',
    always('The comparison continued without the profiles that it had asked for.'),
  ),
};
