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

/** Returns the exports that a directory has met, by name. */
export async function readExports(db: Knex, directory: string): Promise<Map<string, KnownExport>> {
  const found = await rows<
    Omit<KnownExport, 'size' | 'modified'> & { size: number | null; modified: Date | null }
  >(
    db,
    `select name, cast(size as float8) as size, modified_at as modified, status, failure,
            cast(load as float8) as load,
            cast(extract(epoch from now() - met_at) * 1000 as float8) as "knownFor"
     from exports where directory = ?`,
    [directory],
  );
  return new Map(
    found.map(({ size, modified, ...rest }) => [
      rest.name,
      { ...rest, size: size ?? undefined, modified: modified ?? undefined },
    ]),
  );
}

/** Whether a file on the server is the version that is known. */
export function isSameVersion(known: KnownExport | undefined, file: ExportVersion): boolean {
  return (
    known !== undefined && known.size === file.size && known.modified?.getTime() === file.modified?.getTime()
  );
}

/**
 * Records that an export cannot be read: it may still be growing, or it is refused. For the same version of the file,
 * the time when it was first met stays.
 */
export async function noteUnread(
  db: Knex,
  directory: string,
  file: ExportVersion,
  { status, failure }: { status: 'incomplete' | 'refused'; failure: Told },
): Promise<void> {
  await db.raw(
    `insert into exports (directory, name, kind, size, modified_at, status, failure)
     values (:directory, :name, :kind, :size, :modified, :status, :failure)
     on conflict (directory, name) do update
     set kind = excluded.kind, size = excluded.size, modified_at = excluded.modified_at, status = excluded.status,
         failure = excluded.failure, load = null, profiles = null,
         met_at = case when exports.size is not distinct from excluded.size
                        and exports.modified_at is not distinct from excluded.modified_at
                       then exports.met_at else now() end`,
    {
      directory,
      name: file.name,
      kind: file.kind,
      size: file.size ?? null,
      modified: file.modified ?? null,
      status,
      failure: JSON.stringify(failure),
    },
  );
}
