import type { ExportFile } from '../../actito/exports/names.ts';
import { spoolContent, type UnnamedFile } from '../../actito/files/spool.ts';
import { pathIn } from '../../actito/delivery/file-server.ts';
import { Failure, isFailure } from '../../contract/failure.ts';
import type { ExportSource } from './source.ts';

/** A copy of an export on the worker's disk, with its size in bytes. */
export interface ExportCopy extends UnnamedFile {
  bytes: number;
}

/**
 * Copies an export, so that a slow server keeps no transaction open. A file that is still being written can end with a
 * whole line, so its size and time before and after the copy must be the same, as far as the server reports them.
 * @throws Failure ExportInvalid (exportIncomplete), DeliveryUnavailable, DeliveryRefused
 */
export async function copyExport(source: ExportSource, file: ExportFile): Promise<ExportCopy> {
  const { server, settings } = source;
  let bytes = 0;
  async function* counted() {
    for await (const part of server.read(pathIn(settings.directory, file.name))) {
      bytes += part.length;
      yield part;
    }
  }
  const changed = () => new Failure('exportIncomplete', { file: file.name, why: 'changed' });
  const copy = await spoolContent(counted()).catch(async (error: unknown) => {
    // It may have been renamed or removed since it was listed.
    const mayBeGone =
      isFailure(error, 'DeliveryRefused') ||
      (isFailure(error, 'DeliveryUnavailable') && error.told.reason === 'fileGone');
    if (mayBeGone && !(await isUnchanged(source, file))) throw changed();
    throw error;
  });
  try {
    const isWhole = (file.size ?? bytes) === bytes;
    if (!isWhole || !(await isUnchanged(source, file))) {
      throw changed();
    }
  } catch (error) {
    await copy.close();
    throw error;
  }
  return { ...copy, bytes };
}

async function isUnchanged({ server, settings }: ExportSource, file: ExportFile): Promise<boolean> {
  const [latest] = await server.entries(settings.directory, (name) => name === file.name);
  return (
    latest !== undefined &&
    latest.size === file.size &&
    latest.modified?.getTime() === file.modified?.getTime()
  );
}
