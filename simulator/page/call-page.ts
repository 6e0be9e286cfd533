import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerTo, respond } from '../http/respond.ts';
import { pathOf, queryOf } from '../http/route.ts';
import type { World } from '../world.ts';
import { attributesPage } from './attributes.ts';
import { importsPage } from './imports.ts';
import { CONTENT_SECURITY_POLICY, layout } from './layout.ts';
import { listsPage } from './lists.ts';
import { profilesPage } from './profiles.ts';
import type { View } from './view.ts';

type Page = (world: World, parameters: URLSearchParams) => View | Promise<View>;

/** The pages by path. No API route has the same path. */
const PAGES = new Map<string, Page>([
  ['/', listsPage],
  ['/imports', importsPage],
  ['/profiles', profilesPage],
  ['/attributes', attributesPage],
]);

export function isPage(request: IncomingMessage): boolean {
  return request.method === 'GET' && PAGES.has(pathOf(request));
}

/** Renders a page for each request. */
export async function callPage(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request);
  let document: string;
  try {
    document = layout(world, path, await PAGES.get(path)!(world, queryOf(request)));
  } catch (error) {
    return respond(response, answerTo(error)); // caused by a reset, or by a bug
  }
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer', // because a search contains personal data
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(document);
}
