import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { toMoment } from '../../clock.ts';
import { pathOf, type Route } from '../../http/route.ts';
import { planImport } from '../../imports/definition.ts';
import { checkHeader } from '../../imports/file-gate.ts';
import type { ImportRecord } from '../../imports/import-queue.ts';
import { receiveUpload } from '../../imports/receive-upload.ts';
import { zipped } from '../../imports/rows-in-error.ts';
import { notFound } from '../../refusal.ts';
import type { World } from '../../world.ts';

const EXECUTIONS = '/mass-imports/v5/entities/{entity}/etl-executions';

/** One-shot mass imports: the upload, its state and its rows in error. */
export const massImportRoutes: Route<World>[] = [
  {
    method: 'POST',
    path: EXECUTIONS,
    handle: async ({ imports, profiles, settings }, { request }) => {
      const upload = imports.newUpload();
      try {
        const plan = planImport(await receiveUpload(request, upload, settings.maxImportBytes), profiles);
        await checkHeader(upload, plan);
        const { id } = imports.add(plan, upload);
        const location = `${pathOf(request)}/${id}`;
        return { status: 201, location, json: { id } };
      } catch (error) {
        await rm(upload, { force: true });
        throw error;
      }
    },
  },
  {
    method: 'GET',
    path: `${EXECUTIONS}/{id}`,
    handle: ({ imports }, { params }) => {
      const { id, status, message, created, rows } = existing(imports.find(params.id!), params.id!);
      return { status: 200, json: { id, status, message, createdMoment: toMoment(created), rows } };
    },
  },
  {
    method: 'GET',
    path: `${EXECUTIONS}/{id}/result`,
    handle: ({ imports }, { params }) => {
      const { rows } = existing(imports.find(params.id!), params.id!);
      if (!rows) throw notFound('A result of an import that has not ended, or has failed,');
      return { status: 200, json: { withErrors: rows.inError > 0, rowsInError: rows.inError } };
    },
  },
  {
    method: 'GET',
    path: `${EXECUTIONS}/{id}/result-file`,
    produces: ['application/zip', 'application/octet-stream'],
    handle: ({ imports }, { params }) => {
      const record = existing(imports.find(params.id!), params.id!);
      if (record.status !== 'WITH_ERROR') throw notFound('A result file of an import without rows in error');
      const content = Readable.from(zipped(imports.rowsInErrorOf(record), `rows-in-error-${record.id}.csv`));
      return { status: 200, stream: { type: 'application/zip', content } };
    },
  },
];

function existing(record: ImportRecord | undefined, id: string): ImportRecord {
  if (!record) throw notFound(`Import ${id}`);
  return record;
}
