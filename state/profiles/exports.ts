import type { Knex } from 'knex';
import type { Told } from '../../contract/messages/message.ts';
import { rows } from '../state.ts';

/** A version of an export on the file server. */
export interface ExportVersion {
  name: string;
  kind: 'daily' | 'full';
  /** In bytes; undefined if the server does not tell. */
  size: number | undefined;
  modified: Date | undefined;
}

/** What is known of an export. */
export interface KnownExport {
  name: string;
  size: number | undefined;
  modified: Date | undefined;
  status: 'read' | 'incomplete' | 'refused';
  failure: Told | null;
  /** The directory's number for its last reading; null if this version was not read. */
  load: number | null;
  /** For how long this version of the file has been known, in milliseconds. */
  knownFor: number;
}

/** Which exports count as known: those of a directory that were met with the present settings. */
export interface KnownBy {
  /** The id of the directory. */
  directory: string;
  /** A hash of the settings by which exports are read. */
  settings: string;
}

/** Returns the exports that a directory has met with these settings, by name. */
export async function readExports(
  db: Knex,
  { directory, settings }: KnownBy,
): Promise<Map<string, KnownExport>> {
  const found = await rows<
    Omit<KnownExport, 'size' | 'modified'> & { size: number | null; modified: Date | null }
  >(
    db,
    `select name, cast(size as float8) as size, modified_at as modified, status, failure,
            cast(load as float8) as load,
            cast(extract(epoch from now() - met_at) * 1000 as float8) as "knownFor"
     from exports where directory = :directory and settings = :settings`,
    { directory, settings },
  );
  return new Map(
    found.map(({ size, modified, ...rest }) => [
      rest.name,
      { ...rest, size: size ?? undefined, modified: modified ?? undefined },
    ]),
  );
}

/**
 * Forgets all exports of a directory if it has met one with other settings, so they count as unread: their content was
 * read from other columns, or from other files of the same names. Exports that were met with the present settings are
 * forgotten too, because what was read with the others may have replaced them.
 * @returns whether the directory has profiles that were read with other settings
 */
export async function forgetOtherSettings(db: Knex, { directory, settings }: KnownBy): Promise<boolean> {
  const [found] = await rows<{ others: boolean }>(
    db,
    `with forgotten as (
       delete from exports where directory = :directory and exists (
         select from exports other where other.directory = :directory and other.settings <> :settings)
       returning load, settings
     )
     select exists (select from forgotten where load is not null and settings <> :settings) as others`,
    { directory, settings },
  );
  return found!.others;
}

/** Whether a file on the server is the version that is known. */
export function isSameVersion(known: KnownExport | undefined, file: ExportVersion): boolean {
  return (
    known !== undefined && known.size === file.size && known.modified?.getTime() === file.modified?.getTime()
  );
}

/** Records that these exports are on the server. Writes only what is older than half a day. */
export async function noteSeen(db: Knex, directory: string, names: readonly string[]): Promise<void> {
  await db.raw(
    `update exports set seen_at = now()
     where directory = :directory and name = any(cast(:names as text[])) and seen_at < now() - interval '12 hours'`,
    { directory, names },
  );
}

/** What became of an export: it was read by a load, or cannot be read. */
type Outcome =
  { status: 'read'; load: number; profiles?: number } | { status: 'incomplete' | 'refused'; failure: Told };

/**
 * Returns the parameter of RECORD_EXPORTS: what became of these exports.
 */
export function exportRecords(
  { directory, settings }: KnownBy,
  files: readonly ExportVersion[],
  outcome: Outcome,
): string {
  return JSON.stringify(
    files.map(({ name, kind, size, modified }) => ({
      directory,
      settings,
      name,
      kind,
      size,
      modified_at: modified,
      ...outcome,
    })),
  );
}

/**
 * SQL with one parameter, the result of `exportRecords`: records what became of exports. For the same version of a file,
 * the time when it was first met stays.
 */
export function recordExportsSql(parameter: '?' | '$1'): string {
  return `
    insert into exports (directory, name, kind, size, modified_at, status, failure, settings, load, profiles)
    select directory, name, kind, size, modified_at, status, failure, settings, load, profiles
    from json_populate_recordset(null::exports, cast(${parameter} as json))
    on conflict (directory, name) do update
    set kind = excluded.kind, size = excluded.size, modified_at = excluded.modified_at, status = excluded.status,
        failure = excluded.failure, settings = excluded.settings, load = excluded.load, profiles = excluded.profiles,
        met_at = case when exports.size is not distinct from excluded.size
                       and exports.modified_at is not distinct from excluded.modified_at
                      then exports.met_at else now() end`;
}

/** Records that an export cannot be read: it may still be growing, or it is refused. */
export async function noteUnread(
  db: Knex,
  by: KnownBy,
  file: ExportVersion,
  outcome: { status: 'incomplete' | 'refused'; failure: Told },
): Promise<void> {
  await db.raw(recordExportsSql('?'), [exportRecords(by, [file], outcome)]);
}

/**
 * Records files as read by the load of a newer full export. So they do not come back if another version of that export
 * cannot be read: they could name profiles that no longer exist.
 */
export async function noteReplaced(
  db: Knex,
  by: KnownBy,
  { files, load }: { files: readonly ExportVersion[]; load: number },
): Promise<void> {
  if (files.length === 0) return;
  await db.raw(recordExportsSql('?'), [exportRecords(by, files, { status: 'read', load })]);
}
