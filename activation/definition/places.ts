import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { isPhoneCountry, meantCountry } from '../keys/phone.ts';
import { timeZone } from './common.ts';

/** A country whose phone numbers are known. */
export const defaultCountry = z.string(expected('country', {})).refine(isPhoneCountry, {
  error: ({ input }) => expected('country', { meant: meantCountry(String(input)) }),
});

/** Where the values of a warehouse are from. Can be set for the project, an activation or a single attribute. */
export const places = {
  timezone: timeZone
    .optional()
    .describe('Time zone of timestamps without one, and of dates that are made from points in time.')
    .meta({ examples: ['Europe/Brussels'] }),
  defaultCountry: defaultCountry
    .optional()
    .describe('Country of phone numbers without a country code, in attributes.')
    .meta({ examples: ['BE'] }),
};

/** The same as data. */
export interface Places {
  timezone?: string;
  defaultCountry?: string;
}
