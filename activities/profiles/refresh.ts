import { exportFiles, futureFiles, isExportName, type ExportFile } from '../../actito/exports/names.ts';
import { readExport } from '../../actito/exports/read-export.ts';
import type { Destination } from '../../activation/definition/destination.ts';
import type { Profiles } from '../../activation/definition/profiles.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { Told } from '../../contract/messages/message.ts';
import { tell } from '../../contract/messages/tell.ts';
import type { ReadExport, RefreshSummary } from '../../contract/steps.ts';
import { openDirectory, type Directory, type DirectoryKey } from '../../state/profiles/directory.ts';
import {
  forgetOtherSettings,
  isSameVersion,
  noteReplaced,
  noteSeen,
  noteUnread,
  readExports,
  type KnownBy,
  type KnownExport,
} from '../../state/profiles/exports.ts';
import { loadExport, renewDirectory, type Loaded } from '../../state/profiles/load.ts';
import { connectDelivery, fileServerPeer, resolveExportLogin } from '../destination.ts';
import type { Dependencies } from '../dependencies.ts';
import { cancellation, progress } from '../progress.ts';
import { chooseExports, isRefused } from './choose.ts';
import { copyExport, type ExportCopy } from './copy-export.ts';
import { settingsHash, type ExportSource } from './source.ts';

/** How long a file may be incomplete without changing, in milliseconds. After that, it is refused. */
const MAY_GROW_FOR = 3_600_000;

export interface RefreshOptions {
  /** The name of a full export that may have far fewer profiles than are known. It is read even if it was refused. */
  accept?: string;
}

/**
 * Reads the new exports of a destination into its profile directory. Idempotent. A file that may still be growing is
 * left for the next time. A refused file stops the daily files after it, because they would hide what it says.
 * @throws Failure DeliveryUnavailable, DeliveryRefused; ExportInvalid if the directory would stay empty because of it;
 *   ConfigurationInvalid if the accepted export does not exist
 */
export async function refreshDirectory(
  deps: Dependencies,
  destination: Destination & { profiles: Profiles },
  key: DirectoryKey,
  options: RefreshOptions = {},
): Promise<RefreshSummary> {
  const { state } = deps;
  const directory = await renewDirectory(state, await openDirectory(state, key));
  const login = resolveExportLogin(deps, destination);
  const server = await connectDelivery(deps, login, cancellation());
  try {
    const source = { server, peer: fileServerPeer(login), settings: destination.profiles.export };
    return await refreshFrom(deps, source, directory, options);
  } finally {
    await server.close();
  }
}

/**
 * Reads the new exports of a file server into a directory, which was just opened; see refreshDirectory. The caller closes
 * the server.
 */
export async function refreshFrom(
  deps: Pick<Dependencies, 'state'>,
  source: ExportSource,
  directory: Directory,
  options: RefreshOptions = {},
): Promise<RefreshSummary> {
  const { state } = deps;
  const { server, settings } = source;
  const entries = await server.entries(settings.directory, isExportName(settings));
  requireAccepted(options.accept, exportFiles(entries, settings));
  const by = { directory: directory.id, settings: settingsHash(source, directory.attribute) };
  const isOther = await forgetOtherSettings(state, by);
  const reading = new Reading(deps, source, by, directory, options);
  await reading.readAll(entries, await readExports(state, by));
  await noteSeen(
    state,
    directory.id,
    entries.map(({ name }) => name),
  );
  const { read, notes, refused } = reading;
  if (isOther) notes.unshift(tell('exportSettingsChanged', {}));
  for (const { name } of futureFiles(entries, settings)) notes.push(tell('exportOfFuture', { file: name }));
  const { load, writtenAt } = await openDirectory(state, directory);
  if (load === 0 && refused !== undefined) throw new Failure('noExportUsable', { why: refused });
  return { attribute: directory.attribute, read, notes, writtenAt: writtenAt?.toISOString() ?? null };
}

/** @throws Failure ConfigurationInvalid if the full export that a person accepts does not exist */
function requireAccepted(accept: string | undefined, files: ExportFile[]): void {
  if (accept === undefined) return;
  if (!files.some(({ name, kind }) => name === accept && kind === 'full')) {
    throw new Failure('noFullExport', { file: accept });
  }
}

class Reading {
  readonly read: ReadExport[] = [];
  readonly notes: Told[] = [];
  /** Why the first export that cannot be used is refused. */
  refused: string | undefined;
  readonly #deps: Pick<Dependencies, 'state'>;
  readonly #source: ExportSource;
  readonly #by: KnownBy;
  #directory: Directory;
  readonly #options: RefreshOptions;

  constructor(
    deps: Pick<Dependencies, 'state'>,
    source: ExportSource,
    by: KnownBy,
    directory: Directory,
    options: RefreshOptions,
  ) {
    this.#deps = deps;
    this.#source = source;
    this.#by = by;
    this.#directory = directory;
    this.#options = options;
  }

  async readAll(
    entries: Parameters<typeof chooseExports>[0],
    known: Map<string, KnownExport>,
  ): Promise<void> {
    const unusable = new Set<string>();
    const late = new Set<string>();
    let gap: string[] = [];
    for (let again = true; again;) {
      again = false;
      const usable = entries.filter(({ name }) => !unusable.has(name));
      const { toRead, tooLate, missing } = chooseExports(usable, this.#source.settings, known);
      gap = missing;
      for (const { name } of tooLate) late.add(name);
      for (const file of toRead) {
        const taken = await this.#take(file, known);
        if (taken === 'read') continue;
        // Without a full export, the files before it count.
        again = taken === 'overtaken' || file.kind === 'full';
        if (taken === 'unusable') unusable.add(file.name);
        break;
      }
    }
    const { replaced } = chooseExports(entries, this.#source.settings, known);
    await noteReplaced(this.#deps.state, this.#by, replaced);
    for (const name of late) this.notes.push(tell('exportTooLate', { file: name }));
    if (gap.length > 0) this.notes.push(tell('exportDayMissing', { days: gap }));
  }

  /** @returns `unusable` if it cannot be used (yet); `overtaken` if another worker has read something meanwhile */
  async #take(file: ExportFile, known: Map<string, KnownExport>): Promise<'read' | 'unusable' | 'overtaken'> {
    const isAccepted = this.#options.accept === file.name;
    if (isRefused(file, known) && !isAccepted) {
      this.#refuse(file, known.get(file.name)!.failure!);
      return 'unusable';
    }
    const before = known.get(file.name);
    let copied = file;
    try {
      const copy = await copyExport(this.#source, file);
      copied = asCopied(file, copy);
      const isKnown = isSameVersion(before, file) || isSameVersion(before, copied);
      const loaded = await this.#load(file, copy, { isCertain: copied === file || isKnown, isAccepted });
      if (loaded === null) {
        this.#directory = await openDirectory(this.#deps.state, this.#directory);
        for (const [name, read] of await readExports(this.#deps.state, this.#by)) known.set(name, read);
        return 'overtaken';
      }
      const { load, profiles, unusable } = loaded;
      this.read.push({ file: file.name, kind: file.kind, profiles, unusable });
      known.set(file.name, { ...file, status: 'read', failure: null, load, knownFor: 0 });
      this.#directory = { ...this.#directory, load };
      return 'read';
    } catch (error) {
      if (!isFailure(error, 'ExportInvalid')) throw error;
      await this.#note(copied, error, before);
      return 'unusable';
    }
  }

  /** Closes the copy. */
  async #load(
    file: ExportFile,
    copy: ExportCopy,
    { isCertain, isAccepted }: { isCertain: boolean; isAccepted: boolean },
  ): Promise<Loaded | null> {
    const { columns } = this.#source.settings;
    const { settings } = this.#by;
    const report = progress();
    try {
      if (!isCertain) throw new Failure('exportIncomplete', { file: file.name, why: 'once' });
      const wanted = [columns.profileId, columns[this.#directory.attribute]!];
      const lines = reported(readExport(copy.read(), { name: file.name, columns: wanted }), report);
      return await loadExport(this.#deps.state, this.#directory, {
        file,
        settings,
        lines,
        mayShrink: isAccepted,
      });
    } finally {
      await copy.close();
    }
  }

  async #note(file: ExportFile, failure: Failure, before: KnownExport | undefined): Promise<void> {
    const { state } = this.#deps;
    const waits = failure.told.reason === 'exportIncomplete';
    const since = isSameVersion(before, file) ? before!.knownFor : 0;
    if (waits && since < MAY_GROW_FOR) {
      await noteUnread(state, this.#by, file, { status: 'incomplete', failure: failure.told });
      this.notes.push(tell('exportWaits', { file: file.name }));
      return;
    }
    const hours = Math.floor(since / 3_600_000);
    const final = waits ? new Failure('exportStaysIncomplete', { file: file.name, hours }) : failure;
    await noteUnread(state, this.#by, file, { status: 'refused', failure: final.told });
    this.#refuse(file, final.told);
  }

  #refuse({ name, kind }: ExportFile, why: Told): void {
    this.refused ??= why.message;
    this.notes.push(tell('exportRefused', { file: name, full: kind === 'full', why: why.message }));
  }
}

/**
 * If the server reports neither size nor time, the size of the copy is the version of the file until it is read: two
 * refreshes must find the same.
 */
function asCopied(file: ExportFile, { bytes }: ExportCopy): ExportFile {
  return file.size === undefined && file.modified === undefined ? { ...file, size: bytes } : file;
}

/** Reports progress with each batch, and obeys cancellation. */
async function* reported(
  batches: AsyncIterable<Buffer>,
  report: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const signal = cancellation();
  let bytes = 0;
  for await (const batch of batches) {
    signal.throwIfAborted();
    report((bytes += batch.length));
    yield batch;
  }
}
