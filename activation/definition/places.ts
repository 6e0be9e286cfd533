import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { isPhoneCountry, meantCountry } from '../keys/phone.ts';
import { timeZone } from './common.ts';

/** A country whose phone numbers are known. */
export const country = z.string(expected('country', {})).refine(isPhoneCountry, {
  error: ({ input }) => expected('country', { meant: meantCountry(String(input)) }),
});

/** Where the values of a warehouse are from; can be said of the project, of an activation and of a single attribute. */
export const places = {
  timezone: timeZone
    .optional()
    .describe(
      'The time zone of timestamps without one, and of the dates that moments become, e.g. Europe/Brussels.',
    ),
  country: country
    .optional()
    .describe('The country of phone numbers that are written without one, in attributes, e.g. BE.'),
};

/** The same as data. */
export interface Places {
  timezone?: string;
  country?: string;
}
