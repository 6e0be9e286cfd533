import { readJson } from '../../http/body.ts';
import { pathOf, type Route } from '../../http/route.ts';
import type { World } from '../../world.ts';

const TRANSFERS = '/file-transfers/v5/entities/{entity}';
const LISTS = '/external-target-lists/v5/entities/{entity}/profile-tables/{table}/external-target-lists';

/**
 * File transfer locations, file synchronizations and external target lists. Actito has documented none of these routes.
 */
export const targetingRoutes: Route<World>[] = (
  [
    {
      method: 'GET',
      path: `${TRANSFERS}/file-transfer-locations`,
      handle: ({ fileTransfer }) => ({
        status: 200,
        json: { fileTransferLocations: fileTransfer.locations },
      }),
    },
    {
      method: 'GET',
      path: `${TRANSFERS}/file-synchronizations`,
      handle: ({ fileTransfer }) => ({
        status: 200,
        json: { fileSynchronizations: fileTransfer.synchronizations },
      }),
    },
    {
      method: 'POST',
      path: `${TRANSFERS}/file-synchronizations`,
      handle: async ({ fileTransfer }, { request }) => {
        const { id } = fileTransfer.add(await readJson(request));
        return { status: 201, location: `${pathOf(request)}/${id}`, json: { id } };
      },
    },
    {
      method: 'GET',
      path: LISTS,
      handle: ({ lists }) => ({
        status: 200,
        json: { externalTargetLists: lists.all().map((list) => lists.view(list)) },
      }),
    },
    {
      method: 'POST',
      path: LISTS,
      handle: async ({ lists }, { request }) => {
        const { id } = lists.add(await readJson(request));
        return { status: 201, location: `${pathOf(request)}/${id}`, json: { id } };
      },
    },
    {
      method: 'GET',
      path: `${LISTS}/{id}`,
      handle: ({ lists }, { params }) => ({ status: 200, json: lists.view(lists.get(params.id!)) }),
    },
    {
      method: 'PUT',
      path: `${LISTS}/{id}`,
      handle: async ({ lists }, { params, request }) => {
        const body = await readJson(request);
        return { status: 200, json: lists.view(lists.change(params.id!, body)) };
      },
    },
  ] satisfies Route<World>[]
).map((route) => ({ ...route, assumed: true }));
