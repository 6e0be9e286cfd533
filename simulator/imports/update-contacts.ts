import { createReadStream } from 'node:fs';
import { type Profiles, TAKEN } from '../contacts/profiles.ts';
import { READ_CHUNK, readCsv } from '../csv.ts';
import type { Faults } from '../faults.ts';
import type { ImportPlan } from './definition.ts';
import { RowsInError } from './rows-in-error.ts';

export interface RowCounts {
  read: number;
  updated: number;
  inError: number;
}

/**
 * The work of one UPDATE_ONLY import: every row is applied whole or is a row in error; no contact is created.
 * @throws when the file breaks off or is not regular CSV; the rows before that stay applied.
 */
export async function updateContacts(
  plan: ImportPlan,
  files: { data: string; rowsInError: string },
  profiles: Profiles,
  faults: Faults,
  signal: AbortSignal,
): Promise<RowCounts> {
  const { separator } = plan.fileFormat;
  const refuse = faults.strike('importRefusesRows');
  const breakAfter = faults.strike('importFails') && Math.floor((await countRows(files.data, separator)) / 2);
  const errors = new RowsInError(files.rowsInError, plan.key);
  const counts: RowCounts = { read: 0, updated: 0, inError: 0 };

  const onRecord = (fields: string[], number: number, line: number) => {
    if (number === 1) return; // the header, checked when the file was received
    if (counts.read === breakAfter)
      throw new Error('The import failed by a fault switch, after half of its rows.');
    counts.read += 1;
    const key = fields[plan.keyColumn]!;
    if (refuse && counts.read % refuse.every === 0) {
      return errors.add(line, key, refuse.code, 'refused by a fault switch');
    }
    const problem = updateContact(plan, profiles, key, fields);
    if (problem) errors.add(line, key, problem.code, problem.message);
    else counts.updated += 1;
  };

  try {
    await readCsv(createReadStream(files.data, READ_CHUNK), separator, onRecord, signal);
    if (breakAfter === 0) throw new Error('The import failed by a fault switch.');
  } finally {
    errors.close();
  }
  return { ...counts, inError: errors.count };
}

interface Problem {
  code: string;
  message: string;
}

function updateContact(
  plan: ImportPlan,
  profiles: Profiles,
  key: string,
  fields: string[],
): Problem | undefined {
  if (key === '') return { code: 'INVALID_VALUE', message: `${plan.key} is empty` };
  const row = profiles.find(plan.keyAttribute, key);
  if (!row) return { code: 'PROFILE_NOT_FOUND', message: `no profile has this ${plan.key}` };
  const values = fields.toSpliced(plan.keyColumn, 1);
  for (const [i, attribute] of plan.written.entries()) {
    const complaint = profiles.complaintAbout(attribute, values[i]!, row);
    if (complaint) {
      const code = complaint === TAKEN ? 'NOT_UNIQUE' : 'INVALID_VALUE';
      return { code, message: `${attribute.name} is ${complaint}` };
    }
  }
  profiles.update(row, plan.written, values);
  return undefined;
}

async function countRows(path: string, separator: string): Promise<number> {
  let records = 0;
  await readCsv(createReadStream(path, READ_CHUNK), separator, (_fields, number) => {
    records = number;
  });
  return records - 1;
}
