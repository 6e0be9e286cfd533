import { z } from 'zod';
import type { Contact } from '../contacts/profiles.ts';
import { readJson, shaped } from '../http/body.ts';
import type { Route } from '../http/route.ts';
import type { Inspection } from '../inspection.ts';
import { DONE, found, lines, ok } from './answers.ts';
import { fromNdjson } from './ndjson.ts';

const Values = z.record(z.string(), z.string().nullable());
const Merge = z.strictObject({ into: z.strictObject({ attribute: z.string(), value: z.string() }) });

/** The contacts over HTTP. One is named by its value in a unique attribute, which can be `profileId`. */
export const contactRoutes: Route<Inspection>[] = [
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
  {
    method: 'PUT',
    path: '/contacts/{attribute}/{value}',
    handle: async (inspection, { params, request }) => {
      inspection.changeContact(params.attribute!, params.value!, shaped(Values, await readJson(request)));
      return DONE;
    },
  },
  {
    method: 'DELETE',
    path: '/contacts/{attribute}/{value}',
    handle: (inspection, { params }) => {
      inspection.deleteContact(params.attribute!, params.value!);
      return DONE;
    },
  },
  {
    method: 'POST',
    path: '/contacts/{attribute}/{value}/merge',
    handle: async (inspection, { params, request }) => {
      const { into } = shaped(Merge, await readJson(request));
      inspection.mergeContacts({ attribute: params.attribute!, value: params.value! }, into);
      return DONE;
    },
  },
];
