import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseExports } from '../../../activities/profiles/choose.ts';
import type { FileEntry } from '../../../actito/delivery/file-server.ts';
import type { KnownExport } from '../../../state/profiles/exports.ts';

/* Which exports are read, and in which order. */

const PATTERNS = { file: 'p_$yyyyMMdd.csv', full: 'full_$yyyyMMdd.csv' };
const NOW = new Date('2026-02-01T12:00:00Z');

const daily = (day: number) => `p_202601${String(day).padStart(2, '0')}.csv`;
const full = (day: number) => `full_202601${String(day).padStart(2, '0')}.csv`;
/** A file on the server; its version is its size. */
const entry = (name: string, size = 1): FileEntry => ({ name, size, modified: new Date(0) });
const knownAs = (
  name: string,
  { status = 'read', load = null, size = 1 }: Partial<KnownExport> = {},
): [string, KnownExport] => [name, { ...entry(name, size), status, load, failure: null, knownFor: 0 }];
/** These files were read one after the other. */
const read = (...names: string[]) => names.map((name, index) => knownAs(name, { load: index + 1 }));
const refused = (name: string) => knownAs(name, { status: 'refused' });

function choose(names: string[] | FileEntry[], known: [string, KnownExport][] = []) {
  const entries = names.map((name) => (typeof name === 'string' ? entry(name) : name));
  const { toRead, tooLate } = chooseExports(entries, PATTERNS, new Map(known), NOW);
  return { toRead: toRead.map(({ name }) => name), tooLate: tooLate.map(({ name }) => name) };
}

test('files are read in the order of their days, whatever the order of the listing', () => {
  expect(choose([daily(3), daily(1), daily(2)]).toRead).toEqual([daily(1), daily(2), daily(3)]);
});

test('a full export is read before the daily file of its day, and replaces all earlier files', () => {
  expect(choose([daily(2), daily(1), full(2), daily(3), full(1)]).toRead).toEqual([
    full(2),
    daily(2),
    daily(3),
  ]);
});

test('what was read is not read again; what is new is', () => {
  const names = [full(1), daily(1), daily(2)];
  expect(choose(names, read(...names))).toEqual({ toRead: [], tooLate: [] });
  expect(choose([...names, daily(3)], read(...names)).toRead).toEqual([daily(3)]);
});

test('a late file is read, and then the newer ones again, which have the last word', () => {
  const known = read(full(1), daily(2), daily(4));
  expect(choose([full(1), daily(2), daily(3), daily(4)], known).toRead).toEqual([daily(3), daily(4)]);
});

test('if reading ended between a late file and a newer one, the newer ones are still read again', () => {
  const known = [...read(full(1), daily(2), daily(4), daily(5)), knownAs(daily(3), { load: 9 })];
  const names = [full(1), daily(2), daily(3), daily(4), daily(5)];
  expect(choose(names, known).toRead).toEqual([daily(4), daily(5)]);
  const further = [...known, knownAs(daily(4), { load: 10 })];
  expect(choose(names, further).toRead).toEqual([daily(5)]);
});

test('a file that changed is read again with all newer ones', () => {
  const known = read(daily(1), daily(2), daily(3));
  expect(choose([entry(daily(1)), entry(daily(2), 5), entry(daily(3))], known).toRead).toEqual([
    daily(2),
    daily(3),
  ]);
});

test('a refused daily file is tried again with those after it, until a full one passes it', () => {
  const known = [...read(daily(1)), refused(daily(2))];
  expect(choose([daily(1), daily(2), daily(3)], known).toRead).toEqual([daily(2), daily(3)]);
  expect(choose([daily(1), daily(2), daily(3), full(4)], known).toRead).toEqual([full(4)]);
});

test('a refused full export replaces nothing; another version of it does', () => {
  const known = [...read(full(1), daily(2)), refused(full(3))];
  expect(choose([full(1), daily(2), full(3), daily(4)], known).toRead).toEqual([full(3), daily(4)]);
  const replaced = [...[full(1), daily(2), daily(4)].map((name) => entry(name)), entry(full(3), 5)];
  expect(choose(replaced, [refused(full(3))]).toRead).toEqual([full(3), daily(4)]);
});

test('an incomplete file is chosen again', () => {
  const known = [...read(daily(1)), knownAs(daily(2), { status: 'incomplete' })];
  expect(choose([daily(1), daily(2)], known).toRead).toEqual([daily(2)]);
});

test('a late file is too late if a newer one was read and is gone, and what is newer than that is read', () => {
  const known = read(full(1), daily(4));
  expect(choose([full(1), daily(3), daily(5)], known)).toEqual({ toRead: [daily(5)], tooLate: [daily(3)] });
});

test('a file that is gone hides nothing if a newer full export is on the server', () => {
  const known = read(full(1), daily(4));
  expect(choose([daily(3), full(5)], known)).toEqual({ toRead: [full(5)], tooLate: [] });
});

test('unread files before a full export that was read are replaced by its load', () => {
  const { replaced } = chooseExports(
    [daily(1), daily(2), full(3), daily(3)].map((name) => entry(name)),
    PATTERNS,
    new Map([...read(daily(1)), knownAs(full(3), { load: 7 })]),
    NOW,
  );
  expect({ ...replaced, files: replaced.files.map(({ name }) => name) }).toEqual({
    files: [daily(2)],
    load: 7,
  });
});

test('files of other names and of the future are not read', () => {
  expect(choose(['other.csv', 'p_20260230.csv', 'p_20260301.csv', daily(1)]).toRead).toEqual([daily(1)]);
});

/*
 * Any history: files appear, late ones too, change, some cannot be used, and reading can end after any file. A full file
 * states something about all profiles, a daily one about some.
 */
const PROFILES = [0, 1, 2];
const fileArb = fc.record({
  day: fc.integer({ min: 1, max: 6 }),
  kind: fc.constantFrom('daily', 'daily', 'daily', 'full'),
  broken: fc.boolean(),
});
const stepArb = fc.record({
  appearing: fc.array(fileArb, { maxLength: 3 }),
  /** Reading ends after this number of files. */
  killedAfter: fc.option(fc.nat(3), { nil: Infinity }),
});

/** Takes a file into what is known of each profile: the version of the file that had the last word. */
function take(directory: Map<number, number>, { name, size }: FileEntry): void {
  const isFull = name.startsWith('full');
  for (const profile of PROFILES) {
    if (isFull || profile === Number(name.at(-5)) % PROFILES.length) directory.set(profile, size!);
  }
}

test('wherever reading ended before, the directory becomes that of all files in their order', () => {
  fc.assert(
    fc.property(fc.array(stepArb, { minLength: 1, maxLength: 6 }), (steps) => {
      const server = new Map<string, FileEntry>();
      const broken = new Set<string>();
      const known = new Map<string, KnownExport>();
      const directory = new Map<number, number>();
      let [versions, loads] = [0, 0];
      const refresh = (killedAfter = Infinity) => {
        const { toRead } = chooseExports([...server.values()], PATTERNS, known, NOW);
        for (const [index, file] of toRead.entries()) {
          if (index >= killedAfter) break;
          const { name, kind, size } = file;
          const isBroken = broken.has(name);
          known.set(name, knownAs(name, isBroken ? { status: 'refused', size } : { load: ++loads, size })[1]);
          if (!isBroken) take(directory, file);
          else if (kind === 'daily') break;
        }
        return toRead.length;
      };
      for (const { appearing, killedAfter } of steps) {
        for (const { day, kind, broken: isBroken } of appearing) {
          const name = kind === 'full' ? full(day) : daily(day);
          server.set(name, entry(name, ++versions));
          if (isBroken) broken.add(name);
          else broken.delete(name);
        }
        refresh(killedAfter);
      }
      for (const name of broken) server.set(name, entry(name, ++versions));
      broken.clear();
      refresh();

      const expected = new Map<number, number>();
      for (const file of chooseExports([...server.values()], PATTERNS, new Map(), NOW).toRead) {
        take(expected, file);
      }
      for (const [profile, version] of expected) expect(directory.get(profile)).toBe(version);
      expect(refresh()).toBe(0);
    }),
    { numRuns: 1_000 },
  );
});
