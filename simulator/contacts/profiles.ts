import { type Clock, toTimestamp } from '../clock.ts';
import { invalid, notFound } from '../refusal.ts';
import { type Attribute, TECHNICAL } from './attributes.ts';
import { type Check, checkOf } from './formats.ts';

/** One contact, by attribute position: profile id, creation and update as numbers, everything else as text. */
export type Row = (string | number | null)[];
/** One contact as people see it: every attribute, `null` when it has no value. */
export type Contact = Record<string, string | null>;

const UPDATED = TECHNICAL.indexOf('updateMoment');

/**
 * The profile table: all contacts in memory in a compact form (one array each), found by unique attributes.
 * A million contacts of thirteen attributes take about half a gigabyte.
 */
export class Profiles {
  readonly id: string;
  readonly name: string;
  readonly attributes: Attribute[];
  readonly #clock: Clock;
  readonly #rows = new Map<number, Row>();
  /** Built when first asked for, then kept up to date; the profile id needs none. */
  readonly #indexes = new Map<string, Map<string, Row>>();

  constructor(id: string, name: string, attributes: Attribute[], clock: Clock) {
    this.id = id;
    this.name = name;
    this.attributes = attributes;
    this.#clock = clock;
  }

  get count(): number {
    return this.#rows.size;
  }

  attribute(name: string): Attribute | undefined {
    return this.attributes.find((attribute) => attribute.name === name);
  }

  /** The contact with this profile id. */
  row(profileId: number): Row | undefined {
    return this.#rows.get(profileId);
  }

  /** The contact that has this value in a unique attribute; email addresses match in any case. */
  find(attribute: Attribute, value: string): Row | undefined {
    if (attribute.name === 'profileId') {
      return /^[1-9]\d{0,15}$/.test(value) ? this.row(Number(value)) : undefined;
    }
    return this.#index(attribute).get(indexed(attribute, value));
  }

  /**
   * A new contact, by seeding or by an ETL that may create: nothing else leads here.
   * @throws Error for an unknown, technical, missing mandatory, malformed or taken value.
   */
  insert(values: Contact): void {
    for (const name of Object.keys(values)) {
      if (!this.attribute(name) || isTechnical(name)) {
        throw new Error(`A contact cannot be given the attribute "${name}".`);
      }
    }
    const wrong = this.complaintAboutNew(values);
    if (wrong) throw new Error(`A contact's ${wrong.attribute} is ${wrong.complaint}.`);
    const now = this.#clock.now();
    const row: Row = [this.#rows.size + 1, now, now];
    for (const { name } of this.attributes.slice(TECHNICAL.length)) row.push(values[name] || null);
    this.#rows.set(row[0] as number, row);
    for (const [name, index] of this.#indexes) {
      const attribute = this.attribute(name)!;
      const value = row[this.attributes.indexOf(attribute)];
      if (typeof value === 'string') index.set(indexed(attribute, value), row);
    }
  }

  /** What speaks against giving this value (empty: none) to a contact, `self` if it exists already. */
  complaintAbout(attribute: Attribute, value: string, self?: Row): string | undefined {
    if (value === '') return attribute.mandatory ? 'mandatory and must not be empty' : undefined;
    const complaint = this.#check(attribute)(value);
    if (complaint || !attribute.unique) return complaint;
    const owner = this.find(attribute, value);
    return owner && owner !== self ? TAKEN : undefined;
  }

  /** The first thing that speaks against a new contact with these values. */
  complaintAboutNew(values: Contact): { attribute: string; complaint: string } | undefined {
    for (const attribute of this.attributes) {
      if (isTechnical(attribute.name)) continue;
      const complaint = this.complaintAbout(attribute, values[attribute.name] ?? '');
      if (complaint) return { attribute: attribute.name, complaint };
    }
    return undefined;
  }

  /** Gives a contact values that were checked before; empty clears. @throws when an attribute is no more. */
  update(row: Row, attributes: readonly Attribute[], values: readonly string[]): void {
    attributes.forEach((attribute, i) => {
      const position = this.attributes.indexOf(attribute);
      if (position < 0) throw new Error(`The attribute "${attribute.name}" was deleted.`);
      const value = values[i]!;
      if (attribute.unique) this.#reindex(attribute, row, row[position], value);
      while (row.length < position) row.push(null); // the attribute is younger than the contact
      row[position] = value === '' ? null : value;
    });
    row[UPDATED] = this.#clock.now();
  }

  /** The value of one attribute, as text. */
  valueOf(row: Row, attribute: Attribute): string | null {
    const value = row[this.attributes.indexOf(attribute)] ?? null;
    if (typeof value !== 'number') return value;
    return attribute.valueType === 'TIMESTAMP' ? toTimestamp(value) : String(value);
  }

  contact(row: Row): Contact {
    return Object.fromEntries(this.attributes.map((each) => [each.name, this.valueOf(row, each)]));
  }

  rows(): Iterable<Row> {
    return this.#rows.values();
  }

  /**
   * All or none. Names that differ in case only are refused too: databases tend to take them for the same.
   * @throws Refusal 400 for a name that exists.
   */
  addAttributes(added: Attribute[]): void {
    const taken = new Set(this.attributes.map(({ name }) => name.toLowerCase()));
    for (const { name } of added) {
      if (taken.has(name.toLowerCase())) throw invalid(`An attribute "${name}" exists already.`);
      taken.add(name.toLowerCase());
    }
    this.attributes.push(...added);
  }

  /** Forgets an attribute and everyone's value of it. @throws Refusal 404, or 400 for a technical one. */
  removeAttribute(name: string): void {
    const position = this.attributes.findIndex((attribute) => attribute.name === name);
    if (position < 0) throw notFound(`The attribute "${name}"`);
    if (isTechnical(name)) throw invalid(`"${name}" is Actito's own.`);
    this.attributes.splice(position, 1);
    this.#indexes.delete(name);
    for (const row of this.#rows.values()) row.splice(position, 1);
  }

  readonly #checks = new Map<Attribute, Check>();

  #check(attribute: Attribute): Check {
    let check = this.#checks.get(attribute);
    if (!check) this.#checks.set(attribute, (check = checkOf(attribute)));
    return check;
  }

  #index(attribute: Attribute): Map<string, Row> {
    let index = this.#indexes.get(attribute.name);
    if (!index) {
      index = new Map();
      const position = this.attributes.indexOf(attribute);
      for (const row of this.#rows.values()) {
        const value = row[position];
        if (typeof value === 'string') index.set(indexed(attribute, value), row);
      }
      this.#indexes.set(attribute.name, index);
    }
    return index;
  }

  #reindex(attribute: Attribute, row: Row, before: string | number | null | undefined, after: string): void {
    const index = this.#index(attribute);
    if (typeof before === 'string') index.delete(indexed(attribute, before));
    if (after !== '') index.set(indexed(attribute, after), row);
  }
}

/** The complaint about a unique value that another contact has. */
export const TAKEN = "another contact's value of a unique attribute";

function isTechnical(name: string): boolean {
  return (TECHNICAL as readonly string[]).includes(name);
}

function indexed(attribute: Attribute, value: string): string {
  return attribute.type === 'EMAIL_ADDRESS' ? value.toLowerCase() : value;
}
