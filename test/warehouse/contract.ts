import { afterAll, beforeAll, describe } from 'vitest';
import { describeEndings } from './contract/endings.ts';
import { SQL, type WarehouseFixture } from './contract/fixture.ts';
import { describeLongReads } from './contract/long-reads.ts';
import { describeMemory } from './contract/memory.ts';
import { describeStatements } from './contract/statements.ts';

/** The contract of warehouse/source.ts: every driver runs it. */
export function describeWarehouse(name: string, fixture: WarehouseFixture): void {
  const dialected = { ...fixture, sql: { ...SQL, ...fixture.sql } };
  describe(`${name} as a warehouse`, () => {
    beforeAll(() => fixture.start());
    afterAll(() => fixture.stop());
    describeStatements(dialected);
    describeLongReads(dialected);
    describeEndings(dialected);
    describeMemory(dialected);
  });
}
