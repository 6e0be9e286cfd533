import type { Clock } from '../clock.ts';
import { invalid, notFound } from '../refusal.ts';
import { type Attribute, TECHNICAL } from './attributes.ts';
import { Changes } from './changes.ts';
import { Column, Moments, ProfileIds } from './column.ts';

/** A contact with all its attributes; `null` for attributes without a value. */
export type Contact = Record<string, string | null>;

/**
 * The profile table. All contacts are in memory by profile id (1, 2, …), and each attribute's values are in a column.
 * There can be a million contacts, so there is no object for each one.
 */
export class Profiles {
  readonly id: string;
  readonly name: string;
  readonly #created: Moments;
  readonly #updated: Moments;
  readonly #columns: Column[] = [];
  readonly #changes = new Changes();
  readonly #deleted = new Set<number>();
  /** The last profile id; ids are never used again. */
  #last = 0;

  constructor(id: string, name: string, attributes: Attribute[], clock: Clock) {
    this.id = id;
    this.name = name;
    const technical = (wanted: string) => attributes.find((attribute) => attribute.name === wanted)!;
    this.#created = new Moments(technical('creationMoment'), clock);
    this.#updated = new Moments(technical('updateMoment'), clock);
    const own: Record<string, Column> = {
      profileId: new ProfileIds(technical('profileId'), (id) => this.has(id)),
      creationMoment: this.#created,
      updateMoment: this.#updated,
    };
    for (const attribute of attributes) {
      this.#columns.push(isTechnical(attribute.name) ? own[attribute.name]! : new Column(attribute));
    }
  }

  get count(): number {
    return this.#last - this.#deleted.size;
  }

  /** How many times profiles were created or changed so far. */
  get changes(): number {
    return this.#changes.count;
  }

  get attributes(): Attribute[] {
    return this.#columns.map(({ attribute }) => attribute);
  }

  attribute(name: string): Attribute | undefined {
    return this.column(name)?.attribute;
  }

  column(name: string): Column | undefined {
    return this.#columns.find(({ attribute }) => attribute.name === name);
  }

  has(id: number): boolean {
    return id >= 1 && id <= this.#last && !this.#deleted.has(id);
  }

  get hasDeleted(): boolean {
    return this.#deleted.size > 0;
  }

  /** The profile ids of all contacts, or of those that were created or changed after that number of `changes`. */
  *ids(after = 0): Generator<number> {
    for (let id = 1; id <= this.#last; id += 1) {
      if (!this.#deleted.has(id) && this.#changes.isAfter(id, after)) yield id;
    }
  }

  /**
   * Adds a contact, when seeding or for an ETL that may create contacts.
   * @throws Error for an unknown, technical, missing mandatory, malformed or duplicate value.
   */
  insert(values: Contact): void {
    this.#checkNames(values);
    const wrong = this.complaintAboutNew(values);
    if (wrong) throw new Error(`A contact's ${wrong.attribute} is ${wrong.complaint}.`);
    const id = (this.#last += 1);
    this.#created.setToNow(id);
    this.noteUpdate(id);
    for (const column of this.#columns) {
      const value = values[column.attribute.name];
      if (value) column.set(id, value);
    }
  }

  /** Returns the first problem of a new contact with these values; undefined: none. */
  complaintAboutNew(values: Contact): { attribute: string; complaint: string } | undefined {
    for (const column of this.#columns) {
      const { name } = column.attribute;
      if (isTechnical(name)) continue;
      const complaint = column.complaintAbout(values[name] ?? '');
      if (complaint) return { attribute: name, complaint };
    }
    return undefined;
  }

  /** Sets the update time of a contact whose values have changed. */
  noteUpdate(id: number): void {
    this.#updated.setToNow(id);
    this.#changes.note(id);
  }

  /**
   * Changes these values of a contact, all or none; `null` or empty clears.
   * @throws Error for a value that the contact cannot have.
   */
  change(id: number, values: Contact): void {
    this.#checkNames(values);
    for (const [name, value] of Object.entries(values)) {
      const complaint = this.column(name)!.complaintAbout(value ?? '', id);
      if (complaint) throw new Error(`A contact's ${name} is ${complaint}.`);
    }
    for (const [name, value] of Object.entries(values)) this.column(name)!.set(id, value ?? '');
    this.noteUpdate(id);
  }

  /** Deletes a contact and its values; its profile id is not used again. */
  delete(id: number): void {
    for (const column of this.#columns) if (!isTechnical(column.attribute.name)) column.set(id, '');
    this.#deleted.add(id);
  }

  /** Deletes the contact `from`; `into` gets its values where it has none. */
  merge(from: number, into: number): void {
    if (from === into) throw new Error('A contact cannot be merged into itself.');
    const values = this.contact(from);
    this.delete(from);
    for (const column of this.#columns) {
      const value = values[column.attribute.name];
      if (!isTechnical(column.attribute.name) && value && column.get(into) === null) column.set(into, value);
    }
    this.noteUpdate(into);
  }

  contact(id: number): Contact {
    return Object.fromEntries(this.#columns.map((column) => [column.attribute.name, column.get(id)]));
  }

  /**
   * Adds all of the attributes, or none. Names that differ only in case are also refused, because many databases treat
   * them as equal.
   * @throws Refusal 400 for a name that exists.
   */
  addAttributes(added: Attribute[]): void {
    const taken = new Set(this.attributes.map(({ name }) => name.toLowerCase()));
    for (const { name } of added) {
      if (taken.has(name.toLowerCase())) throw invalid(`An attribute "${name}" exists already.`);
      taken.add(name.toLowerCase());
    }
    this.#columns.push(...added.map((attribute) => new Column(attribute)));
  }

  /** Removes an attribute and all of its values. @throws Refusal 404, or 400 for a technical one. */
  removeAttribute(name: string): void {
    const column = this.column(name);
    if (!column) throw notFound(`The attribute "${name}"`);
    if (isTechnical(name)) throw invalid(`"${name}" is Actito's own.`);
    this.#columns.splice(this.#columns.indexOf(column), 1);
    column.delete();
  }

  #checkNames(values: Contact): void {
    for (const name of Object.keys(values)) {
      if (isTechnical(name) || !this.column(name)) {
        throw new Error(`A contact cannot be given the attribute "${name}".`);
      }
    }
  }
}

function isTechnical(name: string): boolean {
  return (TECHNICAL as readonly string[]).includes(name);
}
