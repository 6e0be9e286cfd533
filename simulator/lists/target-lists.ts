import { z } from 'zod';
import { shaped } from '../http/body.ts';
import { type Clock, toMoment } from '../clock.ts';
import type { Profiles } from '../contacts/profiles.ts';
import { invalid, notFound } from '../refusal.ts';
import type { FileTransfer } from './file-transfer.ts';
import { Members } from './members.ts';

const ListBody = z.strictObject({
  name: z.string().min(1).max(255),
  description: z.string().max(1000),
  fileSynchronizationId: z.string(),
  identifierAttribute: z.string(),
  validityHours: z.int().positive(),
});

/** The last file that Actito found for a list. */
export interface RetrievedFile {
  name: string;
  retrievedMoment: string;
  /** The number of identifiers in the file, including unknown and duplicate ones. */
  lines: number;
  /** Why the file changed nothing. */
  errorMessage?: string;
}

/** An external target list as the API shows it. */
export interface ListView extends z.infer<typeof ListBody> {
  id: string;
  /** The number of current targets: 0 before the first file and after the expiration date. */
  numberOfProfiles: number;
  lastRetrievedFile: RetrievedFile | null;
  expirationDate: string | null;
}

/** An external target list, with its content as profile ids. */
export interface TargetList extends z.infer<typeof ListBody> {
  id: string;
  members: Members;
  lastRetrievedFile: RetrievedFile | null;
  /** Milliseconds since the epoch; null until a file was retrieved. */
  expires: number | null;
}

/** The external target lists of the profile table. */
export class TargetLists {
  readonly #parts: { clock: Clock; profiles: Profiles; fileTransfer: FileTransfer; nextId: () => string };
  readonly #lists = new Map<string, TargetList>();

  constructor(parts: { clock: Clock; profiles: Profiles; fileTransfer: FileTransfer; nextId: () => string }) {
    this.#parts = parts;
  }

  all(): TargetList[] {
    return [...this.#lists.values()];
  }

  /** @throws Refusal 404. */
  get(id: string): TargetList {
    const list = this.#lists.get(id);
    if (!list) throw notFound(`External target list ${id}`);
    return list;
  }

  named(name: string): TargetList | undefined {
    return this.all().find((list) => list.name === name);
  }

  /** @throws Refusal 400. */
  add(body: unknown): TargetList {
    const fields = this.#checked(body);
    const id = this.#parts.nextId();
    const list = { id, ...fields, members: new Members(), lastRetrievedFile: null, expires: null };
    this.#lists.set(id, list);
    return list;
  }

  /** A new validity applies from the next retrieved file on. @throws Refusal 400 or 404. */
  change(id: string, body: unknown): TargetList {
    const list = this.get(id);
    return Object.assign(list, this.#checked(body, list));
  }

  /** @throws Refusal 404. */
  remove(id: string): void {
    this.#lists.delete(this.get(id).id);
  }

  isExpired(list: TargetList): boolean {
    return list.expires !== null && this.#parts.clock.now() >= list.expires;
  }

  /** Returns the profile ids that a campaign would target now. */
  targeted(list: TargetList): Members {
    if (this.isExpired(list)) return new Members();
    const { profiles } = this.#parts;
    return profiles.hasDeleted ? list.members.only((id) => profiles.has(id)) : list.members;
  }

  view(list: TargetList): ListView {
    const { id, name, description, fileSynchronizationId, identifierAttribute, validityHours } = list;
    return {
      id,
      name,
      description,
      fileSynchronizationId,
      identifierAttribute,
      validityHours,
      numberOfProfiles: this.targeted(list).size,
      lastRetrievedFile: list.lastRetrievedFile,
      expirationDate: list.expires === null ? null : toMoment(list.expires),
    };
  }

  #checked(body: unknown, self?: TargetList): z.infer<typeof ListBody> {
    const fields = shaped(ListBody, body);
    const { profiles, fileTransfer } = this.#parts;
    const others = this.all().filter((list) => list !== self);
    if (others.some(({ name }) => name === fields.name)) {
      throw invalid('An external target list of this name exists already.');
    }
    if (!fileTransfer.synchronizations.some(({ id }) => id === fields.fileSynchronizationId)) {
      throw invalid(`There is no file synchronization ${fields.fileSynchronizationId}.`);
    }
    if (others.some((list) => list.fileSynchronizationId === fields.fileSynchronizationId)) {
      throw invalid('Another list reads this file synchronization already.');
    }
    if (!profiles.attribute(fields.identifierAttribute)?.unique) {
      throw invalid(`The table has no unique attribute "${fields.identifierAttribute}".`);
    }
    return fields;
  }
}
