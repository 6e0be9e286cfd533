import { DRIVERS } from '../../../activation/definition/source.ts';
import type { Case } from './case.ts';

export const SOURCES: Case[] = [
  ['driver: postgres', 'driver: oracle', `:1 driver: expected ${DRIVERS.join(', ')}, got "oracle"`],
  [
    '{ env: SHOP_DATABASE_URL }',
    'postgres://u:hunter2@h/db',
    ':2 connection: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  [
    '{ env: SHOP_DATABASE_URL }',
    '{ hunter2 }',
    ':2 connection.env: missing; expected { env: NAME } with the name of an environment variable',
    ':2 connection: expected { env: NAME } with the name of an environment variable; do not write the secret itself in this file',
  ],
  ['driver: postgres', 'driver: postgres\ndriver: postgres', ':2: not valid YAML (duplicate key)'],
  ['{ env: SHOP_DATABASE_URL }', '{ env: SHOP_DATABASE_URL', ':3: not valid YAML (bad indent)'],
  ['{ env: SHOP_DATABASE_URL }', '*hunter2', ':1: not valid YAML (an alias *name without its anchor &name)'],
  ['{ env: SHOP_DATABASE_URL }', '!hunter2 abc', ':2: not valid YAML (tag resolve failed)'],
  ['{ env: SHOP_DATABASE_URL }', '"hunter2', ':3: not valid YAML (missing char)'],
  ['driver: postgres\nconnection: { env: SHOP_DATABASE_URL }\n', '# nothing\n', ':1: the file is empty'],
  [
    'driver: postgres\nconnection: { env: SHOP_DATABASE_URL }\n',
    '- driver\n',
    ':1: expected a group of settings',
  ],
];
