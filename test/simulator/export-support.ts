import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect } from 'vitest';
import { custom } from '../../simulator/contacts/attributes.ts';
import type { NewExport } from '../../simulator/exports/standard-export.ts';
import { people, simulatorForTests } from './support.ts';

/** The columns of an export, by attribute. */
export const IDS = { profileId: 'profileId', emailAddress: 'emailAddress' };

/** A simulator with three people, in the middle of 15 January 2026, and its exports in `/exports`. */
export function simulatorWithExports() {
  const simulator = simulatorForTests({
    clock: () => Date.UTC(2026, 0, 15, 12, 34, 56),
    ftpsPort: 0,
    attributes: [custom('sizes', 'INTEGER', { multiValued: true })],
  });
  beforeEach(() => simulator().seedContacts(people(3)));
  const pathOf = (name: string) => join(simulator().sftp.root, 'exports', name);
  const text = (name: string) => readFileSync(pathOf(name), 'utf8');
  return {
    simulator,
    pathOf,
    text,
    names: () => (existsSync(pathOf('')) ? readdirSync(pathOf('')).sort() : []),
    setUp: (more: Partial<NewExport> = {}) => {
      const kind = more.kind ?? 'daily';
      return simulator().createExport({ name: kind, kind, fileName: `${kind}.csv`, columns: IDS, ...more });
    },
    /** Writes the export now. @returns the lines after the header */
    exported: async (name = 'daily'): Promise<string[]> => {
      const file = await simulator().exportNow(name);
      const [, ...lines] = text(file.name).trimEnd().split('\n');
      expect(file.profiles).toBe(lines.length);
      return lines;
    },
  };
}
