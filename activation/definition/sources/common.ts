import { durationWithin, envReference } from '../common.ts';

/** How long a query may take. The longest is PostgreSQL's maximum, and more than that of any other database. */
export const statementTimeout = durationWithin('1s', '24d')
  .prefault('15m')
  .describe("How long the segment's query may take. The warehouse cancels a longer query.")
  .meta({ examples: ['1h'] });

/** An environment variable with a connection URL. */
export function urlReference(example: string) {
  return envReference
    .describe(`Environment variable with the connection URL, such as ${example}.`)
    .meta({ examples: [{ env: 'SHOP_DATABASE_URL' }] });
}
