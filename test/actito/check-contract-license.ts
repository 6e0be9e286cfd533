import { afterEach } from 'vitest';
import { zipSync } from 'fflate';
import { checkContract, type License } from '../../actito/check-contract/checks.ts';
import { contractSchema } from '../../activation/definition/contract.ts';
import type { RouteCheck } from '../../contract/inspect.ts';
import { clientFor, json, startScripted, text, type ScriptedServer } from './support.ts';

export type Script = Parameters<typeof startScripted>[0];

/** A license as assumed, by path. */
export const USUAL: Record<string, Script> = {
  '/entities/v5/entities': json(200, { entities: [{ id: '1', name: 'shop' }] }),
  '/profile-table-structure/v5/entities/shop/profile-tables': json(200, {
    profileTables: [{ id: '16', name: 'Customers' }],
  }),
  '/profile-table-structure/v5/entities/shop/profile-tables/16': json(200, {
    id: '16',
    name: 'Customers',
    attributes: [{ type: 'EMAIL_ADDRESS', name: 'emailAddress', unique: true }],
  }),
  '/mass-imports/v5/entities/shop/etls/12': json(200, { id: '12', how: 'UPDATE_ONLY' }),
  '/mass-imports/v5/entities/shop/etl-executions/7': json(200, { id: '7', status: 'WITH_ERROR' }),
  '/mass-imports/v5/entities/shop/etl-executions?dataFile=vip-1.csv': json(200, {
    etlExecutions: [{ id: '7', dataFile: 'vip-1.csv' }],
  }),
  '/mass-imports/v5/entities/shop/etl-executions/7/result': json(200, { withErrors: true, rowsInError: 1 }),
  '/mass-imports/v5/entities/shop/etl-executions/7/result-file': zip(
    'line;emailAddress;code;message\n2;anna@shop.be;X;Anna\n',
  ),
  '/file-transfers/v5/entities/shop/file-transfer-locations': json(200, { fileTransferLocations: [] }),
  '/file-transfers/v5/entities/shop/file-synchronizations': json(200, { fileSynchronizations: [] }),
  '/external-target-lists/v5/entities/shop/profile-tables/16/external-target-lists': json(200, {
    externalTargetLists: [{ id: '3', name: 'Anna' }],
  }),
  '/external-target-lists/v5/entities/shop/profile-tables/16/external-target-lists/3': json(200, {
    id: '3',
    name: 'Anna',
  }),
};

/** The answer with a result file. */
export function zip(content: string): Script {
  return text(200, Buffer.from(zipSync({ 'rows.csv': Buffer.from(content) })), 'application/zip');
}

let server: ScriptedServer | undefined;
afterEach(() => server?.stop());
/** The server of the last check. */
export const asked = (): ScriptedServer => server!;

/** Checks a license whose answers differ from {@link USUAL}. */
export async function check(
  changes: Record<string, Script> = {},
  {
    contract: settings = {},
    token,
    ...more
  }: Partial<Omit<License, 'contract'>> & { contract?: object; token?: Script } = {},
): Promise<RouteCheck[]> {
  const answers = { ...USUAL, ...changes };
  const script: Script = (request, response) =>
    (answers[request.url!] ?? json(404, { message: 'Anna' }))(request, response);
  server = await startScripted(script, ...(token ? [token] : []));
  const contract = contractSchema.parse(settings);
  const paths = contract.paths ?? {};
  return checkContract({
    client: clientFor(server, { paths }),
    paths,
    contract,
    entity: 'shop',
    profileTable: 'Customers',
    etls: ['12'],
    listsExist: false,
    lastImport: { executionId: '7', fileName: 'vip-1.csv' },
    ...more,
  });
}
export const of = (checks: RouteCheck[], route: string) => checks.find((each) => each.route === route)!;
/** The path in {@link USUAL} that ends like this. */
export const path = (end: string) => Object.keys(USUAL).find((each) => each.endsWith(end))!;
