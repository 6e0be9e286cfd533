import { readJson } from '../http/body.ts';
import type { Route } from '../http/route.ts';
import type { Inspection } from '../inspection.ts';
import type { ListChange, NewAttribute, NewList } from '../marketer.ts';
import { DONE } from './answers.ts';
import type { EtlChange, NewEtl } from '../imports/etls.ts';

/** The marketer's operations over HTTP. The operations themselves check the bodies. */
export const marketerRoutes: Route<Inspection>[] = [
  {
    method: 'POST',
    path: '/lists',
    handle: async (inspection, { request }) => {
      inspection.createList((await readJson(request)) as NewList);
      return DONE;
    },
  },
  {
    method: 'PUT',
    path: '/lists/{name}',
    handle: async (inspection, { params, request }) => {
      inspection.changeList(params.name!, (await readJson(request)) as ListChange);
      return DONE;
    },
  },
  {
    method: 'DELETE',
    path: '/lists/{name}',
    handle: (inspection, { params }) => {
      inspection.deleteList(params.name!);
      return DONE;
    },
  },
  {
    method: 'POST',
    path: '/attributes',
    handle: async (inspection, { request }) => {
      inspection.createAttribute((await readJson(request)) as NewAttribute);
      return DONE;
    },
  },
  {
    method: 'DELETE',
    path: '/attributes/{name}',
    handle: (inspection, { params }) => {
      inspection.deleteAttribute(params.name!);
      return DONE;
    },
  },
  { method: 'GET', path: '/etls', handle: (inspection) => ({ status: 200, json: inspection.etls() }) },
  {
    method: 'POST',
    path: '/etls',
    handle: async (inspection, { request }) => ({
      status: 201,
      json: inspection.createEtl((await readJson(request)) as NewEtl),
    }),
  },
  {
    method: 'PUT',
    path: '/etls/{id}',
    handle: async (inspection, { params, request }) => {
      inspection.changeEtl(params.id!, (await readJson(request)) as EtlChange);
      return DONE;
    },
  },
  {
    method: 'DELETE',
    path: '/etls/{id}',
    handle: (inspection, { params }) => {
      inspection.deleteEtl(params.id!);
      return DONE;
    },
  },
];
