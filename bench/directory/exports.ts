import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** The columns of the exports that become the profile directory. */
export const COLUMNS = ['profileId', 'emailAddress'];

/** The exports of the bench, as queries of the warehouse: id and email of people, besides other columns of a profile. */
export const EXPORTS = {
  /** Every profile. */
  full: content('people'),
  /** Every profile, and 1 % of them has another key. */
  changed: content('people', `case when id % 100 = 1 then 'new.' || email else email end`),
  /** 10,000 profiles: 1,000 new ones, 1,000 with another key, and 8,000 whose key stays the same. */
  daily: (day: number) =>
    content(
      `(select case when n <= 1000 then 1000000000 + ${day} * 1000 + n else n * 7 + ${day} end as id,
               case when n <= 1000 then 'contact' || ${day} || '.' || n || '@example.com'
                    when n <= 2000 then 'day${day}.customer' || n || '@example.com'
                    else 'customer' || n * 7 + ${day} || '@example.com' end as email,
               'Name' as first_name, 'BE' as country, 1 as orders, now() as last_order_at
        from generate_series(1, 10000) n) as contacts`,
    ),
};

function content(from: string, email = 'email'): string {
  return `
    select id as "profileId", ${email} as "emailAddress", first_name as "firstName", country, orders,
           last_order_at as "lastOrderAt"
    from ${from}`;
}

/** Writes an export as Actito documents it, and gives it its name when it is complete. */
export async function writeExport(warehouse: string, query: string, file: string): Promise<void> {
  const client = new pg.Client(warehouse);
  await client.connect();
  try {
    const copy = client.query(copyTo(`copy (${query}) to stdout (format csv, header, delimiter ';')`));
    await pipeline(copy, createWriteStream(`${file}.part`));
    await rename(`${file}.part`, file);
  } finally {
    await client.end();
  }
}
