import { expect, test } from 'vitest';
import { settingsHash, type ExportSource } from '../../../activities/profiles/source.ts';

/* Which settings decide whether an export counts as read. */

const SOURCE: Pick<ExportSource, 'peer' | 'settings'> = {
  peer: 'sftp exports sftp.shop.example 22',
  settings: {
    directory: '/exports',
    file: 'profiles_$yyyyMMdd.csv',
    full: 'full*.csv',
    columns: { profileId: 'id', emailAddress: 'mail', customerId: 'customer' },
  },
};
const { settings } = SOURCE;
const hash = (source: typeof SOURCE) => settingsHash(source, 'emailAddress');

test.each([
  ['server', { ...SOURCE, peer: 'sftp exports other.shop.example 22' }],
  ['folder', { ...SOURCE, settings: { ...settings, directory: '/others' } }],
  ['pattern of daily files', { ...SOURCE, settings: { ...settings, file: '$yyyyMMdd.csv' } }],
  ['pattern of full files', { ...SOURCE, settings: { ...settings, full: undefined } }],
  [
    'column of profile IDs',
    { ...SOURCE, settings: { ...settings, columns: { ...settings.columns, profileId: 'x' } } },
  ],
  [
    'column of the key',
    { ...SOURCE, settings: { ...settings, columns: { ...settings.columns, emailAddress: 'x' } } },
  ],
])('the %s decides', (_, changed) => {
  expect(hash(changed)).not.toBe(hash(SOURCE));
});

test('columns of other keys, and how the server is reached, do not decide', () => {
  const columns = { ...settings.columns, customerId: 'x' };
  const server = {
    protocol: 'sftp' as const,
    host: 'sftp.shop.example',
    username: 'exports',
    port: 22,
    hostKey: 'SHA256:x',
    password: { env: 'OTHER' },
  };
  const changed = { ...SOURCE, settings: { ...settings, columns, server } };
  expect(hash(changed)).toBe(hash(SOURCE));
});
