import { daysOf } from './calendar.ts';

/** The clock of a time zone. Times are seconds since 1970-01-01, which may be negative. */
export interface Zone {
  /** Returns the offset of the local time from UTC, in seconds. */
  offsetAt(utc: number): number;
  /**
   * Converts a local time to UTC. A local time occurs twice when clocks are put back: then the first one counts, as in
   * iCalendar (RFC 5545) and java.time. Undefined if it is skipped when clocks are put forward.
   */
  toUtc(local: number): number | undefined;
}

const DAY = 86_400;
/** Offsets are looked up in blocks of about a year. */
const BLOCK = 366 * DAY;
/** Before standard time, every place had its own fixed time. */
const FIRST = daysOf(1800, 1, 1) * DAY;
/** The rules repeat with the calendar: every 400 years. */
const CYCLE = 146_097 * DAY;
const LAST = daysOf(2500, 1, 1) * DAY;

/** True for a name of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false; // newer versions of Node.js also accept `+02:00`
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const zones = new Map<string, Zone>();

/** Returns a time zone by its name. All callers share it, because it caches what it has looked up. */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) zones.set(name, (zone = new Clock(name)));
  return zone;
}

/** Intl takes a microsecond per lookup, so each block is scanned once. */
class Clock implements Zone {
  readonly #format: Intl.DateTimeFormat;
  /** By block: the start of an offset, and the offset, alternating. */
  readonly #blocks = new Map<number, number[]>();

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  offsetAt(utc: number): number {
    let moment = utc;
    if (moment < FIRST) moment = FIRST;
    else if (moment >= LAST) moment -= Math.ceil((moment - LAST + 1) / CYCLE) * CYCLE;
    const number = Math.floor(moment / BLOCK);
    let block = this.#blocks.get(number);
    if (!block) this.#blocks.set(number, (block = this.#lookThrough(number * BLOCK)));
    let at = block.length - 2;
    while (block[at]! > moment) at -= 2;
    return block[at + 1]!;
  }

  toUtc(local: number): number | undefined {
    // No place is more than a day from UTC, and none has changed its clocks twice within two days.
    const before = this.offsetAt(local - DAY);
    const after = this.offsetAt(local + DAY);
    if (before === after) return local - before;
    const moments = [before, after]
      .filter((offset) => this.offsetAt(local - offset) === offset)
      .map((offset) => local - offset);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  #lookThrough(from: number): number[] {
    const block = [from, this.#askIntl(from)];
    for (let day = from; day < from + BLOCK; day += DAY) {
      const before = block[block.length - 1]!;
      const after = this.#askIntl(day + DAY);
      if (after !== before) block.push(this.#change(day, day + DAY, before), after);
    }
    return block;
  }

  /** Returns the first second between two times that no longer has the offset of the first one. */
  #change(from: number, to: number, before: number): number {
    let [last, first] = [from, to];
    while (first - last > 1) {
      const middle = Math.floor((last + first) / 2);
      if (this.#askIntl(middle) === before) last = middle;
      else first = middle;
    }
    return first;
  }

  #askIntl(utc: number): number {
    const shown = this.#format.format(utc * 1_000); // 3/29/2026 A, 03:00:00
    const numbers = shown.match(/\d+/g)!.map(Number) as [number, number, number, number, number, number];
    const [month, day, year, hour, minute, second] = numbers;
    return daysOf(year, month, day) * DAY + hour * 3_600 + minute * 60 + second - utc;
  }
}
