import { toMoment } from './clock.ts';
import type { Attribute } from './contacts/attributes.ts';
import type { Contact, Profiles } from './contacts/profiles.ts';
import type { ExportedFile, ExportView } from './exports/exports.ts';
import type { NewExport } from './exports/standard-export.ts';
import type { FaultName, Faults, FaultSetting } from './faults.ts';
import type { ImportRecord } from './imports/import-queue.ts';
import type { RowCounts } from './imports/import-rows.ts';
import type { Packing } from './imports/unpack.ts';
import { changeLicence, type Licence } from './licence.ts';
import type { ListView, TargetList } from './lists/target-lists.ts';
import { type Marketer, marketer } from './marketer.ts';
import { notFound } from './refusal.ts';
import type { World } from './world.ts';

/** An external target list, and whether its last file has expired. */
export interface InspectedList extends ListView {
  expired: boolean;
}

/** An import, without its file's content. */
export interface InspectedImport {
  id: string;
  status: ImportRecord['status'];
  message?: string;
  tableId: string;
  mode: string;
  key: string;
  /** The attributes in the file; before an ETL has begun, the possible ones. */
  columns: string[];
  /** The pre-defined ETL; none for a one-shot import. */
  etlId?: string;
  /** The name of the data file, and how it was packed. */
  fileName: string;
  packing: Packing;
  /** Set when the import has ended, unless it failed. */
  rows?: RowCounts;
  /** ISO 8601, UTC. */
  created: string;
}

/** Names a contact by its value in a unique attribute. */
interface ContactKey {
  attribute: string;
  value: string;
}

/** What an observer of Actito can read and do without its API. Values are as the last import sent them. */
export interface Inspection extends Marketer {
  /** Adds contacts. @returns their number. @throws at the first invalid contact; the earlier ones stay. */
  seedContacts(contacts: Iterable<Contact> | AsyncIterable<Contact>): Promise<number>;
  contactCount(): number;
  /** Returns the contact with this value of a unique attribute. @throws when the attribute is not unique. */
  contact(attribute: string, value: string): Contact | undefined;
  /** Changes values of a contact, also keys; `null` clears. @throws when it does not exist or cannot have a value. */
  changeContact(attribute: string, value: string, changes: Contact): void;
  /** Deletes a contact, also from all lists. @throws when it does not exist. */
  deleteContact(attribute: string, value: string): void;
  /** Deletes the first contact; the second gets its values where it has none. @throws when one does not exist. */
  mergeContacts(from: ContactKey, into: ContactKey): void;
  /** All contacts, one after the other. */
  contacts(): Generator<Contact>;
  /** The profile table's attributes. */
  attributes(): Attribute[];
  lists(): InspectedList[];
  list(name: string): InspectedList | undefined;
  /** Returns the current targets of the list, by its identifier attribute. @throws if there is no such list. */
  listMembers(name: string): Generator<string>;
  /** Returns all imports since the start or the last reset, in the order of arrival. */
  imports(): InspectedImport[];
  /** Returns the number of API calls since the start or the last reset, by method and path template. */
  calls(): Record<string, number>;
  /** Returns the same for undocumented routes, and for unknown ones (`elsewhere`). */
  undocumentedCalls(): Record<string, number>;
  licence(): Licence;
  /** Changes the given settings until the reset. @throws for an invalid setting. */
  changeLicence(changes: Partial<Licence>): void;
  /** Makes Actito check the file transfer location now; resolves when it has read the files. */
  pollNow(): Promise<void>;
  /** Moves token expiry, list expiry, quota days and exports forward. */
  advanceClock(milliseconds: number): void;
  /** Sets up a standard export. Its first daily file holds what changes from now on. @throws when it is not valid. */
  createExport(standardExport: NewExport): ExportView;
  /** Its files stay. @throws when it does not exist. */
  deleteExport(name: string): void;
  /** The standard exports with the files that they wrote. */
  exports(): ExportView[];
  /** Resolves when all exports that the clock has reached are written. */
  dueExports(): Promise<void>;
  /** Writes an export now, in turn with others. @throws when it does not exist or cannot be written. */
  exportNow(name: string): Promise<ExportedFile>;
  /** Switches a fault on, or off with `null`. @throws when the setting is not one of that fault. */
  setFault<N extends FaultName>(name: N, setting: FaultSetting<N> | null): void;
  /** Returns the faults that are switched on, with the number of their occurrences. */
  faults(): ReturnType<Faults['all']>;
  /**
   * Restores a new simulator at the same addresses: contacts, lists, attributes, ETLs, imports, tokens, calls, faults,
   * license, clock, exports, files in `/in` and in the exports' folders. SFTP connections are closed.
   */
  reset(): Promise<void>;
}

/** Returns the inspection of the current world. */
export function inspect(world: () => World, reset: () => Promise<void>): Inspection {
  return {
    ...marketer(world),
    seedContacts: async (contacts) => {
      const { profiles } = world();
      let count = 0;
      for await (const contact of contacts) {
        profiles.insert(contact);
        count += 1;
      }
      return count;
    },
    contactCount: () => world().profiles.count,
    contact: (attribute, value) => {
      const { profiles } = world();
      const id = find(profiles, { attribute, value });
      return id === undefined ? undefined : profiles.contact(id);
    },
    changeContact: (attribute, value, changes) => {
      const { profiles } = world();
      profiles.change(existing(profiles, { attribute, value }), changes);
    },
    deleteContact: (attribute, value) => {
      const { profiles } = world();
      profiles.delete(existing(profiles, { attribute, value }));
    },
    mergeContacts: (from, into) => {
      const { profiles } = world();
      profiles.merge(existing(profiles, from), existing(profiles, into));
    },
    contacts: function* () {
      const { profiles } = world();
      for (const id of profiles.ids()) yield profiles.contact(id);
    },
    attributes: () => structuredClone(world().profiles.attributes),
    lists: () =>
      world()
        .lists.all()
        .map((list) => inspectList(world(), list)),
    list: (name) => {
      const list = world().lists.named(name);
      return list && inspectList(world(), list);
    },
    listMembers: (name) => members(world(), name),
    imports: () => world().imports.all().map(inspectImport),
    calls: () => world().calls.byRoute(),
    undocumentedCalls: () => world().calls.undocumented(),
    licence: () => ({ ...world().licence }),
    changeLicence: (changes) => changeLicence(world().licence, changes),
    pollNow: () => world().poller.pollNow(),
    advanceClock: (milliseconds) => {
      world().clock.advance(milliseconds);
      void world().exports.writeDue();
    },
    createExport: (standardExport) => world().exports.add(standardExport),
    deleteExport: (name) => world().exports.remove(name),
    exports: () => world().exports.all(),
    dueExports: () => world().exports.writeDue(),
    exportNow: async (name) => world().exports.write(name),
    setFault: (name, setting) => world().faults.set(name, setting),
    faults: () => world().faults.all(),
    reset,
  };
}

/** The profile id of a contact. @throws when the attribute is not unique. */
function find(profiles: Profiles, { attribute, value }: ContactKey): number | undefined {
  const column = profiles.column(attribute);
  if (!column?.attribute.unique) throw new Error(`There is no unique attribute "${attribute}".`);
  return column.find(value);
}

/** @throws Refusal 404 when there is no such contact. */
function existing(profiles: Profiles, key: ContactKey): number {
  const id = find(profiles, key);
  if (id === undefined) throw notFound('This contact');
  return id;
}

function inspectList({ lists }: World, list: TargetList): InspectedList {
  return { ...lists.view(list), expired: lists.isExpired(list) };
}

/** Not a generator itself, so that an unknown name fails immediately. */
function members({ lists, profiles }: World, name: string): Generator<string> {
  const list = lists.named(name);
  if (!list) throw new Error(`There is no list "${name}".`);
  const identifier = profiles.column(list.identifierAttribute)!;
  const targeted = lists.targeted(list);
  return (function* () {
    for (const profileId of targeted) {
      const value = identifier.get(profileId);
      if (value !== null) yield value;
    }
  })();
}

function inspectImport({ job, upload, created, ...record }: ImportRecord): InspectedImport {
  const { id, status, message, columns, rows } = record;
  const { tableId, mode, key, etlId } = job;
  const { fileName, packing } = upload;
  return {
    id,
    status,
    message,
    tableId,
    mode,
    key,
    columns,
    etlId,
    fileName,
    packing,
    rows,
    created: toMoment(created),
  };
}
