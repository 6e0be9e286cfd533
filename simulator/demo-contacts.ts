import type { Contact } from './contacts/profiles.ts';

const PLACES = [
  { country: 'BE', city: 'Namur', motherLanguage: 'FR' },
  { country: 'BE', city: 'Gent', motherLanguage: 'NL' },
  { country: 'FR', city: 'Lyon', motherLanguage: 'FR' },
  { country: 'DE', city: 'Aachen', motherLanguage: 'DE' },
  { country: 'NL', city: 'Breda', motherLanguage: 'NL' },
];

/** Returns always the same contacts: customer1@shop.example, customer2@shop.example, …; +32470000001, … */
export function* demoContacts(count: number): Generator<Contact> {
  for (let i = 1; i <= count; i += 1) {
    yield {
      emailAddress: `customer${i}@shop.example`,
      customerId: `C${i}`,
      gsmNumber: `+32470${String(i).padStart(6, '0')}`,
      firstName: `First ${i}`,
      lastName: `Last ${i}`,
      ...PLACES[i % PLACES.length],
    };
  }
}
