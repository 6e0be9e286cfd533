import type pg from 'pg';

const BATCH = 50_000;

/** Gives the simulator a profile for each of the people. */
export async function seedContacts(warehouse: pg.Pool, apiUrl: string): Promise<void> {
  const { rows } = await warehouse.query<{ n: string }>('select count(*) as n from people');
  const total = Number(rows[0]!.n);
  for (let from = 1; from <= total; from += BATCH) {
    const contacts = Array.from({ length: Math.min(BATCH, total - from + 1) }, (_, i) =>
      JSON.stringify({ emailAddress: `customer${from + i}@example.com` }),
    );
    const body = `${contacts.join('\n')}\n`;
    const response = await fetch(`${apiUrl}/__simulator/contacts`, { method: 'POST', body });
    if (!response.ok) throw new Error(`Seeding contacts: ${response.status} ${await response.text()}`);
  }
}
