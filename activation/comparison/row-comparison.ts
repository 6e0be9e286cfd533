import { hasIdentifierColumn, hasOwnIdentifier, usesDirectory } from '../definition/definition.ts';
import { escapeCopy } from '../values/copy.ts';
import { AskedRows, identifierText, setIdentifier, type Profile } from './asked-rows.ts';
import type { ComparisonOptions } from './comparison.ts';
import type { Membership, Sending } from './delta-format.ts';
import { DeltaRecords } from './delta-records.ts';
import { hashBytes } from './hash.ts';
import { FLAG, SIGHT, WORDS, type MarkTable } from './slots.ts';
import type { SourceLines } from './source-lines.ts';

/** Members by what their rows are, besides their number. */
export interface FoundRows {
  /** Rows of forgotten people, and rows that repeat a key. */
  forgotten: number;
  duplicates: number;
  /** Members with contradicting rows. */
  ambiguous: number;
  /** Members of the segment for whom the profile directory has no profile, or several. */
  waiting: number;
}

/** The rules of a comparison: what one row means for its member, and what the lack of a row means. */
export class RowComparison {
  /** `ambiguous` and `waiting` are known once every table was reported. */
  readonly found: FoundRows = { forgotten: 0, duplicates: 0, ambiguous: 0, waiting: 0 };
  readonly delta: DeltaRecords;
  /** The rows whose profile must be looked up first. */
  readonly asked = new AskedRows();
  readonly #options: ComparisonOptions;
  /** The list's entries come from their own column, or from the profile directory. */
  readonly #hasIdentifierColumn: boolean;
  readonly #hasDirectory: boolean;
  readonly #hasAttributes: boolean;

  constructor(options: ComparisonOptions) {
    const { activation, destination } = options.definition;
    this.#options = options;
    this.#hasIdentifierColumn = hasIdentifierColumn(activation);
    this.#hasDirectory = usesDirectory(activation);
    this.#hasAttributes = activation.attributes.length > 0;
    this.delta = new DeltaRecords({
      mappings: activation.attributes,
      contract: destination.contract,
      seeds: options.seeds,
      ownIdentifier: hasOwnIdentifier(activation),
    });
  }

  /**
   * Compares one row, whose marks are in WORDS, with its slot. If the profile directory decides and was not asked yet,
   * the row is only stored with the questions.
   * @param profile what the directory knows of its key
   */
  compare(table: MarkTable, lines: SourceLines, profile?: Profile): void {
    const known = table.find() ? table.flags : 0;
    if (known & FLAG.SEEN) {
      this.#again(table, lines);
      return;
    }
    if (this.#hasDirectory) {
      if (profile === undefined && mustAsk(known)) return this.asked.add(lines);
      setIdentifier(lines);
      if (typeof profile === 'string') return this.#withoutProfile(table, lines, known, profile);
      if (profile) this.#setProfile(lines, profile.id);
      else if (known & FLAG.WAITING) return table.see();
      else table.copyIdentifier();
    }
    if (known === 0) this.#add(table, lines);
    else this.#compareKnown(table, lines, known);
  }

  #add(table: MarkTable, lines: SourceLines): void {
    if (this.#isForgotten(lines)) return;
    table.fill(FLAG.OCCUPIED | FLAG.SEEN);
    const sending = this.#hasAttributes ? 'fresh' : null;
    this.delta.row(lines, { membership: 'added', sending, known: false }, null);
  }

  #compareKnown(table: MarkTable, lines: SourceLines, known: number): void {
    const isRenamed = !table.hasIdentifier();
    const isWaiting = (known & FLAG.WAITING) > 0;
    const membership = membershipOf(known, isRenamed);
    // Another profile has none of the attributes.
    const isOther = isWaiting || (isRenamed && this.#options.sameDirectory === true);
    const sending = this.#sendingOf(isOther ? FLAG.DOUBT : known, table.hasAttributes());
    if (membership !== null || sending !== null) {
      if (this.#isForgotten(lines)) return;
      const former = membership === 'reidentified' ? table.identifierPlace() : null;
      this.delta.row(lines, { membership, sending, known: !isWaiting }, former);
      table.replaceMarks();
    }
    table.flags = (known & ~FLAG.WAITING) | FLAG.SEEN;
  }

  /** Sets the profile that the list contains for the current row. */
  #setProfile(lines: SourceLines, id: string): void {
    const bytes = Buffer.from(escapeCopy(id));
    setIdentifier(lines, bytes);
    SIGHT[3] = hashBytes(bytes, this.#options.seeds.key[0]);
  }

  /** The row's member leaves the list if it is there, and waits until the directory has one profile with its key. */
  #withoutProfile(table: MarkTable, lines: SourceLines, known: number, why: 'none' | 'several'): void {
    if (this.#isForgotten(lines)) return;
    WORDS.copyWithin(6, 0, 2); // as without an identifier
    const former = known === 0 || known & FLAG.UNLISTED ? null : table.identifierPlace();
    const membership = why === 'none' ? 'waiting' : 'several';
    this.delta.row(lines, { membership, sending: null, known: known > 0 }, former);
    const flags = known | FLAG.OCCUPIED | FLAG.SEEN | FLAG.UNLISTED | FLAG.WAITING;
    if (known === 0) table.fill(flags);
    else table.flags = flags;
  }

  /** Handles a repeated key: the slot has the marks of its first row. */
  #again(table: MarkTable, lines: SourceLines): void {
    const isOther = this.#hasIdentifierColumn && !table.hasIdentifier();
    const differs = isOther || (this.#hasAttributes && !table.hasAttributes());
    if (this.#hasDirectory) setIdentifier(lines);
    if (differs && this.#isForgotten(lines)) return;
    this.found.duplicates++;
    if (!differs || table.flags & FLAG.WAITING) return;
    table.flags |= FLAG.AMBIGUOUS;
    // The member gets the smallest identifier of all its rows.
    if (isOther) this.delta.row(lines, { membership: 'sight', sending: null, known: true }, null);
  }

  #sendingOf(flags: number, isSame: boolean): Sending | null {
    if (!this.#hasAttributes) return null;
    if (flags & FLAG.DOUBT) return 'fresh';
    if (!isSame) return 'changed';
    if (this.#options.resync) return 'resent';
    return flags & FLAG.RETRY ? 'retry' : null;
  }

  #isForgotten(lines: SourceLines): boolean {
    const { forgotten } = this.#options;
    if (!forgotten?.size) return false;
    const identifier = identifierText(lines);
    const found = forgotten.has(lines.key.text) || (identifier !== null && forgotten.has(identifier));
    if (found) this.found.forgotten++;
    return found;
  }

  /**
   * Reports the results of a table whose rows have all been compared: missing members, and members with contradicting
   * rows.
   */
  *report({ pages, width, identifierOffset }: MarkTable): Generator<Buffer> {
    for (const { words, flags } of pages) {
      for (let slot = 0, at = 0; slot < flags.length; slot++, at += width) {
        const known = flags[slot]!;
        if (known === 0) continue;
        if (known & FLAG.AMBIGUOUS) {
          this.found.ambiguous++;
          this.delta.bare(words, at, 'ambiguous', null);
        } else if (!(known & FLAG.SEEN)) {
          const membership = this.#withoutRow(known);
          this.delta.bare(words, at, membership, membership === 'removed' ? at + identifierOffset : null);
        } else if (known & FLAG.WAITING) this.found.waiting++;
      }
      if (this.delta.bytes > 65_536) yield this.delta.take();
    }
  }

  #withoutRow(flags: number): Membership {
    if (flags & FLAG.UNLISTED) return 'erased';
    // The list must not keep a profile that is perhaps no longer the member's.
    const isOver = flags & (FLAG.OVER | FLAG.PROFILE);
    return this.#options.grace && !isOver ? 'leaving' : 'removed';
  }
}

/**
 * Whether the directory must be asked about a row: its key is new, it was not listed although it had a profile, or its
 * profile may have changed.
 */
function mustAsk(known: number): boolean {
  if (known === 0 || known & FLAG.PROFILE) return true;
  return (known & (FLAG.UNLISTED | FLAG.WAITING)) === FLAG.UNLISTED;
}

function membershipOf(flags: number, isRenamed: boolean): Membership | null {
  if (flags & FLAG.UNLISTED) return 'added';
  if (isRenamed) return 'reidentified';
  return flags & FLAG.MISSING ? 'returned' : null;
}
