import type { Profiles } from '../contacts/profiles.ts';
import { invalid } from '../refusal.ts';

const CHUNK = 64 * 1024;

interface Wanted {
  /** The header of each column, by attribute; default: all attributes by their names. */
  columns: Record<string, string> | undefined;
  /** Only profiles that were created or changed after this number of changes. */
  after: number;
}

/**
 * The CSV of profiles as Actito exports it: UTF-8 without BOM, a header line, separator `;`, lines that end with `\n`,
 * quotes `"` where they are needed. It is made in chunks, so imports continue while it is read.
 * @param counted is increased for each profile
 * @throws Refusal 400 for an attribute that the table does not have.
 */
export async function* profileLines(
  profiles: Profiles,
  { columns = byTheirNames(profiles), after }: Wanted,
  counted: { profiles: number },
): AsyncGenerator<Buffer> {
  const exported = Object.keys(columns).map((name) => {
    const column = profiles.column(name);
    if (!column) throw invalid(`The table has no attribute "${name}".`);
    return column;
  });
  let text = line(Object.values(columns));
  for (const id of profiles.ids(after)) {
    counted.profiles += 1;
    text += line(exported.map((column) => column.get(id) ?? ''));
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function byTheirNames({ attributes }: Profiles): Record<string, string> {
  return Object.fromEntries(attributes.map(({ name }) => [name, name]));
}

function line(fields: string[]): string {
  return fields.map(quoted).join(';') + '\n';
}

function quoted(field: string): string {
  return /[;"\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
