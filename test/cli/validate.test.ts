import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Validation } from '../../cli/commands/validate.ts';
import { DRIVERS } from '../../activation/definition/source.ts';
import { cli } from './support.ts';

const DEMO = 'examples/demo';
/** What the demo's folder names. */
const VARIABLES = {
  SHOP_DATABASE_URL: 'postgres://secret',
  ACTITO_BASE_URL: 'https://secret',
  ACTITO_API_KEY: 'secret',
  ACTITO_SFTP_HOST: 'secret',
  ACTITO_SFTP_PORT: '22',
  ACTITO_SFTP_USERNAME: 'secret',
  ACTITO_SFTP_PASSWORD: 'secret',
  ACTITO_SFTP_HOST_KEY: `SHA256:${'s'.repeat(43)}`,
};
/** No server listens there: the command must work without. */
const NO_TEMPORAL = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'actito-sync-validate-'));
  for (const name of ['sources', 'destinations', 'activations']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

const validate = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  cli(['validate', ...args], { env: { ...NO_TEMPORAL, ...env } });

test('a valid folder is reported with its contents', async () => {
  expect(await validate([DEMO])).toEqual({
    code: 0,
    out: `${DEMO}: valid, with 1 source, 1 destination, 2 activations\n`,
    err: '',
  });
});

test('without an argument, the folder is that of ACTITO_SYNC_PROJECT', async () => {
  const { code, out } = await validate([], { ACTITO_SYNC_PROJECT: '/nowhere' });
  expect(code).toBe(2);
  expect(out).toMatch(/^The project folder \/nowhere\ does not exist..*\n\/nowhere: 1 problem\n$/);
});

test('without an argument and the variable, the command says so, names the demo and checks nothing', async () => {
  const { code, out } = await validate([]);
  expect(code).toBe(2);
  expect(out).toMatch(
    /^ACTITO_SYNC_PROJECT is not set\..*examples\/demo\.\nACTITO_SYNC_PROJECT: 1 problem\n$/,
  );
});

test.each(['status', 'schedule apply', 'doctor vip', 'attributes actito', 'history vip'])(
  'no other command uses the demo instead: %s',
  async (line) => {
    const { code, out, err } = await cli(line.split(' '), {
      env: { ACTITO_SYNC_DATABASE_URL: 'postgres://127.0.0.1:1/x' },
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).not.toContain('customers');
  },
);

test('all problems are shown at once, with file and line, and the command exits with 2', async () => {
  await writeFile(
    join(folder, 'sources/shop.yaml'),
    'driver: postgres\nconnection: { env: X }\nstatementTimout: 1m\n',
  );
  await writeFile(join(folder, 'activations/vip.yaml'), 'source: shop\n\nnonsense: true\n');
  const { code, out, err } = await validate([folder]);
  expect({ code, err }).toEqual({ code: 2, err: '' });
  const lines = out.trimEnd().split('\n');
  expect(lines).toContainEqual(expect.stringMatching(/^activations\/vip\.yaml:3 nonsense: unknown setting/));
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^sources\/shop\.yaml:3 statementTimout: unknown setting, did you mean "statementTimeout"/,
    ),
  );
  expect(lines.at(-1)).toBe(`${folder}: ${lines.length - 1} problems`);
});

test('--json gives the same to a program, as data and in words', async () => {
  await writeFile(join(folder, 'sources/shop.yaml'), 'driver: oracle\nconnection: { env: X }\n');
  await writeFile(join(folder, 'sources/empty.yaml'), '');
  const broken = await validate([folder, '--json']);
  expect(broken).toMatchObject({ code: 2, err: '' });
  expect(JSON.parse(broken.out)).toEqual({
    folder,
    valid: false,
    problems: [
      { file: 'sources/empty.yaml', line: 1, reason: 'fileEmpty', facts: {}, message: 'the file is empty' },
      {
        file: 'sources/shop.yaml',
        line: 1,
        setting: 'driver',
        reason: 'settingWrong',
        facts: { expected: DRIVERS.join(', '), got: '"oracle"' },
        message: `expected ${DRIVERS.join(', ')}, got "oracle"`,
      },
    ],
    warnings: [],
  });

  const missing = await validate([join(folder, 'nowhere'), '--json']);
  expect((JSON.parse(missing.out) as Validation).problems).toMatchObject([
    { reason: 'projectFolderMissing', facts: { folder: join(folder, 'nowhere'), isFile: false } },
  ]);

  const unset = await validate([DEMO, '--env', '--json'], { ...VARIABLES, ACTITO_API_KEY: undefined });
  expect((JSON.parse(unset.out) as Validation).problems).toEqual([
    {
      file: 'destinations/actito',
      setting: 'apiKey',
      reason: 'variableUnset',
      facts: { variable: 'ACTITO_API_KEY', empty: false },
      message: 'the environment variable ACTITO_API_KEY is not set',
    },
  ]);

  const good = await validate([DEMO, '--json']);
  expect(good).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(good.out) as Validation).toEqual({
    folder: DEMO,
    valid: true,
    problems: [],
    warnings: [],
    found: { sources: 1, destinations: 1, activations: 2 },
  });
});

test('likely mistakes are shown, and are not errors', async () => {
  const files = {
    'sources/shop': 'driver: postgres\nconnection: { env: X }',
    'destinations/actito':
      'environment: ENV-3\napiKey: { env: X }\nentity: shop\nprofileTable: P\ndelivery:\n' +
      '  { protocol: ftps, host: h, username: u, directory: /in, password: { env: X } }',
    'activations/vip':
      'source: shop\ndestination: actito\nsegment: { name: VIP, table: t }\nschedule: { every: 40h }\n' +
      'matchingKey: { column: email, type: email, attribute: emailAddress }',
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, `${file}.yaml`), text);
  const { code, out } = await validate([folder]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Warning: activations\/vip: the list is valid for 48h, and the activation runs every 40h/,
  );
  expect(out).toMatch(/^Warning: destinations\/actito: .* Actito documents profile IDs only; check that /m);
  expect(out).toMatch(/: valid, with .*, 2 warnings\n$/);
});

test('--env names the missing variables', async () => {
  const others = { ...VARIABLES, ACTITO_API_KEY: undefined };
  const { code, out } = await validate([DEMO, '--env'], { ...others, ACTITO_SFTP_PORT: '' });
  expect(code).toBe(2);
  expect(out.split('\n')).toEqual([
    'destinations/actito apiKey: the environment variable ACTITO_API_KEY is not set',
    'destinations/actito delivery.port: the environment variable ACTITO_SFTP_PORT is empty',
    `${DEMO}: 2 problems`,
    '',
  ]);
  expect(out).not.toContain('secret');
});

test('--env reports no problem if all variables are set', async () => {
  expect(await validate([DEMO, '--env'], VARIABLES)).toMatchObject({ code: 0, err: '' });
});

test('--env parses the connection URL of each source, and never shows it', async () => {
  await cp(DEMO, folder, { recursive: true });
  const urls: Record<string, string> = {
    postgres: 'postgres://u:hunter2@h/shop?sslmode=hunter3',
    redshift: 'https://u:hunter2@h/shop',
    mysql: 'mysql://u:hunter2@h/shop?charset=hunter3',
    clickhouse: 'https://u:hunter2@h/shop?query=hunter3',
    trino: 'https://h/hunter2',
  };
  for (const driver of Object.keys(urls)) {
    const source = `driver: ${driver}\nconnection: { env: URL_OF_${driver.toUpperCase()} }\n`;
    await writeFile(join(folder, `sources/${driver}.yaml`), source);
  }
  const named = Object.fromEntries(
    Object.entries(urls).map(([driver, url]) => [`URL_OF_${driver.toUpperCase()}`, url]),
  );
  const { code, out } = await validate([folder, '--env'], { ...VARIABLES, ...named });
  expect(code).toBe(2);
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^sources\/clickhouse connection: query in the URL .*URL_OF_CLICKHOUSE/),
    expect.stringMatching(/^sources\/mysql connection: A parameter after the \? of the URL .*URL_OF_MYSQL/),
    expect.stringMatching(/^sources\/postgres connection: .*URL_OF_POSTGRES/),
    expect.stringMatching(/^sources\/redshift connection: .*URL_OF_REDSHIFT/),
    expect.stringMatching(/^sources\/trino connection: The URL .*URL_OF_TRINO.*, with a user\.$/),
    `${folder}: 5 problems`,
    '',
  ]);
  expect(out).not.toMatch(/hunter/);
});

test('--env checks lists of host keys, and the passphrase of a key', async () => {
  await cp(DEMO, folder, { recursive: true });
  const path = join(folder, 'destinations/actito.yaml');
  const destination = (await readFile(path, 'utf8'))
    .replace(/hostKey: (.*)/, 'hostKey: [ $1, { env: NEW_KEY } ]')
    .replace(/password: .*/, 'privateKey: { env: KEY, passphrase: { env: PHRASE } }');
  await writeFile(path, destination);
  const { out } = await validate([folder, '--env'], { ...VARIABLES, NEW_KEY: 'hunter2', KEY: 'hunter2' });
  expect(out.split('\n')).toEqual([
    'destinations/actito delivery.privateKey.passphrase: the environment variable PHRASE is not set',
    expect.stringMatching(/^destinations\/actito delivery\.hostKey\.1: .*NEW_KEY .* must be the fingerprint/),
    `${folder}: 2 problems`,
    '',
  ]);
});

test('--env names variables with unusable values, and never shows the values', async () => {
  const unusable = {
    ...VARIABLES,
    ACTITO_API_KEY: 'hunter2\nhunter3',
    ACTITO_BASE_URL: 'https://u:hunter2@secret',
    ACTITO_SFTP_PORT: 'hunter2',
    ACTITO_SFTP_HOST_KEY: 'hunter2',
  };
  const { code, out } = await validate([DEMO, '--env'], unusable);
  expect(code).toBe(2);
  expect(out.split('\n')).toEqual([
    expect.stringMatching(
      /^destinations\/actito baseUrl: .*ACTITO_BASE_URL .* must not contain a user name or password/,
    ),
    expect.stringMatching(/^destinations\/actito apiKey: .*ACTITO_API_KEY .* contains a control character/),
    expect.stringMatching(
      /^destinations\/actito delivery\.port: .*ACTITO_SFTP_PORT .* must be a port number/,
    ),
    expect.stringMatching(
      /^destinations\/actito delivery\.hostKey: .*ACTITO_SFTP_HOST_KEY .* must be the fingerprint/,
    ),
    `${DEMO}: 4 problems`,
    '',
  ]);
  expect(out).not.toMatch(/hunter/);
});
