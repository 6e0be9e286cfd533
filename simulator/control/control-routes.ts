import { z } from 'zod';
import type { Contact } from '../contacts/profiles.ts';
import type { FaultName } from '../faults.ts';
import { readJson, shaped } from '../http/body.ts';
import type { Answer, Route } from '../http/route.ts';
import type { Inspection } from '../inspection.ts';
import type { Licence } from '../licence.ts';
import { notFound } from '../refusal.ts';
import { marketerRoutes } from './marketer-routes.ts';
import { fromNdjson, toNdjson } from './ndjson.ts';

/** No path of a real Actito host begins like this. */
export const CONTROL_PREFIX = '/__simulator';

const NDJSON = 'application/x-ndjson';

function ok(json: unknown): Answer {
  return { status: 200, json };
}

function found(value: unknown, what: string): Answer {
  if (value === undefined) throw notFound(what);
  return ok(value);
}

function lines(values: Iterable<unknown>): Answer {
  return { status: 200, stream: { type: NDJSON, content: toNdjson(values) } };
}

/** The inspection over HTTP, for other processes; without authentication. Inspection documents each operation. */
export const controlRoutes: Route<Inspection>[] = [
  ...marketerRoutes,
  { method: 'GET', path: '/contacts', handle: (inspection) => lines(inspection.contacts()) },
  {
    method: 'POST',
    path: '/contacts',
    handle: async (inspection, { request }) => {
      const contacts = fromNdjson(request) as AsyncGenerator<Contact>;
      return ok({ seeded: await inspection.seedContacts(contacts) });
    },
  },
  {
    method: 'GET',
    path: '/contacts/count',
    handle: (inspection) => ok({ count: inspection.contactCount() }),
  },
  {
    method: 'GET',
    path: '/contacts/{attribute}/{value}',
    handle: (inspection, { params }) =>
      found(inspection.contact(params.attribute!, params.value!), 'This contact'),
  },
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
