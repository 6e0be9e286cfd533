import { z } from 'zod';
import type { FaultName } from '../faults.ts';
import { readJson, shaped } from '../http/body.ts';
import type { Route } from '../http/route.ts';
import type { Inspection } from '../inspection.ts';
import type { Licence } from '../licence.ts';
import { found, lines, ok } from './answers.ts';
import { contactRoutes } from './contact-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { marketerRoutes } from './marketer-routes.ts';

/** No path of a real Actito host begins like this. */
export const CONTROL_PREFIX = '/__simulator';

/** The inspection over HTTP, for other processes; without authentication. See Inspection for what each does. */
export const controlRoutes: Route<Inspection>[] = [
  ...marketerRoutes,
  ...contactRoutes,
  ...exportRoutes,
  { method: 'GET', path: '/attributes', handle: (inspection) => ok(inspection.attributes()) },
  { method: 'GET', path: '/lists', handle: (inspection) => ok(inspection.lists()) },
  {
    method: 'GET',
    path: '/lists/{name}',
    handle: (inspection, { params }) => found(inspection.list(params.name!), 'This list'),
  },
  {
    method: 'GET',
    path: '/lists/{name}/members',
    handle: (inspection, { params }) => lines(inspection.listMembers(params.name!)),
  },
  { method: 'GET', path: '/imports', handle: (inspection) => ok(inspection.imports()) },
  { method: 'GET', path: '/calls', handle: (inspection) => ok(inspection.calls()) },
  {
    method: 'GET',
    path: '/calls/undocumented',
    handle: (inspection) => ok(inspection.undocumentedCalls()),
  },
  { method: 'GET', path: '/licence', handle: (inspection) => ok(inspection.licence()) },
  {
    method: 'PUT',
    path: '/licence',
    handle: async (inspection, { request }) => {
      inspection.changeLicence((await readJson(request)) as Partial<Licence>);
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    path: '/poll',
    handle: async (inspection) => {
      await inspection.pollNow();
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    path: '/clock',
    handle: async (inspection, { request }) => {
      const { advance } = shaped(
        z.strictObject({ advance: z.number().nonnegative() }),
        await readJson(request),
      );
      inspection.advanceClock(advance);
      await inspection.dueExports();
      return { status: 204 };
    },
  },
  { method: 'GET', path: '/faults', handle: (inspection) => ok(inspection.faults()) },
  {
    method: 'PUT',
    path: '/faults/{name}',
    handle: async (inspection, { params, request }) => {
      inspection.setFault(params.name as FaultName, (await readJson(request)) as never);
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    path: '/faults/{name}',
    handle: (inspection, { params }) => {
      inspection.setFault(params.name as FaultName, null);
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    path: '/reset',
    handle: async (inspection) => {
      await inspection.reset();
      return { status: 204 };
    },
  },
];
