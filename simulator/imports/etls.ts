import { z } from 'zod';
import type { Profiles } from '../contacts/profiles.ts';
import { shaped } from '../http/body.ts';
import type { Licence } from '../licence.ts';
import { invalid, notFound } from '../refusal.ts';
import { IMPORT_MODES, type ImportJob, lookUp, Separator } from './job.ts';

const NewEtl = z.strictObject({
  id: z.string().regex(/^\w+$/, 'must be letters, digits and underscores').optional(),
  /** Name or id of the profile table. The simulator has only one. */
  table: z.string().optional(),
  mode: z.enum(IMPORT_MODES).default('UPDATE_ONLY'),
  /** The unique attribute that identifies the profile of a row. */
  key: z.string(),
  /** The attribute of each column, by the column's header. */
  columns: z.record(z.string(), z.string()),
  /** A file may have some of the columns (`subset`), or must have `all`. */
  columnsPolicy: z.enum(['subset', 'all']).default('subset'),
  separator: Separator.default(';'),
  /** Default: the setting of the license. */
  emptyValue: z.enum(['clears', 'ignored']).optional(),
});

const EtlChange = z.strictObject({ mode: z.enum(IMPORT_MODES) });

export type EtlChange = z.infer<typeof EtlChange>;
/** The form in which a marketer defines an ETL. */
export type NewEtl = z.input<typeof NewEtl>;
/** A pre-defined import, with everything except the file. */
export type Etl = z.output<typeof NewEtl> & { id: string; table: string };

/** The ETLs that were defined in Actito's interface. The API can only read and run them. */
export class Etls {
  readonly #etls = new Map<string, Etl>();
  readonly #parts: { profiles: Profiles; nextId: () => string };

  constructor(parts: { profiles: Profiles; nextId: () => string }) {
    this.#parts = parts;
  }

  all(): Etl[] {
    return [...this.#etls.values()];
  }

  /** @throws Refusal 404. */
  get(id: string): Etl {
    const etl = this.#etls.get(id);
    if (!etl) throw notFound(`ETL ${id}`);
    return etl;
  }

  /** @throws Refusal 400 for an id that exists, or a mapping that the table does not allow. */
  add(body: unknown): Etl {
    const { profiles, nextId } = this.#parts;
    const { id = nextId(), table = profiles.id, ...more } = shaped(NewEtl, body);
    if (this.#etls.has(id)) throw invalid(`An ETL ${id} exists already.`);
    if (table !== profiles.id && table !== profiles.name) {
      throw invalid(`There is no profile table ${table}.`);
    }
    lookUp(Object.values(more.columns), more.key, profiles);
    checkMode(more.key, more.mode);
    const etl = { ...more, id, table: profiles.id };
    this.#etls.set(id, etl);
    return etl;
  }

  /** Changes its mode; imports in the queue keep theirs. @throws Refusal 400 or 404. */
  change(id: string, body: unknown): Etl {
    const etl = this.get(id);
    const { mode } = shaped(EtlChange, body);
    checkMode(etl.key, mode);
    return Object.assign(etl, { mode });
  }

  /** Imports in the queue still run. @throws Refusal 404. */
  remove(id: string): void {
    this.#etls.delete(this.get(id).id);
  }
}

function checkMode(key: string, mode: Etl['mode']): void {
  if (key === 'profileId' && mode !== 'UPDATE_ONLY') {
    throw invalid('A profile that is created cannot be given its profileId.');
  }
}

/** Makes the import of a file by an ETL. Errors in the file's header show when it runs. */
export function jobOf(etl: Etl, licence: Licence): ImportJob {
  const { id: etlId, table: tableId, mode, key, separator, columns } = etl;
  return {
    tableId,
    mode,
    key,
    separator,
    etlId,
    attributes: Object.values(columns),
    emptyValue: etl.emptyValue ?? licence.emptyValue,
    columnsOf: (header) => mapped(etl, header),
  };
}

function mapped({ columns, columnsPolicy, key }: Etl, header: readonly string[]): string[] {
  const unknown = header.filter((name) => !Object.hasOwn(columns, name));
  if (unknown.length > 0) throw invalid(`The ETL maps no column ${listed(unknown)}.`);
  const missing = Object.keys(columns).filter((name) => !header.includes(name));
  if (columnsPolicy === 'all' && missing.length > 0) {
    throw invalid(`The file lacks the column ${listed(missing)}; the ETL wants all of its columns.`);
  }
  const withoutKey = missing.filter((name) => columns[name] === key);
  if (withoutKey.length > 0) throw invalid(`The file lacks the column ${listed(withoutKey)}, the ETL's key.`);
  return header.map((name) => columns[name]!);
}

function listed(names: string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
