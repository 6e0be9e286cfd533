import type { Client } from 'pg';
import type { Contact } from '../../simulator/contacts/profiles.ts';

/** Of twelve customers Actito does not know one: 8 %. */
const UNKNOWN = 'id % 12 = 5';

const CONTACTS = `
  select distinct on (lower(trim(email)))
         lower(trim(email)) as "emailAddress", id::text as "customerId", first_name as "firstName",
         last_name as "lastName", country, city
  from customers
  where email like '%@%' and not ${UNKNOWN}
  order by lower(trim(email)), id`;

/** Actito's contacts when the story begins: most of the shop's customers, under their customer number. */
export async function contactsOf(shop: Client): Promise<Contact[]> {
  const { rows } = await shop.query<Contact>(CONTACTS);
  return rows;
}
