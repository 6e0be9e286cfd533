import { createReadStream } from 'node:fs';
import { TAKEN } from '../contacts/column.ts';
import type { Contact, Profiles } from '../contacts/profiles.ts';
import { READ_CHUNK, readCsv } from '../csv.ts';
import type { Faults } from '../faults.ts';
import type { ImportRecord } from './import-queue.ts';
import { type Columns, type ImportJob, lookUp } from './job.ts';
import { RowsInError } from './rows-in-error.ts';

export interface RowCounts {
  read: number;
  updated: number;
  /** Only for an import that may create profiles. */
  created?: number;
  inError: number;
}

interface Context {
  profiles: Profiles;
  faults: Faults;
  signal: AbortSignal;
}

/**
 * Runs an import. Each row is either applied completely, or becomes a row in error with its line in its own file.
 * @throws if a file is incomplete, is not regular CSV, or has an invalid header; earlier rows stay applied.
 */
export async function importRows(
  record: ImportRecord,
  rowsInError: string,
  { profiles, faults, signal }: Context,
): Promise<RowCounts> {
  const { job, upload } = record;
  const refuse = faults.strike('importRefusesRows');
  const breakAfter = faults.strike('importFails') && Math.floor((await countRows(upload.files, job)) / 2);
  const errors = new RowsInError(rowsInError, job.key);
  const counts = { read: 0, updated: 0, created: 0 };
  let columns: Columns | undefined; // in the file that is being read

  const onRecord = (fields: readonly string[], number: number, line: number) => {
    if (number === 1) {
      record.columns = job.columnsOf(fields);
      columns = lookUp(record.columns, job.key, profiles);
      return;
    }
    if (counts.read === breakAfter)
      throw new Error('The import failed by a fault switch, after half of its rows.');
    counts.read += 1;
    const key = fields[columns!.keyAt]!;
    if (refuse && counts.read % refuse.every === 0) {
      return errors.add(line, key, refuse.code, 'refused by a fault switch');
    }
    const done = importRow(job, columns!, profiles, fields);
    if (typeof done === 'object') errors.add(line, key, done.code, done.message);
    else counts[done] += 1;
  };

  try {
    for (const path of upload.files) {
      columns = undefined;
      await readCsv(createReadStream(path, READ_CHUNK), job.separator, onRecord, signal);
      if (!columns) throw new Error('The file is empty.');
    }
    if (breakAfter === 0) throw new Error('The import failed by a fault switch.');
  } finally {
    errors.close();
  }
  const { read, updated, created } = counts;
  return { read, updated, ...(job.mode === 'UPDATE_ONLY' ? {} : { created }), inError: errors.count };
}

interface Problem {
  code: string;
  message: string;
}

function importRow(
  { mode, key: keyName, emptyValue }: ImportJob,
  columns: Columns,
  profiles: Profiles,
  fields: readonly string[],
): 'updated' | 'created' | Problem {
  const { written } = columns;
  const key = fields[columns.keyAt]!;
  if (key === '') return { code: 'INVALID_VALUE', message: `${keyName} is empty` };
  const id = columns.key.find(key);
  if (id === undefined) {
    if (mode === 'UPDATE_ONLY')
      return { code: 'PROFILE_NOT_FOUND', message: `no profile has this ${keyName}` };
    const values = written.map(({ column, at }) => [column.attribute.name, fields[at]!] as const);
    return create({ [keyName]: key, ...Object.fromEntries(values) }, profiles);
  }
  if (mode === 'CREATE_ONLY') return { code: 'PROFILE_EXISTS', message: `a profile has this ${keyName}` };
  const ignoresEmpty = emptyValue === 'ignored';
  for (const { column, at } of written) {
    const value = fields[at]!;
    if (value === '' && ignoresEmpty) continue;
    const complaint = column.complaintAbout(value, id);
    if (complaint !== undefined) return problem(column.attribute.name, complaint);
  }
  for (const { column, at } of written) {
    if (fields[at] !== '' || !ignoresEmpty) column.set(id, fields[at]!);
  }
  profiles.noteUpdate(id);
  return 'updated';
}

function create(contact: Contact, profiles: Profiles): 'created' | Problem {
  const wrong = profiles.complaintAboutNew(contact);
  if (wrong) return problem(wrong.attribute, wrong.complaint);
  profiles.insert(contact);
  return 'created';
}

function problem(attribute: string, complaint: string): Problem {
  return {
    code: complaint === TAKEN ? 'NOT_UNIQUE' : 'INVALID_VALUE',
    message: `${attribute} is ${complaint}`,
  };
}

async function countRows(paths: string[], { separator }: ImportJob): Promise<number> {
  let rows = 0;
  for (const path of paths) {
    await readCsv(createReadStream(path, READ_CHUNK), separator, (_fields, number) => {
      if (number > 1) rows += 1;
    });
  }
  return rows;
}
