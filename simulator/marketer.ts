import { z } from 'zod';
import { type Attribute, custom, LONGEST_STRING, VALUE_TYPES } from './contacts/attributes.ts';
import { shaped } from './http/body.ts';
import type { Etl, EtlChange, NewEtl } from './imports/etls.ts';
import type { FileSynchronization } from './lists/file-transfer.ts';
import type { TargetList } from './lists/target-lists.ts';
import { invalid, notFound } from './refusal.ts';
import type { World } from './world.ts';

const ListFields = {
  /** Default: the list's name with `.csv`. */
  fileName: z.string().optional(),
  /** Name of the file transfer location; default: the first. */
  location: z.string().optional(),
  identifierAttribute: z.string().default('emailAddress'),
  validityHours: z.int().positive().default(48),
  description: z.string().default(''),
};
const NewList = z.strictObject({ name: z.string(), ...ListFields });
const ListChange = z.strictObject({
  name: z.string().optional(),
  fileName: z.string().optional(),
  validityHours: z.int().positive().optional(),
  description: z.string().optional(),
});
const NewAttribute = z.strictObject({
  name: z.string().regex(/^[A-Za-z]\w{0,49}$/, 'must be a technical name of at most 50 characters'),
  valueType: z.enum(VALUE_TYPES).default('STRING'),
  unique: z.boolean().default(false),
  mandatory: z.boolean().default(false),
  maxLength: z.int().min(1).max(LONGEST_STRING).default(LONGEST_STRING),
});

export type NewList = z.input<typeof NewList>;
export type ListChange = z.input<typeof ListChange>;
export type NewAttribute = z.input<typeof NewAttribute>;

/** The operations of a marketer in Actito's interface. Their errors are Refusals. */
export interface Marketer {
  /** Creates a list with its file synchronization. A free synchronization for the same file is reused. */
  createList(list: NewList): void;
  /** Changes the name, the file or the validity of a list. */
  changeList(name: string, change: ListChange): void;
  /** Deletes a list, but not its file synchronization. */
  deleteList(name: string): void;
  /** Creates an attribute. Unlike in the API, it can be unique or mandatory. */
  createAttribute(attribute: NewAttribute): void;
  /**
   * Deletes an attribute with all values. Imports with the attribute then fail. Refused while it is the identifier of a
   * list.
   */
  deleteAttribute(name: string): void;
  /** Defines an import that only needs its file. */
  createEtl(etl: NewEtl): Etl;
  /** Lets it create profiles, or no longer. */
  changeEtl(id: string, change: EtlChange): void;
  deleteEtl(id: string): void;
  etls(): Etl[];
}

/** Returns the marketer of the current world. */
export function marketer(world: () => World): Marketer {
  return {
    createList: (list) => {
      const { name, fileName = `${name}.csv`, location, ...fields } = shaped(NewList, list);
      const synchronization = synchronizationFor(world(), name, fileName, location);
      world().lists.add({ name, ...fields, fileSynchronizationId: synchronization.id });
    },
    changeList: (name, change) => {
      const { fileName, ...fields } = shaped(ListChange, change);
      const { id, description, fileSynchronizationId, identifierAttribute, validityHours } = named(
        world(),
        name,
      );
      const before = { name, description, fileSynchronizationId, identifierAttribute, validityHours };
      const file = fileName && {
        fileSynchronizationId: synchronizationFor(world(), fields.name ?? name, fileName).id,
      };
      world().lists.change(id, { ...before, ...fields, ...file });
    },
    deleteList: (name) => world().lists.remove(named(world(), name).id),
    createAttribute: (attribute) => {
      const { name, valueType, maxLength, ...flags } = shaped(NewAttribute, attribute);
      const length = valueType === 'STRING' ? { valueRestriction: { maxLength } } : {};
      const created: Attribute = custom(name, valueType, { ...flags, ...length });
      world().profiles.addAttributes([created]);
    },
    deleteAttribute: (name) => {
      const list = world()
        .lists.all()
        .find((each) => each.identifierAttribute === name);
      if (list) throw invalid(`The list "${list.name}" is identified by "${name}".`);
      world().profiles.removeAttribute(name);
    },
    createEtl: (etl) => world().etls.add(etl),
    changeEtl: (id, change) => void world().etls.change(id, change),
    deleteEtl: (id) => world().etls.remove(id),
    etls: () => world().etls.all(),
  };
}

function named({ lists }: World, name: string): TargetList {
  const list = lists.named(name);
  if (!list) throw notFound(`The list "${name}"`);
  return list;
}

function synchronizationFor(
  { fileTransfer }: World,
  name: string,
  fileName: string,
  locationName?: string,
): FileSynchronization {
  const location = fileTransfer.locations.find(
    (each) => locationName === undefined || each.name === locationName,
  );
  if (!location) throw notFound(`The file transfer location "${locationName}"`);
  const present = fileTransfer.synchronizations.find(
    (each) => each.fileName === fileName && each.fileTransferLocationId === location.id,
  );
  const fileTransferLocationId = location.id;
  return (
    present ?? fileTransfer.add({ name, fileName, fileTransferLocationId, separator: ';', encoding: 'UTF-8' })
  );
}
