import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DRIVERS, infoOf, sourceSchema, type Driver } from '../../activation/definition/source.ts';
import { checkAnswer, QUESTIONS, settingQuestions } from '../../cli/commands/init-questions.ts';
import { loadProject } from '../../config/project.ts';
import { pages } from '../docs/pages.ts';
import { cli, typing } from './support.ts';

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'actito-sync-init-'));
  folder = join(base, 'project');
});
afterEach(() => rm(base, { recursive: true }));

const read = (file: string) => readFile(join(folder, file), 'utf8');
const init = (driver: string) => cli(['init', folder, '--warehouse', driver, '--yes']);

/** The variables of `.env.example`: for a connection URL, the one in the comment above it. */
async function plausible(): Promise<NodeJS.ProcessEnv> {
  const found = (await read('.env.example')).matchAll(/^# (.*)\n(?:(\w+)=\n)(?:(\w+)=\n)?/gm);
  return Object.fromEntries(
    [...found].flatMap(([, comment, ...names]) =>
      names.map((name) => [
        name ?? '',
        /such as (\w+:.*)\.$/.exec(comment!)?.[1] ??
          (name === 'ACTITO_SFTP_HOST_KEY' ? `SHA256:${'a'.repeat(43)}` : 'a-secret'),
      ]),
    ),
  );
}

test.each(DRIVERS)(
  '--warehouse %s --yes: the folder is valid, with the variables of .env.example',
  async (driver) => {
    const { code, out, err } = await init(driver);
    expect({ code, err }).toEqual({ code: 0, err: '' });

    const { sources, activations, problems } = await loadProject(folder);
    expect(problems).toEqual([]);
    const source = sources.get('warehouse')!;
    expect(source.driver).toBe(driver);
    const env = await plausible();
    const validated = await cli(['validate', folder, '--env'], { env });
    expect(validated.out).toContain(': valid, with 1 source, 1 destination, 1 activation, 1 warning\n');

    const named = [...JSON.stringify(source).matchAll(/"env":"(\w+)"/g)].map(([, name]) => name!);
    for (const name of named) {
      const { out: missing } = await cli(['validate', folder, '--env'], {
        env: { ...env, [name]: undefined },
      });
      expect(missing).toContain(name);
    }
    const set = driver === 'postgres' || named.length === 0 ? '' : `Set ${named.join(', ')}, and try`;
    expect(out).toContain(set || 'Try it without Actito and without secrets');
    expect(activations.get('vip-customers')!.segment.query).toBe(
      `select email, first_name from customers where ${driver === 'sqlserver' ? 'vip = 1' : 'vip'}\n`,
    );
  },
);

test.each(DRIVERS)(
  'the comments of a source of %s help: its section, its packages, its other settings',
  async (driver) => {
    const { out } = await init(driver);
    const text = await read('sources/warehouse.yaml');
    const { section, packages } = infoOf(driver);
    expect(text).toContain(`docs/warehouses.md#${section}\n`);
    const headings = [
      ...pages()
        .get('docs/warehouses.md')!
        .matchAll(/^## (.*)$/gm),
    ].map(([, heading]) => heading!.toLowerCase().replaceAll(' ', '-'));
    expect(headings).toContain(section);
    for (const where of [text, out])
      expect([...where.matchAll(/npm install (.*)/g)].map(([, all]) => all)).toEqual(
        packages ? [packages.join(' ')] : [],
      );

    const all = text.replaceAll(/^( *)# ( *\w+:( .*)?)$/gm, (line, indent: string, setting: string) =>
      setting.startsWith('yaml-') ? line : indent + setting,
    );
    // Together, some settings contradict each other. Nothing else is wrong with any of them.
    const { issues } = sourceSchema.safeParse(parse(all)).error ?? { issues: [] };
    expect(issues.filter(({ path }) => !['connection', 'iam'].includes(path.join('.')))).toEqual([]);
    expect(Object.keys(parse(all) as object).sort()).toEqual(settingsOf(driver).sort());
  },
);

function settingsOf(driver: Driver): string[] {
  const option = sourceSchema.options.find(({ shape }) => shape.driver.value === driver)!;
  return Object.keys(option.shape);
}

test.each(DRIVERS)('Enter answers every question about %s, and no secret is asked for', (driver) => {
  for (const { name, usual } of settingQuestions(driver)) {
    expect(checkAnswer(name, usual({}), driver)).toEqual({ value: usual({}) });
    expect(name).not.toMatch(/token|secret|password|key|credentials/i);
  }
});

test('the help says how many questions there are', async () => {
  const many = DRIVERS.map((driver) => QUESTIONS.length + settingQuestions(driver).length);
  expect((await cli(['init', '--help'])).out).toContain(
    `# asks ${Math.min(...many)} to ${Math.max(...many)} questions\n`,
  );
});

test('on a terminal, the warehouse is the first question, and the settings of its driver come next', async () => {
  const asked = await cli(['init', folder], {
    in: typing('orakle', 'snow flake', 'ACME-EU', '', 'BI', '', '', ...QUESTIONS.slice(1).map(() => '')),
  });
  expect(asked).toMatchObject({ code: 0, err: '' });
  const [, first] = asked.out.split('\n');
  expect(first).toMatch(/^Which warehouse \(postgres, mysql, .*\)\? \[postgres\] /);
  expect(asked.out).toContain('  Expected postgres, mysql, ');
  expect(asked.out).toMatch(
    /Which account\? .*Which user\? .*Which warehouse\? .*Which database\? .*Which schema\? .*Which environment of Actito/s,
  );
  expect((await loadProject(folder)).sources.get('warehouse')).toMatchObject({
    driver: 'snowflake',
    connection: {
      account: 'ACME-EU',
      user: 'ACTITO_SYNC',
      privateKey: { env: 'SNOWFLAKE_PRIVATE_KEY' },
      warehouse: 'BI',
      database: 'SHOP',
      schema: 'MARKETING',
    },
  });
});

test('with --warehouse, a terminal asks for the settings of that driver; an unusable one is asked for again', async () => {
  const answers = ['https://db.example', 'db.example', '007', 'reader: "x"'];
  const { code, out } = await cli(['init', folder, '--warehouse', 'MSSQL'], {
    in: typing(...answers, ...QUESTIONS.slice(1).map(() => '')),
  });
  expect(code).toBe(0);
  expect(out).not.toContain('Which warehouse (');
  expect(out).toContain('  Expected only a host name or IP address.\n');
  const { sources, activations } = await loadProject(folder);
  expect(sources.get('warehouse')).toMatchObject({
    driver: 'sqlserver',
    connection: {
      host: 'db.example',
      database: '007',
      user: 'reader: "x"',
      password: { env: 'WAREHOUSE_DATABASE_PASSWORD' },
    },
  });
  expect(activations.get('vip-customers')!.segment.query).toContain('where vip = 1');
});

test('a table with its database is a table, as warehouses name it', async () => {
  const typed = QUESTIONS.slice(1).map(({ name }) => (name === 'members' ? 'main.marketing.vip' : ''));
  await cli(['init', folder, '--warehouse', 'trino'], { in: typing(...typed) });
  const { activations } = await loadProject(folder);
  expect(activations.get('vip-customers')!.segment).toMatchObject({ table: 'main.marketing.vip' });
});

test.each([
  ['MariaDB', 'mysql'],
  ['PostgreSQL', 'postgres'],
  ['Amazon Redshift', 'redshift'],
  ['Microsoft SQL Server', 'sqlserver'],
  ['google-bigquery', 'bigquery'],
])('a warehouse is accepted as people call it: %s is %s', (name, driver) => {
  expect(checkAnswer('driver', name)).toEqual({ value: driver });
});

test.each([
  ['orakle', /^expected postgres, mysql, [a-z, ]+, got "orakle"\.$/],
  ['mysqll', / \(did you mean mysql\?\), got "mysqll"\.$/],
  ['snowflak', / \(did you mean snowflake\?\), got "snowflak"\.$/],
  ['', /^expected postgres, .*, got ""\.$/],
])('an unknown warehouse %j is an error with a suggestion, and nothing is written', async (driver, says) => {
  const { code, out, err } = await init(driver);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^InvalidActivation: --warehouse: /);
  expect(err.replace('InvalidActivation: --warehouse: ', '').trimEnd()).toMatch(says);
  await expect(read('sources/warehouse.yaml')).rejects.toThrow('ENOENT');
});

test('--activation keeps the warehouse of the project, and fits its query', async () => {
  await init('sqlserver');
  const both = await cli(['init', folder, '--activation', 'sleepers', '--warehouse', 'mysql']);
  expect(both.code).toBe(2);
  expect(both.err).toContain("'--warehouse <driver>' cannot be used with option '--activation <id>'");

  const asked = await cli(['init', folder, '--activation', 'sleepers'], {
    in: typing('Sleepers', '', 'phone', '', ''),
  });
  expect(asked).toMatchObject({ code: 0, err: '' });
  expect(asked.out.match(/\? \[/g)).toHaveLength(5);
  const { activations, problems } = await loadProject(folder);
  expect(problems).toEqual([]);
  expect(activations.get('sleepers')).toMatchObject({
    segment: { name: 'Sleepers', query: 'select email, first_name from customers where vip = 1\n' },
    matchingKey: { type: 'phone' },
  });
});
