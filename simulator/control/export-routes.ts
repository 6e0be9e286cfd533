import type { NewExport } from '../exports/standard-export.ts';
import { readJson } from '../http/body.ts';
import type { Route } from '../http/route.ts';
import type { Inspection } from '../inspection.ts';
import { DONE, ok } from './answers.ts';

/** Standard exports over HTTP. Bodies are checked by what they are given to. */
export const exportRoutes: Route<Inspection>[] = [
  { method: 'GET', path: '/exports', handle: (inspection) => ok(inspection.exports()) },
  {
    method: 'POST',
    path: '/exports',
    handle: async (inspection, { request }) => ({
      status: 201,
      json: inspection.createExport((await readJson(request)) as NewExport),
    }),
  },
  {
    method: 'DELETE',
    path: '/exports/{name}',
    handle: (inspection, { params }) => {
      inspection.deleteExport(params.name!);
      return DONE;
    },
  },
  {
    method: 'POST',
    path: '/exports/{name}/write',
    handle: async (inspection, { params }) => ok(await inspection.exportNow(params.name!)),
  },
];
