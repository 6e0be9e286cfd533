import type { Case } from './case.ts';

/** A contract, and its problems. */
const WRONG: [contract: string, problem: string][] = [
  ['[]', 'contract: expected a group of settings'],
  ['{ emptyvalue: clears }', 'contract.emptyvalue: unknown setting, did you mean "emptyValue"?'],
  ['{ emptyValue: clear }', 'contract.emptyValue: expected clears or ignored, got "clear"'],
  [
    '{ listIdentifiers: email }',
    'contract.listIdentifiers: expected uniqueAttribute or profileId, got "email"',
  ],
  ['{ executionListing: true }', 'contract.executionListing: expected none or byFileName, got true'],
  ['{ rowResults: all }', 'contract.rowResults: expected resultFile or none, got "all"'],
  [
    '{ listConfirmation: yes }',
    'contract.listConfirmation: expected none, status or fileDisappears, got "yes"',
  ],
  [
    '{ importParts: { file: "my file" } }',
    'contract.importParts.file: expected a name of letters, digits, dots, underscores and hyphens',
  ],
  ['{ etlColumns: some }', 'contract.etlColumns: expected subset or all, got "some"'],
  ['{ compression: bzip2 }', 'contract.compression: expected gzip, zip or none, got "bzip2"'],
  [
    '{ statusNames: { ABORTED: broken } }',
    'contract.statusNames.ABORTED: expected running, success, withErrors, failed',
  ],
  [
    '{ paths: { lists: lists } }',
    'contract.paths.lists: expected a path that starts with / and contains {entity} and {table}',
  ],
  [
    '{ paths: { lists: "/lists/{entity}" } }',
    'contract.paths.lists: expected a path that starts with / and contains {entity} and {table}',
  ],
  [
    '{ paths: { lists: "/{entity}/{tabel}" } }',
    'contract.paths.lists: expected a path that starts with / and contains {entity} and {table}',
  ],
  [
    '{ paths: { token: "/{entity}/token" } }',
    'contract.paths.token: expected a path that starts with / and contains no placeholder',
  ],
  [
    '{ paths: { etlExecution: "/x" } }',
    'contract.paths.etlExecution: unknown setting, did you mean "etlExecutions"?',
  ],
];

export const CONTRACTS = WRONG.map(([contract, problem]): Case => [
  'entity: shop',
  `entity: shop\ncontract: ${contract}`,
  `:4 ${problem}`,
]);
