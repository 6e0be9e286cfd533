import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { activationSchema } from '../../activation/definition/activation.ts';
import { destinationSchema } from '../../activation/definition/destination.ts';
import { sourceSchema } from '../../activation/definition/source.ts';
import { createProgram } from '../../cli/program.ts';
import { settingsSchema } from '../../config/settings.ts';
import { commandLinesOf, faultOf } from './command-lines.ts';
import { blocksOf, pages, proseOf, ROOT, writtenPages } from './pages.ts';

/** The minimum of a file of each kind, since a page may show a part of a file. */
const KINDS = {
  activations: {
    schema: activationSchema,
    least: {
      source: 'shop',
      destination: 'actito',
      segment: { name: 'VIP', table: 'vip' },
      matchingKey: { column: 'email', type: 'email', attribute: 'emailAddress' },
    },
  },
  destinations: {
    schema: destinationSchema,
    least: {
      environment: 'PREPROD',
      apiKey: { env: 'ACTITO_API_KEY' },
      entity: 'shop',
      profileTable: 'Profiles',
      delivery: {
        protocol: 'sftp',
        host: 'sftp.shop.example',
        username: 'actito-sync',
        password: { env: 'SFTP_PASSWORD' },
        hostKey: `SHA256:${'a'.repeat(43)}`,
        directory: '/in',
      },
    },
  },
  sources: {
    schema: sourceSchema,
    least: { driver: 'postgres', connection: { env: 'SHOP_DATABASE_URL' } },
  },
  project: { schema: settingsSchema, least: {} },
} as const;

const nothing = async () => undefined;
const PROGRAM = createProgram({
  env: {},
  out: process.stdout,
  err: process.stderr,
  signal: new AbortController().signal,
  connected: nothing,
  local: nothing,
});

/** The error in a block of YAML; undefined: it is a valid file of a project folder, or a part of one. */
function faultOfYaml(text: string): string | undefined {
  const [, kind] = /^# (activations|destinations|sources|project)(?:\/[\w-]+)?\.yaml\n/.exec(text) ?? [];
  if (!kind) return 'its first line must name the file, such as # activations/vip-customers.yaml';
  const { schema, least } = KINDS[kind as keyof typeof KINDS];
  const { error } = schema.safeParse(Object.assign({}, least, parse(text)));
  return error && JSON.stringify(error.issues);
}

it('every block of YAML in the documentation is a valid file of a project folder, or a part of one', () => {
  const blocks = writtenPages()
    .flatMap(([page, text]) => blocksOf(page, text))
    .filter(({ language }) => language === 'yaml');
  expect(blocks.length).toBeGreaterThan(5);
  const faults = blocks.map(({ page, line, text }) => [`${page}:${line}`, faultOfYaml(text)]);
  expect(faults.filter(([, fault]) => fault !== undefined)).toEqual([]);
});

it.each([
  ['source: shop\n', 'its first line must name the file'],
  ['# activations/vip.yaml\nmatchingKey: { column: mobile, type: phone, country: BE }\n', 'country'],
  ['# destinations/actito.yaml\nimports: { shareWithin: 10 }\n', 'shareWithin'],
  ['# project.yaml\nretention: { runs: 1d }\n', 'retention'],
])('an invalid block of YAML is found: %j', (text, fault) => {
  expect(faultOfYaml(text)).toContain(fault);
});

it('every command line in the documentation uses commands, options and arguments of the program', async () => {
  const program = await PROGRAM;
  const lines = writtenPages().flatMap(([page, text]) =>
    commandLinesOf(page, text).map((line) => [page, line] as const),
  );
  expect(lines.length).toBeGreaterThan(40);
  const faults = lines.map(([page, line]) => [page, line, faultOf(line, program)]);
  expect(faults.filter(([, , fault]) => fault !== undefined)).toEqual([]);
});

it.each([
  ['$ actito-sync statsu', 'there is no command "statsu"'],
  ['npx actito-sync schedule stop vip-customers', 'there is no command "stop"'],
  ['actito-sync run vip-customers --dryrun', '"run" has no option --dryrun'],
  ['actito-sync undo vip-customers --to', '--to needs a value'],
  ['actito-sync approve vip-customers --reason "spring clean-up"', '"approve" takes other arguments'],
  ['node --env-file=worker.env dist/cli/main.js doctor actito now', '"doctor" takes other arguments'],
])('a wrong command line is found: %s', async (line, fault) => {
  const [found] = commandLinesOf('', `\`\`\`sh\n${line}\n\`\`\``);
  expect(faultOf(found!, await PROGRAM)).toBe(fault);
});

it('every link in the documentation leads to a file, and to one of its headings', () => {
  const all = pages();
  const dead: string[] = [];
  let links = 0;
  for (const [page, text] of all) {
    for (const [, target] of proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      links += 1;
      const [path, heading] = target!.split('#') as [string, string?];
      const file = path === '' ? page : join(dirname(page), path);
      const isThere = existsSync(join(ROOT, file));
      if (!isThere || (heading !== undefined && !headingsOf(all.get(file)).includes(heading)))
        dead.push(`${page}: ${target}`);
    }
  }
  expect(links).toBeGreaterThan(50);
  expect(dead).toEqual([]);
});

it('every test that the documentation names exists', () => {
  const named = writtenPages().flatMap(([page, text]) =>
    [...proseOf(text).matchAll(/`(test\/[^`\s]+)`/g)].map(([, path]) => [page, path!] as const),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(([, path]) => !existsSync(join(ROOT, path)))).toEqual([]);
});

it('docs/architecture.md shows every folder of the code', () => {
  const [, folders] = /const MAY_IMPORT = \{\n([^]*?)\n\};/.exec(
    readFileSync(join(ROOT, 'eslint.config.js'), 'utf8'),
  )!;
  const names = [...folders!.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name!);
  expect(names).toContain('contract');
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  expect(names.filter((name) => !page.includes(`${name}["${name}/: `))).toEqual([]);
});

/** The headings of a page as GitHub names them in links. */
function headingsOf(text = ''): string[] {
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
