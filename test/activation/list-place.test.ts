import { describe, expect, it } from 'vitest';
import {
  listTarget,
  placeChanges,
  resolveActivation,
  type Definition,
} from '../../activation/definition/definition.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import { placeChangeInWords } from '../../contract/messages/lists.ts';
import { activationFile } from '../support/activation-files.ts';

const SERVER = {
  host: 'sftp.shop.example',
  username: 'actito',
  directory: '/in',
  password: { env: 'PASSWORD' },
};
const SFTP = { ...SERVER, protocol: 'sftp', hostKey: `SHA256:${'A'.repeat(43)}` };
const FTPS = { ...SERVER, protocol: 'ftps' };

function target(activation: object = {}, destination: object = {}): string {
  const definition: Definition = {
    source: sourceSchema.parse({ driver: 'postgres', connection: { env: 'SHOP' } }),
    destination: destinationSchema.parse({
      environment: 'ENV-3',
      apiKey: { env: 'KEY' },
      entity: 'shop',
      profileTable: 'Profiles',
      delivery: SFTP,
      ...destination,
    }),
    activation: resolveActivation(
      'vip',
      activationFile({
        source: 'shop',
        destination: 'actito',
        segment: { name: 'VIP', query: 'select 1' },
        matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
        ...activation,
      }),
    ),
  };
  return listTarget(definition);
}

describe('the place of a list', () => {
  it.each<[string, object, object, string[]]>([
    ['another segment after it', { segment: { name: 'VIP', query: 'select 2' } }, {}, []],
    ['another validity', { list: { validity: '3 days' } }, {}, []],
    ['another user', {}, { delivery: { ...SFTP, username: 'other' } }, []],
    ['a slash after the folder', {}, { delivery: { ...SFTP, directory: '/in/' } }, []],
    [
      'another segment name',
      { segment: { name: 'Best of all', query: 'select 1' } },
      {},
      ['the list was "VIP" and is now "Best of all"', 'the file was "VIP.csv" and is now "Best-of-all.csv"'],
    ],
    [
      'another identifier',
      { list: { identifier: { column: 'id', attribute: 'profileId' } } },
      {},
      ['the identifier was "emailAddress" and is now "profileId"'],
    ],
    [
      'another protocol',
      {},
      { delivery: FTPS },
      ['the server was "sftp://sftp.shop.example:22" and is now "ftps://sftp.shop.example:21"'],
    ],
    [
      'only another protocol',
      {},
      { delivery: { ...FTPS, port: 22 } },
      ['the server was "sftp://sftp.shop.example:22" and is now "ftps://sftp.shop.example:22"'],
    ],
    [
      'another folder',
      {},
      { delivery: { ...SFTP, directory: 'in' } },
      ['the folder was "/in" and is now "in"'],
    ],
    [
      'another license, entity and table',
      {},
      { environment: 'ENV-0', entity: 'store', profileTable: 'People' },
      [
        'the profile table was "Profiles" and is now "People"',
        'the entity was "shop" and is now "store"',
        'the license was "ENV-3" and is now "ENV-0"',
      ],
    ],
  ])('with %s changes as expected', (_, activation, destination, changes) => {
    const [before, after] = [target(), target(activation, destination)];
    expect(placeChanges(before, after).map(placeChangeInWords)).toEqual(changes);
    expect(before === after).toBe(changes.length === 0);
  });
});
