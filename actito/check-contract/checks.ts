import type { ContractSettings } from '../../activation/definition/contract.ts';
import type { RouteCheck } from '../../contract/inspect.ts';
import { tell } from '../../contract/messages/tell.ts';
import {
  entitiesBody,
  listBody,
  listsBody,
  locationsBody,
  profileTableBody,
  profileTablesBody,
  synchronizationsBody,
  type ProfileTable,
} from '../contract.ts';
import { targetOf, typeOf } from '../structure/table.ts';
import { checkEtl, checkImports, type KnownImport } from './import-checks.ts';
import { AS_ASSUMED, checkOf, failedCheck, look, notChecked, WRITING, type Examined } from './look.ts';

/** The license to check, and what is known about it. */
export interface License extends Examined {
  contract: ContractSettings;
  entity: string;
  /** Name or id. */
  profileTable: string;
  /** The ETLs that activations use. */
  etls: string[];
  /** Whether all activations have `list.provision: existing`, so that they need no routes of lists. */
  listsExist: boolean;
  /** The last import that Actito accepted; undefined: none is known. */
  lastImport?: KnownImport;
}

/** Compares the routes of a license with the contract, as far as reading shows. Writes nothing. */
export async function checkContract(license: License): Promise<RouteCheck[]> {
  const token = await checkToken(license);
  if (token.result !== 'asAssumed') return [token];
  const { entity } = license;
  const entities = await look(license, { route: 'entities', parts: {} }, entitiesBody, {
    judge: ({ entities: all }) =>
      all.some(({ name }) => name === entity) ? AS_ASSUMED : notListed('entity'),
  });
  const { checks, table } = await checkTables(license);
  return [
    token,
    entities.check,
    ...checks,
    ...(await checkEtls(license)),
    ...(await checkImports(license, license.lastImport)),
    ...(await checkLists(license, table)),
    ...WRITING.map((route) => notChecked(license, route, 'writes')),
  ];
}

function notListed(what: 'entity' | 'profile table') {
  return { result: 'differs' as const, says: tell('nameNotListed', { what }) };
}

async function checkToken(license: License): Promise<RouteCheck> {
  try {
    await license.client.renewToken();
    return checkOf(license, 'token', AS_ASSUMED, { status: 200 });
  } catch (error) {
    return failedCheck(license, 'token', error);
  }
}

async function checkTables(license: License): Promise<{ checks: RouteCheck[]; table?: string }> {
  const { entity, profileTable } = license;
  const wanted = ({ name, id }: { name: string; id: string }) => name === profileTable || id === profileTable;
  const tables = await look(license, { route: 'profileTables', parts: { entity } }, profileTablesBody, {
    judge: (all) => (all.some(wanted) ? AS_ASSUMED : notListed('profile table')),
  });
  const table = (tables.found?.find(({ name }) => name === profileTable) ?? tables.found?.find(wanted))?.id;
  if (table === undefined) return { checks: [tables.check, notChecked(license, 'profileTable', 'table')] };
  const found = await look(license, { route: 'profileTable', parts: { entity, table } }, profileTableBody, {
    judge: (all) => {
      const types = unknownTypes(all, license.contract);
      return types.length === 0 ? AS_ASSUMED : { result: 'differs', says: tell('typesUnknown', { types }) };
    },
  });
  return { checks: [tables.check, found.check], table };
}

/** Types of attributes that the contract does not know, as far as they are codes. */
function unknownTypes({ attributes }: ProfileTable, contract: ContractSettings): string[] {
  const unknown = attributes.filter((attribute) => targetOf(attribute, contract) === null).map(typeOf);
  return [...new Set(unknown.map((type) => (/^[A-Z_]{1,40}$/.test(type) ? type : '…')))];
}

async function checkEtls(license: License): Promise<RouteCheck[]> {
  if (license.etls.length === 0) return [notChecked(license, 'etl', 'etl')];
  const checks = [];
  for (const etl of license.etls) checks.push(await checkEtl(license, { entity: license.entity, etl }));
  return checks;
}

/** Without these routes, people create lists in Actito (`list.provision: existing`). */
const MISSING = ['list.provision: existing'];

async function checkLists(license: License, table: string | undefined): Promise<RouteCheck[]> {
  const { entity } = license;
  const parts = { entity };
  const missing = { missing: license.listsExist ? [] : MISSING };
  const locations = await look(license, { route: 'locations', parts }, locationsBody, missing);
  const synchronizations = await look(
    license,
    { route: 'synchronizations', parts },
    synchronizationsBody,
    missing,
  );
  const checks = [locations.check, synchronizations.check];
  if (table === undefined)
    return [...checks, notChecked(license, 'lists', 'table'), notChecked(license, 'list', 'table')];
  const lists = await look(license, { route: 'lists', parts: { entity, table } }, listsBody, missing);
  const [first] = lists.found?.externalTargetLists ?? [];
  if (!first) return [...checks, lists.check, notChecked(license, 'list', 'list')];
  const list = await look(
    license,
    { route: 'list', parts: { entity, table, list: first.id } },
    listBody,
    missing,
  );
  return [...checks, lists.check, list.check];
}
