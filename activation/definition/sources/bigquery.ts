import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { envReference } from '../common.ts';
import { driverSource, type DriverInfo } from './common.ts';

const UNITS: Record<string, number> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** NaN if the text is not a size. */
function inBytes(text: string): number {
  const [, number = 'none', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(text) ?? [];
  return Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? NaN));
}

const SIZE = expected('byteCount');
const isSize = (bytes: number) => Number.isSafeInteger(bytes) && bytes >= 1;

/** A number of bytes, such as `10000000` or `10 GB`; parsed to bytes. */
const byteCount = z
  .union([z.number(), z.string()], { error: SIZE })
  .refine((size) => isSize(inBytes(String(size))), { error: SIZE })
  .transform((size) => inBytes(String(size)))
  .meta({ title: 'bytes, such as 10 GB' });

const project = z
  .string()
  .regex(/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{2,}$/, expected('googleProject'))
  .describe('Project that runs the queries and pays for them.')
  .meta({ examples: ['my-company-prod'] });

const dataset = z
  .string()
  .regex(/^([a-z0-9.:-]+\.)?\w+$/, expected('googleDataset'))
  .describe('Dataset of tables that a query names without one: dataset, or project.dataset.')
  .meta({ examples: ['marts'] });

const location = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]+$/, expected('googleLocation'))
  .describe('Location of the datasets. Without it, BigQuery finds it from the tables of the query.')
  .meta({ examples: ['EU', 'europe-west1'] });

const info: DriverInfo = {
  section: 'bigquery',
  otherNames: ['bq'],
  packages: ['@google-cloud/bigquery-storage', 'google-auth-library'],
  connection: ['dataset', 'credentials'],
};

/** BigQuery, by its jobs API, and its Storage Read API if `@google-cloud/bigquery-storage` is installed. */
export const bigquerySource = driverSource('bigquery', info, {
  connection: z
    .strictObject({
      project,
      dataset: dataset.optional(),
      location: location.optional(),
      credentials: envReference
        .optional()
        .describe(
          'Environment variable with the JSON of a key of a service account, or of a workload identity federation. Without it, Application Default Credentials are used.',
        )
        .meta({ examples: [{ env: 'BIGQUERY_CREDENTIALS' }] }),
    })
    .describe('Project, dataset and credentials.'),
  maximumBytesBilled: byteCount
    .optional()
    .describe('A query that would process more bytes fails before it starts, and costs nothing.')
    .meta({ examples: ['10 GB'] }),
});
