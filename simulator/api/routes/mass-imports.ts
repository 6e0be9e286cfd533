import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { toMoment } from '../../clock.ts';
import { type Answer, queryOf, type Route } from '../../http/route.ts';
import { oneShot } from '../../imports/definition.ts';
import { jobOf } from '../../imports/etls.ts';
import { readHeader } from '../../imports/file-gate.ts';
import type { ImportRecord } from '../../imports/import-queue.ts';
import type { ImportJob } from '../../imports/job.ts';
import { receiveUpload, type Upload } from '../../imports/receive-upload.ts';
import { zipped } from '../../imports/rows-in-error.ts';
import { invalid, notFound } from '../../refusal.ts';
import type { World } from '../../world.ts';

const IMPORTS = '/mass-imports/v5/entities/{entity}';
const EXECUTIONS = `${IMPORTS}/etl-executions`;

/** Mass imports, one shot or by a pre-defined ETL: the upload, its state and its rows in error. */
export const massImportRoutes: Route<World>[] = [
  {
    method: 'POST',
    path: EXECUTIONS,
    handle: (world, { request }) =>
      accept(world, request, true, async (upload, definition) => {
        const job = oneShot(definition, world.profiles, world.licence);
        for (const file of upload.files) job.columnsOf(await readHeader(file, job.separator));
        return job;
      }),
  },
  {
    method: 'POST',
    path: `${IMPORTS}/etls/{etl}/trigger-execution`,
    handle: (world, { params, request }) => {
      const etl = world.etls.get(params.etl!);
      return accept(world, request, false, () => jobOf(etl, world.licence));
    },
  },
  {
    method: 'GET',
    path: `${IMPORTS}/etls/{etl}`,
    handle: ({ etls }, { params }) => {
      const { id, mode, table } = etls.get(params.etl!);
      return { status: 200, json: { id, mode, profileTableId: table } };
    },
  },
  {
    method: 'GET',
    path: EXECUTIONS,
    assumed: true,
    handle: ({ imports, licence }, { request }) => {
      if (licence.executionListing === 'none') throw notFound('This path');
      const name = queryOf(request).get('dataFile');
      if (!name) throw invalid('Imports are listed by the name of their data file: dataFile=<name>.');
      return { status: 200, json: { etlExecutions: imports.ofFile(name).map(view) } };
    },
  },
  {
    method: 'GET',
    path: `${EXECUTIONS}/{id}`,
    handle: ({ imports }, { params }) => ({ status: 200, json: view(imports.get(params.id!)) }),
  },
  {
    method: 'GET',
    path: `${EXECUTIONS}/{id}/result`,
    assumed: true,
    handle: ({ imports }, { params }) => {
      const { rows } = imports.get(params.id!);
      if (!rows) throw notFound('A result of an import that has not ended, or has failed,');
      return { status: 200, json: { withErrors: rows.inError > 0, rowsInError: rows.inError } };
    },
  },
  {
    method: 'GET',
    path: `${EXECUTIONS}/{id}/result-file`,
    assumed: true,
    produces: ['application/zip', 'application/octet-stream'],
    handle: ({ imports }, { params }) => {
      const record = imports.get(params.id!);
      if (record.status !== 'WITH_ERROR') throw notFound('A result file of an import without rows in error');
      const content = Readable.from(zipped(imports.rowsInErrorOf(record), `rows-in-error-${record.id}.csv`));
      return { status: 200, stream: { type: 'application/zip', content } };
    },
  },
];

/** Receives an import and queues it; what was put on disk is removed when it is refused. */
async function accept(
  { imports, settings, licence }: World,
  request: IncomingMessage,
  withDefinition: boolean,
  toJob: (upload: Upload, definition: unknown) => ImportJob | Promise<ImportJob>,
): Promise<Answer> {
  const folder = imports.newUpload();
  try {
    const expected = { folder, limit: settings.maxImportBytes, withDefinition, names: licence.importParts };
    const { upload, definition } = await receiveUpload(request, expected);
    const { id } = imports.add(await toJob(upload, definition), upload);
    const location = `${EXECUTIONS.replace('{entity}', encodeURIComponent(settings.entity))}/${id}`;
    return { status: 201, location, json: { id } };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** `dataFile` is assumed, as the listing by it. */
function view({ id, status, message, created, rows, upload }: ImportRecord) {
  return { id, status, message, dataFile: upload.fileName, createdMoment: toMoment(created), rows };
}
