import { z } from 'zod';
import { expected } from '../../../contract/messages/expected.ts';
import { envReference, plainText } from '../common.ts';
import { driverSource, type DriverInfo } from './common.ts';

const info: DriverInfo = {
  section: 'duckdb',
  otherNames: ['motherduck'],
  packages: ['@duckdb/node-api'],
  connection: ['file'],
};

/** DuckDB: a database file, files of a folder, or MotherDuck. */
export const duckdbSource = driverSource('duckdb', info, {
  connection: z
    .strictObject({
      file: plainText
        .optional()
        .describe('Database file of DuckDB, relative to the project folder. It is opened read-only.')
        .meta({ examples: ['shop.duckdb'] }),
      folder: plainText
        .optional()
        .describe(
          'Folder of Parquet, CSV and JSON files, relative to the project folder. Each file, and each folder of files, is a table with its name.',
        )
        .meta({ examples: ['exports'] }),
      motherduck: plainText
        .optional()
        .describe('Database of MotherDuck, with token.')
        .meta({ examples: ['shop'] }),
      token: envReference
        .optional()
        .describe('Environment variable with the access token of MotherDuck.')
        .meta({ examples: [{ env: 'MOTHERDUCK_TOKEN' }] }),
    })
    .refine(
      ({ file, folder, motherduck, token }) =>
        [file, folder, motherduck].filter(Boolean).length === 1 && !motherduck === !token,
      { error: expected('duckdbPlace') },
    )
    .describe('Where the tables are: a database file, a folder of files, or a database of MotherDuck.'),
  memoryLimit: z
    .string(expected('memorySize'))
    .regex(/^[1-9]\d{0,5} ?(MB|GB|MiB|GiB)$/, expected('memorySize'))
    .prefault('512MB')
    .describe("Memory for DuckDB, in a process of its own, besides the worker's. Larger sorts use the disk.")
    .meta({ examples: ['2GB'] }),
  threads: z
    .int()
    .min(1)
    .max(64)
    .prefault(2)
    .describe('Threads of DuckDB.')
    .meta({ examples: [4] }),
  tempDirectory: plainText
    .optional()
    .describe(
      'Folder for what does not fit into memoryLimit, relative to the project folder. Default: the temporary folder of the system.',
    )
    .meta({ examples: ['/var/tmp'] }),
});
