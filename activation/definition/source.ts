import { z } from 'zod';
import { expected } from '../../contract/messages/expected.ts';
import { postgresSource } from './sources/postgres.ts';
import { snowflakeSource } from './sources/snowflake.ts';

/** One per driver; `warehouse/open.ts` opens them. */
const SOURCES = [postgresSource, snowflakeSource] as const;

/** The names of all drivers. */
export const DRIVERS = SOURCES.map(({ shape }) => shape.driver.value);

/** `sources/<id>.yaml`: a warehouse to read segments from. */
export const sourceSchema = z.discriminatedUnion('driver', SOURCES, {
  error: ({ code }: { code?: string }) =>
    code === 'invalid_union' ? expected('oneOf', { values: DRIVERS }) : expected('group'),
});

export type Source = z.infer<typeof sourceSchema>;
