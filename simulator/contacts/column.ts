import { type Clock, toTimestamp } from '../clock.ts';
import type { Attribute } from './attributes.ts';
import { type Check, checkOf } from './formats.ts';
import { ValueIndex } from './value-index.ts';

/** The error for a unique value that belongs to another profile. */
export const TAKEN = "another contact's value of a unique attribute";

/** All values of one attribute, by profile id. Uses no memory until the first value is set. */
export class Column {
  readonly attribute: Attribute;
  readonly #check: Check;
  /** The values of profiles 1, 2, …; profiles beyond the end have none. */
  readonly #values: (string | null)[] = [];
  /** Created at the first lookup, then kept up to date. */
  #index: ValueIndex | undefined;
  #isDeleted = false;

  constructor(attribute: Attribute) {
    this.attribute = attribute;
    this.#check = checkOf(attribute);
  }

  get(id: number): string | null {
    return this.#values[id - 1] ?? null;
  }

  /** Sets a value that was already checked. An empty value clears. @throws if the attribute was deleted. */
  set(id: number, value: string): void {
    if (this.#isDeleted) throw new Error(`The attribute "${this.attribute.name}" was deleted.`);
    const values = this.#values;
    const before = values[id - 1] ?? null;
    const after = value === '' ? null : value;
    if (before === after) return;
    if (before !== null) this.#index?.remove(this.#indexed(before));
    while (values.length < id - 1) values.push(null);
    values[id - 1] = after;
    if (after !== null) this.#index?.add(this.#indexed(after), id);
  }

  /** Returns the profile with this value of a unique attribute. Email addresses are case-insensitive. */
  find(value: string): number | undefined {
    return this.#indexedValues().find(this.#indexed(value));
  }

  /** Returns why a profile (`self`, if it already exists) cannot have this value; an empty value means none. */
  complaintAbout(value: string, self?: number): string | undefined {
    if (value === '') return this.attribute.mandatory ? 'mandatory and must not be empty' : undefined;
    const complaint = this.#check(value);
    if (complaint || !this.attribute.unique) return complaint;
    const owner = this.find(value);
    return owner !== undefined && owner !== self ? TAKEN : undefined;
  }

  /** Deletes all values and prevents new ones. */
  delete(): void {
    this.#isDeleted = true;
    this.#values.length = 0;
    this.#index = undefined;
  }

  #indexedValues(): ValueIndex {
    if (this.#index) return this.#index;
    const index = new ValueIndex((id, value) => {
      const present = this.#values[id - 1]!;
      return present === value || this.#indexed(present) === value;
    });
    for (const [i, value] of this.#values.entries())
      if (value !== null) index.add(this.#indexed(value), i + 1);
    return (this.#index = index);
  }

  #indexed(value: string): string {
    return this.attribute.type === 'EMAIL_ADDRESS' ? value.toLowerCase() : value;
  }
}

/** The profile ids themselves: 1, 2, …, without those of deleted profiles. */
export class ProfileIds extends Column {
  readonly #exists: (id: number) => boolean;

  constructor(attribute: Attribute, exists: (id: number) => boolean) {
    super(attribute);
    this.#exists = exists;
  }

  override get(id: number): string {
    return String(id);
  }

  override find(value: string): number | undefined {
    return /^[1-9]\d{0,15}$/.test(value) && this.#exists(Number(value)) ? Number(value) : undefined;
  }
}

/** The time of an event of each profile, in Actito's format. */
export class Moments extends Column {
  readonly #clock: Clock;
  readonly #moments: number[] = [];

  constructor(attribute: Attribute, clock: Clock) {
    super(attribute);
    this.#clock = clock;
  }

  override get(id: number): string {
    const moment = this.#moments[id - 1]!;
    return this.attribute.valueType === 'TIMESTAMP' ? toTimestamp(moment) : String(moment);
  }

  setToNow(id: number): void {
    this.#moments[id - 1] = this.#clock.now();
  }
}
