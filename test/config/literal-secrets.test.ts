import { expect, it } from 'vitest';
import { DESTINATION, problemsWith, SOURCE } from './folders.ts';

const FTPS = DESTINATION.replace('protocol: sftp', 'protocol: ftps').replace(/ {2}hostKey.*\n/, '');
const withUrl = (url: string) => DESTINATION.replace('environment: ENV-3', `baseUrl: ${JSON.stringify(url)}`);

/** Every setting where a person might write a literal secret. */
const PLACES: [string, Record<string, string>][] = [
  [
    'connection',
    { 'sources/shop.yaml': SOURCE.replace('{ env: SHOP_DATABASE_URL }', 'postgres://u:hunter2@h/db') },
  ],
  ['connection', { 'sources/shop.yaml': SOURCE.replace('SHOP_DATABASE_URL', 'hunter2') }],
  ['apiKey', { 'destinations/actito.yaml': DESTINATION.replace('{ env: ACTITO_API_KEY }', 'hunter2') }],
  ['apiKey', { 'destinations/actito.yaml': DESTINATION.replace('ACTITO_API_KEY', 'hunter2') }],
  ['apiKey', { 'destinations/actito.yaml': DESTINATION.replace('{ env: ACTITO_API_KEY }', '{ hunter2: }') }],
  ['password', { 'destinations/actito.yaml': DESTINATION.replace('{ env: SFTP_PASSWORD }', 'hunter2') }],
  ['password', { 'destinations/actito.yaml': FTPS.replace('{ env: SFTP_PASSWORD }', '[hunter2]') }],
  [
    'privateKey',
    {
      'destinations/actito.yaml': DESTINATION.replace(
        'password: { env: SFTP_PASSWORD }',
        'privateKey: |\n    -----BEGIN KEY-----\n    hunter2',
      ),
    },
  ],
  ['ca', { 'destinations/actito.yaml': `${FTPS}  ca: hunter2\n` }],
  ['baseUrl', { 'destinations/actito.yaml': withUrl('https://u:hunter2@api.example') }],
  ['baseUrl', { 'destinations/actito.yaml': withUrl('https://hunter2@api.example') }],
  ['baseUrl', { 'destinations/actito.yaml': withUrl('https://api.example?key=hunter2') }],
  [
    'host',
    { 'destinations/actito.yaml': DESTINATION.replace('sftp.shop.example', 'u:hunter2@sftp.shop.example') },
  ],
  ['host', { 'destinations/actito.yaml': DESTINATION.replace('sftp.shop.example', 'sftp://u:hunter2@h') }],
  ['hostKey', { 'destinations/actito.yaml': DESTINATION.replace(/SHA256:A+/, 'hunter2') }],
];

it.each(PLACES)('a literal secret in %s is rejected, and not shown: %j', async (setting, files) => {
  const problems = await problemsWith(files);
  expect(problems.join('\n')).toContain(`${setting}`);
  expect(problems.join('\n')).not.toContain('hunter2');
});

it.each(['entity', 'profileTable', 'host', 'username', 'directory'])(
  'a control character in %s is rejected',
  async (setting) => {
    const text = DESTINATION.replace(new RegExp(`( *${setting}: ).*`), '$1"a\\nb"');
    expect(await problemsWith({ 'destinations/actito.yaml': text })).toEqual([
      expect.stringContaining(`${setting}: expected text without control characters`),
    ]);
  },
);

it.each(['http://api.example', 'api.example', 'https://api.example\nX'])(
  'an API address that is not an https URL is rejected: %j',
  async (url) => {
    expect(await problemsWith({ 'destinations/actito.yaml': withUrl(url) })).toHaveLength(1);
  },
);
