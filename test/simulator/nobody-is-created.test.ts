import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connect, EXECUTIONS, ended, people, simulatorForTests, upload } from './support.ts';

const simulator = simulatorForTests({ importsPerTablePerDay: 1_000_000 });

const key = fc.constantFrom('emailAddress', 'customerId', 'profileId');
const field = fc.oneof(
  fc.constantFrom('', 'a1@shop.be', 'A2@SHOP.BE', 'new@shop.be', 'C1', 'C9', '1', '4', 'FR', 'M'),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: fc.constantFrom(';', '"', '\n', '\r', 'x'), maxLength: 6 }),
);
const written = fc.subarray(['emailAddress', 'customerId', 'firstName', 'sex', 'motherLanguage'], {
  minLength: 2,
});
const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;

const imported = fc.record({
  key,
  written,
  rows: fc.array(fc.array(field, { minLength: 6, maxLength: 6 }), { maxLength: 6 }),
  raw: fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { freq: 4 }),
});

test('whatever is imported, the number of contacts stays the same, and unique values stay unique', async () => {
  const call = await connect(simulator());
  await fc.assert(
    fc.asyncProperty(imported, async ({ key, written, rows, raw }) => {
      if (simulator().contactCount() === 0) await simulator().seedContacts(people(3));
      const columns = [key, ...written.filter((name) => name !== key)];
      const lines = rows.map((row) => columns.map((_, i) => quoted(row[i]!)).join(';'));
      const content = [columns.join(';'), ...lines, ...(raw === null ? [] : [raw])].join('\n');
      const reply = await call('POST', EXECUTIONS, upload(columns, content));
      expect(reply.status).toBe(201);
      const { status } = await ended(call, reply.json.id);
      expect(['SUCCESS', 'WITH_ERROR', 'FAILED']).toContain(status);

      const contacts = [...simulator().contacts()];
      expect(simulator().contactCount()).toBe(3);
      expect(contacts).toHaveLength(3);
      for (const name of ['emailAddress', 'customerId', 'profileId']) {
        const values = contacts.map((contact) => contact[name]!).filter((value) => value !== null);
        const matched = name === 'emailAddress' ? values.map((value) => value.toLowerCase()) : values;
        expect(new Set(matched).size).toBe(values.length);
        for (const value of values) expect(simulator().contact(name, value)?.[name]).toBe(value);
      }
    }),
    { numRuns: 150 },
  );
}, 120_000);
