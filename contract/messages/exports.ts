import { advise, failure } from './message.ts';

const FILE = 'profiles_20260102.csv';
const AT = { file: FILE, line: 7 };
const ASK = 'Correct the settings of the export in Actito, or ask Actito.';

/** Why a file may not be complete yet. */
const INCOMPLETE = {
  empty: 'it is empty',
  packed: 'the compressed data ends in the middle',
  line: 'the last line has no end',
  changed: 'it changed while it was read',
  once: 'the server reports neither its size nor its time, so two runs must find the same file',
};

/** Messages about files of a standard export. They name lines, and never their content. */
export const EXPORT_MESSAGES = {
  exportIncomplete: failure<{ file: string; why: keyof typeof INCOMPLETE }>('ExportInvalid', {
    examples: [
      { file: FILE, why: 'empty' },
      { file: FILE, why: 'packed' },
      { file: FILE, why: 'line' },
      { file: FILE, why: 'changed' },
      { file: FILE, why: 'once' },
    ],
    says: ({ file, why }) => `The export ${file} is not complete: ${INCOMPLETE[why]}.`,
    next: () => advise('If Actito is still writing it, wait. Otherwise, delete it and export it again.'),
  }),
  exportPacking: failure<{ file: string; code: string }>('ExportInvalid', {
    examples: [{ file: FILE, code: 'Z_DATA_ERROR' }],
    says: ({ file, code }) => `The export ${file} cannot be unpacked (${code}).`,
    next: () => advise('Export it again. The file can be plain, GZIP, or a ZIP without a password.'),
  }),
  exportZipEntries: failure<{ file: string }>('ExportInvalid', {
    examples: [{ file: FILE }],
    says: ({ file }) => `The export ${file} is a ZIP of several files.`,
    next: () => advise('Set up an export of the profile table alone.'),
  }),
  exportTooLarge: failure<{ file: string; most: number }>('ExportInvalid', {
    examples: [{ file: FILE, most: 4_294_967_296 }],
    says: ({ file, most }) => `The export ${file} is larger than ${most} bytes when unpacked.`,
    next: () => advise('Export fewer columns.'),
  }),
  exportBom: failure<{ file: string }>('ExportInvalid', {
    examples: [{ file: FILE }],
    says: ({ file }) => `The export ${file} begins with a byte order mark (BOM).`,
    next: () => advise(`The encoding must be UTF-8 without BOM. ${ASK}`),
  }),
  exportNotUtf8: failure<{ file: string; line: number }>('ExportInvalid', {
    examples: [AT],
    says: ({ file, line }) => `The export ${file} is not UTF-8: line ${line}.`,
    next: () => advise(`The encoding must be UTF-8. ${ASK}`),
  }),
  exportNul: failure<{ file: string; line: number }>('ExportInvalid', {
    examples: [AT],
    says: ({ file, line }) => `The export ${file} contains a NUL byte in line ${line}.`,
    next: () => advise(`The encoding must be UTF-8, not UTF-16. ${ASK}`),
  }),
  exportSeparator: failure<{ file: string; found: 'comma' | 'tab' }>('ExportInvalid', {
    examples: [
      { file: FILE, found: 'comma' },
      { file: FILE, found: 'tab' },
    ],
    says: ({ file, found }) =>
      `The header of the export ${file} is separated by a ${found}, not by a semicolon.`,
    next: () => advise(`The separator must be ";". ${ASK}`),
  }),
  exportLineEnds: failure<{ file: string; line: number }>('ExportInvalid', {
    examples: [AT],
    says: ({ file, line }) => `The export ${file} contains a carriage return outside quotes in line ${line}.`,
    next: () => advise(`Lines must end with a line feed alone. ${ASK}`),
  }),
  exportQuote: failure<{ file: string; line: number }>('ExportInvalid', {
    examples: [AT],
    says: ({ file, line }) => `The export ${file} has a quote in the wrong place in line ${line}.`,
    next: () => advise(`A field with quotes must be in quotes, and its quotes doubled. ${ASK}`),
  }),
  exportFields: failure<{ file: string; line: number; fields: number; header: number }>('ExportInvalid', {
    examples: [{ ...AT, fields: 2, header: 3 }],
    says: ({ file, line, fields, header }) =>
      `The export ${file} has ${fields} fields in line ${line}, and ${header} in its header.`,
    next: () => advise('Export it again. If it happens again, ask Actito.'),
  }),
  exportTooLong: failure<{ file: string; line: number; what: 'field' | 'line'; most: number }>(
    'ExportInvalid',
    {
      examples: [
        { ...AT, what: 'field', most: 65_536 },
        { ...AT, what: 'line', most: 4_194_304 },
      ],
      says: ({ file, line, what, most }) =>
        `The export ${file} has a ${what} of more than ${most} bytes in line ${line}; a quote may be missing.`,
      next: () => advise('Export it again. If it happens again, ask Actito.'),
    },
  ),
  exportColumnMissing: failure<{ file: string; column: string }>('ExportInvalid', {
    examples: [{ file: FILE, column: 'emailAddress' }],
    says: ({ file, column }) => `The export ${file} has no column "${column}".`,
    next: () => advise('Add it to the export in Actito, or correct profiles.export.columns.'),
  }),
  exportColumnTwice: failure<{ file: string; column: string }>('ExportInvalid', {
    examples: [{ file: FILE, column: 'emailAddress' }],
    says: ({ file, column }) => `The export ${file} has the column "${column}" twice.`,
    next: () => advise('Remove one of them from the export in Actito.'),
  }),
  exportEmptyId: failure<{ file: string; line: number }>('ExportInvalid', {
    examples: [AT],
    says: ({ file, line }) => `The export ${file} has no profile ID in line ${line}.`,
    next: () => advise('Check that profiles.export.columns.profileId names the column with the profile IDs.'),
  }),
};
