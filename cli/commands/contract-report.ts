import type { ContractResult, RouteCheck } from '../../contract/inspect.ts';

const SIGNS = { asAssumed: '✔', differs: '✖', notFound: '✖', failed: '✖', notChecked: '•' } satisfies Record<
  RouteCheck['result'],
  string
>;

/**
 * Whether a check failed. A route that Actito does not document may be missing, if the destination does not use it: no
 * setting follows then.
 */
export function hasFailedCheck({ checks }: ContractResult): boolean {
  return checks.some(
    ({ result, mark, settings }) =>
      result === 'failed' ||
      result === 'differs' ||
      (result === 'notFound' && (mark === 'D' || settings.length > 0)),
  );
}

/** What reading showed of the contract with Actito, line by line; people send it to us. */
export function describeContract({ destination, actito, checks }: ContractResult): string[] {
  const width = Math.max(...checks.map(({ route }) => route.length));
  const settings = [...new Set(checks.flatMap((check) => check.settings))];
  return [
    `Contract with Actito, checked by reading (destination ${destination}, ${actito ?? 'an address that is not shown'})`,
    ...checks.flatMap((check) => linesOf(check, width)),
    ...(settings.length === 0
      ? ['No setting of the destination has to change.']
      : ['Consider these settings:', ...settings.map((setting) => `→ ${setting}`)]),
    'D: documented by Actito · C: seen in public client code · A: assumed. Lines with • could not be checked.',
    'The report contains no keys, ids, values or names of your entities, tables and lists. The other checks need a person: ' +
      'docs/actito-contract.md, "Before you trust it".',
  ];
}

function linesOf({ route, mark, call, result, status, fields, says }: RouteCheck, width: number): string[] {
  return [
    `${SIGNS[result]} ${mark} ${route.padEnd(width)}  ${status ?? '–'}  ${call}`,
    `      ${says.message}`,
    ...(fields.length === 0 ? [] : [`      fields: ${fields.join(', ')}`]),
  ];
}
