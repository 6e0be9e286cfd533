import { exportFiles, futureFiles, type ExportFile } from '../../actito/exports/names.ts';
import { HOUR } from '../../activation/periods.ts';
import { readExport } from '../../actito/exports/read-export.ts';
import { connectFileServer } from '../../actito/delivery/connect.ts';
import { pathIn, type FileServer } from '../../actito/delivery/file-server.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import { PROFILE_ID } from '../../activation/definition/list.ts';
import type { Profiles } from '../../activation/definition/profiles.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import { tell } from '../../contract/messages/tell.ts';
import { resolveExportLogin } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { probe, type Probed } from './probe.ts';

/**
 * Checks whether a profile directory can be read: its server, the folder, the names of the files, the age of the newest
 * one, and its columns. Reads only the beginning of a file and changes nothing.
 */
export function probeExports(
  deps: Dependencies,
  id: string,
  destination: Destination & { profiles: Profiles },
): Promise<Probed> {
  const { export: settings, maxAge } = destination.profiles;
  const { directory } = settings;
  return probe({
    name: `exports of ${id}`,
    advice: tell('adviseExports', { destination: id, directory }),
    look: async (signal) => {
      const login = resolveExportLogin(deps, destination);
      const server = await connectFileServer(login, signal);
      try {
        const entries = await server.entries(directory);
        const files = exportFiles(entries, settings);
        const ignored = futureFiles(entries, settings).map(({ name }) =>
          tell('exportOfFuture', { file: name }),
        );
        const newest = newestOf(files);
        if (newest === undefined) throw noExports(settings, entries.length);
        const age = ageOf(newest);
        const hours = age === null ? null : Math.floor(age / HOUR);
        if (age !== null && hours !== null && age > maxAge) {
          throw new Failure('exportsOld', { file: newest.name, hours, limit: maxAge / HOUR });
        }
        const { name: read, columns } = await readHeader(server, files, settings);
        const full = files.filter(({ kind }) => kind === 'full').length;
        const found = { daily: files.length - full, full, newest: newest.name, hours, read, columns };
        const place = `${login.protocol}://${login.host}:${login.port}`;
        return { says: [tell('exportsReadable', { server: place, directory, ...found }), ...ignored] };
      } finally {
        await server.close();
      }
    },
  });
}

function noExports({ directory, file, full }: Profiles['export'], others: number): Failure {
  return new Failure('exportsMissing', {
    directory,
    patterns: full === undefined ? [file] : [file, full],
    others,
  });
}

/** The file that Actito wrote last. Some servers do not say when; then the order of names counts. */
function newestOf(files: readonly ExportFile[]): ExportFile | undefined {
  return files.reduce<ExportFile | undefined>(
    (newest, file) => (newest && timeOf(file) < timeOf(newest) ? newest : file),
    undefined,
  );
}

function timeOf({ modified }: ExportFile): number {
  return modified?.getTime() ?? 0;
}

/** In milliseconds; null if the server does not report when a file was written. */
function ageOf({ modified }: ExportFile): number | null {
  return modified === undefined ? null : Math.max(0, Date.now() - modified.getTime());
}

/** Reads the beginning of the newest file that is complete. @throws Failure ExportInvalid */
async function readHeader(
  server: FileServer,
  files: readonly ExportFile[],
  { directory, columns }: Profiles['export'],
): Promise<{ name: string; columns: number }> {
  const { [PROFILE_ID]: first, ...others } = columns;
  const wanted = [first, ...Object.values(others)];
  const newestFirst = files.toReversed().sort((one, other) => timeOf(other) - timeOf(one));
  let incomplete: unknown;
  for (const { name } of newestFirst) {
    try {
      const content = server.read(pathIn(directory, name));
      const lines = readExport(content, { name, columns: wanted });
      await lines.next();
      await lines.return();
      return { name, columns: wanted.length };
    } catch (error) {
      // Actito may be writing it.
      if (!isFailure(error) || error.told.reason !== 'exportIncomplete') throw error;
      incomplete ??= error;
    }
  }
  throw incomplete;
}
