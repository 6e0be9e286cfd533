import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectFiles } from '../../cli/commands/init-files.ts';
import { writeFiles } from '../../cli/commands/init.ts';
import {
  checkAnswer,
  QUESTIONS,
  usualAnswers,
  type AnswerName,
  type Answers,
} from '../../cli/commands/init-questions.ts';
import { loadProject } from '../../config/project.ts';
import { cli, typing } from './support.ts';

let base: string;
let folder: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'actito-sync-init-'));
  folder = join(base, 'project');
});
afterEach(() => rm(base, { recursive: true }));

const ENTER = QUESTIONS.map(() => '');

test('without a terminal, init writes a valid project folder, whose only warning is about lists of email addresses', async () => {
  const { code, out, err } = await cli(['init', folder]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('  activations/vip-customers.yaml\n');
  expect(out).toContain(`  actito-sync validate ${folder} --env\n`);
  const validated = await cli(['validate', folder]);
  expect(validated).toMatchObject({ code: 0, err: '' });
  const [warning, summary, ...more] = validated.out.trimEnd().split('\n');
  expect(warning).toMatch(/^Warning: destinations\/actito: .*Actito documents profile IDs only;/);
  expect([summary, more]).toEqual([
    `${folder}: valid, with 1 source, 1 destination, 1 activation, 1 warning`,
    [],
  ]);
});

test('the profile directory that init leaves commented out is valid, and ends the warning', async () => {
  await cli(['init', folder]);
  const uncomment = async (file: string, from: RegExp) => {
    const text = await readFile(join(folder, file), 'utf8');
    const changed = text.replaceAll(from, (line) => line.replace('# ', ''));
    expect(changed).not.toBe(text);
    await writeFile(join(folder, file), changed);
  };
  await uncomment('destinations/actito.yaml', /^# (profiles:| {2,}.*)$/gm);
  await uncomment('activations/vip-customers.yaml', /# identifier: profileId/g);
  expect((await cli(['validate', folder])).out).toBe(
    `${folder}: valid, with 1 source, 1 destination, 1 activation\n`,
  );
});

test('a relative folder is shown as its absolute path, also in .env.example', async () => {
  const typed = relative(process.cwd(), folder);
  const { out } = await cli(['init', typed, '--yes']);
  expect(out).toMatch(/^Created in \//);
  expect(out).toContain(`Created in ${folder}:\n`);
  expect(out).toContain(`  actito-sync validate ${folder} --env\n`);
  expect(out).toContain('\n  set -a; . /etc/my.env; set +a\n');
  expect(await readFile(join(folder, '.env.example'), 'utf8')).toContain(`\nACTITO_SYNC_PROJECT=${folder}\n`);
});

test('a folder whose name has special characters of the shell is still one value', async () => {
  const odd = join(base, 'my shop & co');
  await cli(['init', odd, '--yes']);
  const run = 'set -a; . ./.env.example; set +a; node -p process.env.ACTITO_SYNC_PROJECT';
  const { stdout } = await promisify(execFile)('sh', ['-c', run], { cwd: odd });
  expect(stdout).toBe(`${odd}\n`);
});

test('every file points the editor to a JSON schema in the folder', async () => {
  await cli(['init', folder, '--yes']);
  for (const kind of ['sources', 'destinations', 'activations']) {
    for (const name of await readdir(join(folder, kind))) {
      const file = join(folder, kind, name);
      const [first] = (await readFile(file, 'utf8')).split('\n');
      const [, path] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first!)!;
      const schema: object = JSON.parse(await readFile(resolve(dirname(file), path!), 'utf8'));
      expect(schema).toHaveProperty(kind === 'sources' ? 'oneOf' : 'properties');
    }
  }
});

test('.env.example names every variable that the project needs, and no value of a secret', async () => {
  await cli(['init', folder, '--yes']);
  const lines = (await readFile(join(folder, '.env.example'), 'utf8')).split('\n');
  const { out } = await cli(['validate', folder, '--env']);
  const asked = [...out.matchAll(/the environment variable (\w+)/g)].map(([, name]) => name!);
  expect(asked).toHaveLength(4);
  for (const name of asked) expect(lines).toContain(`${name}=`);
});

test('.env.example says how to load its copy, and both ways load the values', async () => {
  await cli(['init', folder, '--yes']);
  const example = await readFile(join(folder, '.env.example'), 'utf8');
  const key = 'it costs $5, "really" #1';
  await writeFile(join(folder, 'my.env'), example.replace('ACTITO_API_KEY=', `ACTITO_API_KEY='${key}'`));
  const [, inShell] = /^# {3}(set -a; .+)$/m.exec(example)!;
  const [, inNode] = /^# or for one program: (node --env-file=\S+)/m.exec(example)!;
  for (const command of [`${inShell}; node`, inNode]) {
    const run = `${command} -p process.env.ACTITO_API_KEY`;
    const { stdout } = await promisify(execFile)('sh', ['-c', run], { cwd: folder });
    expect(stdout).toBe(`${key}\n`);
  }
});

test('on a terminal, init asks; Enter accepts the default', async () => {
  const asked = await cli(['init', folder], { in: typing(...ENTER) });
  expect(asked).toMatchObject({ code: 0, err: '' });
  for (const { text } of QUESTIONS) expect(asked.out).toContain(`${text} [`);

  const other = join(base, 'other');
  await cli(['init', other, '--yes'], { in: typing() });
  for (const file of ['destinations/actito.yaml', 'activations/vip-customers.yaml'])
    expect(await readFile(join(folder, file), 'utf8')).toBe(await readFile(join(other, file), 'utf8'));
});

test('the answers are in the files; an unusable answer is asked for again', async () => {
  const answers = [
    '',
    'ENV-2',
    'ENV-1',
    'My shop: "Benelux"',
    '16',
    'ftps',
    'ftp02.actito.be',
    'shop',
    'in',
    'Été & Noël',
    'marketing.summer',
    'phone',
    'mobile',
    'not a name',
    '',
  ];
  const { code, out } = await cli(['init', folder], { in: typing(...answers) });
  expect(code).toBe(0);
  expect(out).toContain('  Expected ENV-0, ENV-1, ENV-3 or PREPROD.\n');
  expect(out).toContain("  Expected an attribute's technical name (letters, digits, underscores).\n");
  const { activations, destinations } = await loadProject(folder);
  expect(destinations.get('actito')).toMatchObject({
    environment: 'ENV-1',
    entity: 'My shop: "Benelux"',
    profileTable: '16',
    delivery: { protocol: 'ftps', host: 'ftp02.actito.be', username: 'shop', directory: 'in' },
  });
  expect(activations.get('ete-noel')).toMatchObject({
    segment: { name: 'Été & Noël', table: 'marketing.summer' },
    matchingKey: { column: 'mobile', type: 'phone', attribute: 'gsmNumber', defaultCountry: 'BE' },
  });
});

test('canceling before the last answer writes nothing', async () => {
  const { code, out } = await cli(['init', folder], { in: typing('', 'ENV-0', 'shop') });
  expect(code).toBe(130);
  expect(out).toMatch(/\nNo files were written\.\n$/);
  expect(await readdir(base)).toEqual([]);
});

test('whatever the answers are, the folder is valid and contains them', async () => {
  // Text that a person can type on one line, and that is accepted as an answer.
  const answered = <Name extends AnswerName>(name: Name, texts = fc.string({ unit: 'grapheme' })) =>
    texts
      .map((text) => text.replace(/[\n\r\u2028\u2029]/g, '').trim())
      .filter((text) => 'value' in checkAnswer(name, text)) as fc.Arbitrary<Answers[Name]>;
  const yamlish = fc.constantFrom(
    'null',
    'yes',
    '1e3',
    '- a',
    '#x',
    "it's",
    '{a: b}',
    '*x',
    '&y',
    'a: b',
    '0x1f',
    '~',
  );
  const text = fc.oneof(yamlish, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
  const answers = fc.record({
    entity: answered('entity', text),
    profileTable: answered('profileTable', text),
    host: answered('host', text),
    username: answered('username', text),
    directory: answered('directory', text),
    segment: answered('segment', text),
    members: answered('members', text),
    keyColumn: answered('keyColumn', text),
    protocol: fc.constantFrom('sftp' as const, 'ftps' as const),
    keyType: fc.constantFrom('email' as const, 'phone' as const, 'externalId' as const),
  });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(answers, async (given) => {
      const all: Answers = { ...usualAnswers(), ...given };
      const project = join(base, `${++number}`);
      await writeFiles(project, projectFiles(all, project));
      const { activations, destinations, problems } = await loadProject(project);
      expect(problems).toEqual([]);
      const [[, activation]] = [...activations] as [[string, object]];
      const { entity, profileTable, protocol, host, username, directory } = all;
      expect(destinations.get('actito')).toMatchObject({
        entity,
        profileTable,
        delivery: { protocol, host, username, directory },
      });
      expect(activation).toMatchObject({
        segment: { name: all.segment },
        matchingKey: { column: all.keyColumn, type: all.keyType },
      });
      const { segment } = activation as { segment: { table?: string; query?: string } };
      expect((segment.table ?? segment.query)!.trimEnd()).toBe(all.members.trimEnd());
    }),
    { numRuns: 150 },
  );
});

test.each([
  {
    what: 'a folder that holds something',
    make: async () => {
      await mkdir(folder);
      await writeFile(join(folder, 'notes.txt'), 'mine');
    },
    says: /^InvalidActivation: \S+ is not empty \(it holds notes\.txt\)\./,
  },
  {
    what: 'a file',
    make: () => writeFile(folder, 'mine'),
    says: /^InvalidActivation: \S+ is not a folder\. Choose an empty folder, or one that does not exist yet\./,
  },
])('init does not change $what', async ({ make, says }) => {
  await make();
  const { code, out, err } = await cli(['init', folder, '--yes']);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(says);
});

test('an empty repository is used', async () => {
  await mkdir(join(folder, '.git'), { recursive: true });
  expect((await cli(['init', folder, '--yes'])).code).toBe(0);
});
