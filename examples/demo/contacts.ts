import type { Client } from 'pg';
import type { Contact } from '../../simulator/contacts/profiles.ts';

/** Of twelve customers Actito does not know one: 8 %. */
const UNKNOWN = 'id % 12 = 5';

/** One of ten of those gets a profile on the next day. */
const REGISTERED = 'id % 120 = 5';

const contacts = (which: string) => `
  select distinct on (lower(trim(email)))
         lower(trim(email)) as "emailAddress", id::text as "customerId", first_name as "firstName",
         last_name as "lastName", country, city
  from customers
  where email like '%@%' and ${which}
  order by lower(trim(email)), id`;

/** Actito's contacts when the story begins: most of the shop's customers, under their customer number. */
export async function contactsOf(shop: Client): Promise<Contact[]> {
  const { rows } = await shop.query<Contact>(contacts(`not ${UNKNOWN}`));
  return rows;
}

/** The customers who get a profile in Actito on the next day. */
export async function newContactsOf(shop: Client): Promise<Contact[]> {
  const { rows } = await shop.query<Contact>(contacts(REGISTERED));
  return rows;
}
