import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import type { ContractSettings } from '../../activation/definition/contract.ts';
import { fieldNames } from '../../contract/field-names.ts';
import type { RouteCheck } from '../../contract/inspect.ts';
import { tell } from '../../contract/messages/tell.ts';
import { executionResultBody, executionsBody, RESULT_FILE, STATUS_FIELDS } from '../contract.ts';
import { modesIn } from '../imports/read-etl.ts';
import { statusIn, type ImportState } from '../imports/status.ts';
import { unzip } from '../imports/unzip.ts';
import { checkOf, failedCheck, look, notChecked, type Examined } from './look.ts';

/** An import that Actito accepted. */
export interface KnownImport {
  executionId: string;
  fileName: string;
}

interface Imports extends Examined {
  entity: string;
  contract: ContractSettings;
}

const RESULTS = ['executionResult', 'executionResultFile'] as const;
const ROUTES_OF_IMPORTS = ['execution', 'executionsByFile', ...RESULTS] as const;

/** Looks for the modes of an ETL in its description. */
export async function checkEtl(
  examined: Examined,
  parts: { entity: string; etl: string },
): Promise<RouteCheck> {
  const { check } = await look(examined, { route: 'etl', parts }, z.unknown(), {
    judge: (body) => {
      const { creates, updatesOnly } = modesIn(body);
      const mode = creates ?? (updatesOnly ? 'UPDATE_ONLY' : null);
      return {
        result: mode === 'UPDATE_ONLY' ? 'asAssumed' : 'differs',
        says: tell('etlChecked', { mode }),
      };
    },
  });
  return check;
}

/** Compares what Actito shows of a past import. */
export async function checkImports(imports: Imports, last: KnownImport | undefined): Promise<RouteCheck[]> {
  if (last === undefined) return ROUTES_OF_IMPORTS.map((route) => notChecked(imports, route, 'import'));
  const parts = { entity: imports.entity, execution: last.executionId };
  const execution = await look(imports, { route: 'execution', parts }, z.looseObject({}), {
    judge: (body) => judgeStatus(body, imports.contract),
  });
  const state = execution.found && statusIn(execution.found, imports.contract)?.state;
  return [execution.check, await checkListing(imports, last), ...(await checkResults(imports, parts, state))];
}

/** Compares the results of an import. Only an import that was applied has them: without them, a 404 shows nothing. */
async function checkResults(
  imports: Imports,
  parts: { entity: string; execution: string },
  state: ImportState['state'] | undefined,
): Promise<RouteCheck[]> {
  if (state !== 'success' && state !== 'withErrors')
    return RESULTS.map((route) => notChecked(imports, route, 'notApplied'));
  const { check } = await look(imports, { route: 'executionResult', parts }, executionResultBody, {
    missing: withoutResults(imports),
  });
  return [
    check,
    state === 'withErrors'
      ? await checkResultFile(imports, parts)
      : notChecked(imports, 'executionResultFile', 'rowsInError'),
  ];
}

/** The setting for a license without row results. */
function withoutResults({ contract }: Imports): string[] {
  return contract.rowResults === 'none' ? [] : ['contract.rowResults: none'];
}

function judgeStatus(body: Record<string, unknown>, contract: ContractSettings) {
  const own = statusIn(body, contract);
  // The field that the destination names may be the wrong one.
  const either = statusIn(body, { ...contract, statusField: undefined });
  const found = own?.state === undefined && either?.state !== undefined ? either : (own ?? either);
  if (!found) return { result: 'differs' as const, says: tell('statusMissing', {}) };
  const { code: status, field } = found;
  const known = found.state !== undefined;
  const others = STATUS_FIELDS.filter((other) => other !== field && typeof body[other] === 'string');
  const isWrong = contract.statusField !== undefined && contract.statusField !== field;
  return {
    result: known && !isWrong ? ('asAssumed' as const) : ('differs' as const),
    says: tell('statusChecked', { field, status, known }),
    settings: [
      ...(isWrong ? [`contract.statusField: ${field}`] : []),
      // If the name in the first field is unknown, a person must say which field has the status.
      ...(contract.statusField === undefined && others.length > 0
        ? [`contract.statusField: ${known ? field : STATUS_FIELDS.join(' or ')}`]
        : []),
      ...(known || status === null
        ? []
        : [`contract.statusNames: { ${status}: running, success, withErrors or failed }`]),
    ],
  };
}

async function checkListing(imports: Imports, { executionId, fileName }: KnownImport): Promise<RouteCheck> {
  const parts = { entity: imports.entity, file: fileName };
  const isUsed = imports.contract.executionListing === 'byFileName';
  const { check } = await look(imports, { route: 'executionsByFile', parts }, executionsBody, {
    judge: ({ etlExecutions }) => {
      const listed = etlExecutions.some(({ id, dataFile }) => id === executionId && dataFile === fileName);
      return {
        result: listed || !isUsed ? 'asAssumed' : 'differs',
        says: tell('importListed', { listed }),
        settings: listed === isUsed ? [] : [`contract.executionListing: ${listed ? 'byFileName' : 'none'}`],
      };
    },
    missing: isUsed ? ['contract.executionListing: none'] : [],
  });
  return check;
}

/** The maximum number of bytes that are read of a result file. Only its header is needed. */
const MOST_BYTES = 64 * 1024;

async function checkResultFile(
  imports: Imports,
  parts: { entity: string; execution: string },
): Promise<RouteCheck> {
  const route = 'executionResultFile';
  try {
    const columns = await imports.client.download({ route, parts }, headerOf);
    // Without this column, the first line may be a row, whose values must not be shown.
    if (!columns.includes(RESULT_FILE.codeColumn))
      return checkOf(
        imports,
        route,
        { result: 'differs', says: tell('resultFileUnusable', {}) },
        { status: 200 },
      );
    const fields = fieldNames(Object.fromEntries(columns.map((column) => [column, null])));
    const says = tell('routeAsAssumed', {});
    return checkOf(imports, route, { result: 'asAssumed', says }, { status: 200, fields });
  } catch (error) {
    return failedCheck(imports, route, error, withoutResults(imports));
  }
}

/** The columns in the first line of the CSV in a ZIP; none if it has no such line, or one that is no CSV. */
async function headerOf(body: AsyncIterable<Uint8Array>): Promise<string[]> {
  const parser = parse({ to: 1, delimiter: RESULT_FILE.separator, bom: true, max_record_size: MOST_BYTES });
  pipeline(Readable.from(unzip(body, MOST_BYTES * 1_000)), parser, () => {}); // an error reaches the loop below
  try {
    for await (const columns of parser as AsyncIterable<string[]>) return columns;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error; // errors of csv-parse may quote a member
  }
  return [];
}
