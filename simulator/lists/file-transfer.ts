import { z } from 'zod';
import { shaped } from '../http/body.ts';
import { invalid, notFound } from '../refusal.ts';

/** A folder on the customer's server, as defined in Actito. */
export interface FileTransferLocation {
  id: string;
  name: string;
  protocol: 'SFTP';
  host: string;
  port: number;
  directory: string;
}

const NewSynchronization = z.strictObject({
  name: z.string().min(1).max(255),
  fileTransferLocationId: z.string(),
  fileName: z.string().regex(/^[^/\\\0]{1,255}$/, 'must be a plain file name'),
  separator: z.literal(';'),
  encoding: z.literal('UTF-8'),
});

/** The file that Actito expects: a name and a location. */
export interface FileSynchronization {
  id: string;
  name: string;
  fileTransferLocationId: string;
  fileName: string;
}

/**
 * The license's file synchronizations and file transfer locations. The only location is the simulator's SFTP server.
 */
export class FileTransfer {
  readonly locations: FileTransferLocation[];
  readonly synchronizations: FileSynchronization[] = [];
  readonly #nextId: () => string;

  constructor(location: Omit<FileTransferLocation, 'id'>, nextId: () => string) {
    this.#nextId = nextId;
    this.locations = [{ id: nextId(), ...location }];
  }

  /** Adds a file synchronization. @throws Refusal 400, also for a name or an expected file that another one has. */
  add(body: unknown): FileSynchronization {
    const { name, fileTransferLocationId, fileName } = shaped(NewSynchronization, body);
    if (fileName === '.' || fileName === '..') throw invalid('fileName: must be a plain file name');
    if (!this.locations.some(({ id }) => id === fileTransferLocationId)) {
      throw invalid(`There is no file transfer location ${fileTransferLocationId}.`);
    }
    if (this.synchronizations.some((other) => other.name === name)) {
      throw invalid('A file synchronization of this name exists already.');
    }
    if (this.synchronizations.some((other) => other.fileName === fileName)) {
      throw invalid('Another file synchronization expects this file already.');
    }
    const synchronization = { id: this.#nextId(), name, fileTransferLocationId, fileName };
    this.synchronizations.push(synchronization);
    return synchronization;
  }

  synchronization(id: string): FileSynchronization {
    const found = this.synchronizations.find((each) => each.id === id);
    if (!found) throw notFound(`File synchronization ${id}`);
    return found;
  }
}
