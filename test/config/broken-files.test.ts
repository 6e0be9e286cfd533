import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionOf, loadProject } from '../../config/project.ts';
import { problemInWords } from '../../contract/messages/project.ts';
import { ACTIVATION, DESTINATION, projectFolder, SOURCE, VALID } from './folders.ts';

const named = (name: string) => ACTIVATION.replace('name: VIP', `name: ${name}`).replace('firstName', name);
/** Two of everything: `vip` uses the first ones, `news` the others. */
const TWO: Record<string, string> = {
  ...VALID,
  'sources/crm.yaml': SOURCE,
  'destinations/second.yaml': DESTINATION.replace('sftp.shop', 'sftp2.shop').replace('ENV-3', 'ENV-0'),
  'activations/news.yaml': named('News')
    .replace('source: shop', 'source: crm')
    .replace('destination: actito', 'destination: second'),
};

async function loadWith(files: Record<string, string | Uint8Array>) {
  const folder = await projectFolder(TWO);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return loadProject(folder);
}

const wordsOf = (problems: readonly Parameters<typeof problemInWords>[0][] | undefined) =>
  problems?.map(problemInWords);

describe('an activation whose own files are valid can run', () => {
  /** Ways to break a file; each one makes it invalid. */
  const broken = fc.oneof(
    fc.constantFrom('', 'nonsense: true\n', 'driver: {\n', '- a\n', '\u0000', 'a: &a [*a]\n', '*x'),
    fc.string({ minLength: 1 }).map((text) => `surely-unknown: ${JSON.stringify(text)}\n`),
    fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => new Uint8Array([0xff, ...bytes])),
  );
  const others = ['sources/shop.yaml', 'destinations/actito.yaml', 'activations/vip.yaml', 'project.yaml'];

  it('whatever is wrong with all others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([...others, 'activations/a.yaml', 'activations/zz.yml'], { minLength: 1 }),
        broken,
        async (files, content) => {
          const project = await loadWith(Object.fromEntries(files.map((name) => [name, content])));
          expect(definitionOf(project, 'news').activation.id).toBe('news');
          expect(project.problems.length).toBeGreaterThan(0);
          expect(project.broken.has('news')).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each(['sources/crm.yaml', 'destinations/second.yaml', 'activations/news.yaml'])(
    'and is rejected with only the problems of its own files if %s is broken',
    async (file) => {
      const project = await loadWith({ [file]: 'nonsense: true\n', 'activations/vip.yaml': 'also: wrong\n' });
      expect(() => definitionOf(project, 'news')).toThrow(
        expect.objectContaining({
          type: 'ConfigurationInvalid',
          message: expect.stringMatching(
            new RegExp(
              `^Activation news cannot run because of \\d+ problems? in the project folder .*:\\n(${file}:1 .*\\n?)+$`,
            ),
          ),
        }),
      );
    },
  );

  it('and is rejected if its project has no such source, also because the folder is missing', async () => {
    const folder = await projectFolder(TWO);
    await rm(join(folder, 'sources'), { recursive: true });
    expect(wordsOf((await loadProject(folder)).broken.get('news'))).toEqual([
      'activations/news.yaml:1 source: there is no source "crm"',
    ]);
  });
});

describe('a conflict between two files', () => {
  it('is reported for both activations that feed one list, and for no other', async () => {
    const { activations, contested, problems } = await loadWith({ 'activations/copy.yaml': ACTIVATION });
    const words = [
      'activations/vip.yaml:12 list.name: the list "VIP" is already used by activations/copy.yaml',
    ];
    expect([...activations.keys()]).toEqual(['copy', 'news', 'vip']);
    expect([...contested].map(([id, found]) => [id, wordsOf(found)])).toEqual([
      ['copy', words],
      ['vip', words],
    ]);
    expect(wordsOf(problems)).toEqual(words);
  });

  it('makes both files with the same id unusable, and every activation that names it', async () => {
    const { sources, broken, activations } = await loadWith({
      'sources/shop.yml': SOURCE,
      'activations/news.yml': TWO['activations/news.yaml']!,
    });
    expect([...sources.keys()]).toEqual(['crm']);
    expect([...activations.keys()]).toEqual([]);
    expect(wordsOf(broken.get('vip'))).toEqual([
      'sources/shop.yml: another file has the same id "shop" (with the extension .yaml or .yml)',
    ]);
    expect(wordsOf(broken.get('news'))).toEqual([
      'activations/news.yml: another file has the same id "news" (with the extension .yaml or .yml)',
    ]);
  });

  it('makes both activations that use an ETL in two ways unusable', async () => {
    const etl = 'importMode: { etl: 12 }\n';
    const other = named('Other').replace('attribute: emailAddress', 'attribute: customerId');
    const { broken, activations } = await loadWith({
      'activations/vip.yaml': ACTIVATION + etl,
      'activations/other.yaml': other + etl,
    });
    expect([...activations.keys()]).toEqual(['news']);
    expect([...broken.keys()].sort()).toEqual(['other', 'vip']);
  });
});

describe('an unreadable file', () => {
  const make: Record<string, [words: RegExp, make: (path: string) => unknown]> = {
    'a pipe without a writer': [/is not a regular file/, (path) => execFileSync('mkfifo', [path])],
    'a link to an endless device': [/is not a regular file/, (path) => symlink('/dev/zero', path)],
    'a folder': [/cannot be read \(EISDIR\)/, (path) => mkdir(path)],
    'a link to a missing file': [/cannot be read \(ENOENT\)/, (path) => symlink('/nowhere', path)],
    'a link to itself': [/cannot be read \(ELOOP\)/, (path) => symlink(path, path)],
    'a very large file': [
      /is larger than the limit of 128 KB/,
      (path) => writeFile(path, 'a: 1\n'.repeat(300_000)),
    ],
    'a text in Latin-1': [
      /is not UTF-8 text/,
      (path) => writeFile(path, Buffer.from('name: "é"\n', 'latin1')),
    ],
    'a text in UTF-16': [/is not UTF-8 text/, (path) => writeFile(path, Buffer.from(ACTIVATION, 'utf16le'))],
    'a text with an escape character': [
      /is not UTF-8 text/,
      (path) => writeFile(path, 'name: "\u001b[2J"\n'),
    ],
    'nested very deeply': [/not valid YAML/, (path) => writeFile(path, `a: ${'['.repeat(20_000)}`)],
    'made of aliases': [
      /not valid YAML \(too many aliases\)/,
      (path) =>
        writeFile(
          path,
          `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]\n`).join('')}`,
        ),
    ],
  };
  it.each(Object.keys(make))('(%s) is reported, and stops no other activation', async (what) => {
    const folder = await projectFolder(TWO);
    const path = join(folder, 'activations/odd.yaml');
    const [words, put] = make[what]!;
    await put(path);
    const project = await loadProject(folder);
    expect(wordsOf(project.broken.get('odd'))![0]).toMatch(words);
    expect([...project.activations.keys()]).toEqual(['news', 'vip']);
  });

  it('is reported if it is project.yaml, since the retention is then unknown', async () => {
    const folder = await projectFolder(TWO);
    execFileSync('mkfifo', [join(folder, 'project.yaml')]);
    const { settings, problems, activations } = await loadProject(folder);
    expect(settings).toBeUndefined();
    expect(wordsOf(problems)).toEqual(['project.yaml: is not a regular file']);
    expect(activations.size).toBe(2);
  });

  it.skipIf(process.getuid?.() === 0)('is reported if its permissions forbid reading', async () => {
    const folder = await projectFolder(TWO);
    await chmod(join(folder, 'activations/vip.yaml'), 0);
    expect(wordsOf((await loadProject(folder)).broken.get('vip'))).toEqual([
      'activations/vip.yaml: cannot be read (EACCES)',
    ]);
  });
});

describe('a file with thousands of errors', () => {
  const many = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('');
  it.each([
    ['unknown settings', many(8_000, (i) => `k${i}: 1\n`), 7_980],
    ['settings of a wrong kind', `attributes:\n${many(4_000, () => '  - { a: 1 }\n')}`, undefined],
  ])('(%s) shows the first ones, and how many there are', async (_, text, more) => {
    const { broken } = await loadWith({
      'activations/odd.yaml': ACTIVATION + text.replace('attributes', 'canary'),
    });
    const problems = broken.get('odd')!;
    expect(problems.length).toBeLessThanOrEqual(21);
    if (more !== undefined)
      expect(wordsOf(problems)).toContain(`activations/odd.yaml: has ${more} more problems`);
  });

  it('shows a duplicate key anywhere in the file', async () => {
    const { broken } = await loadWith({
      'activations/odd.yaml': `${ACTIVATION}guards:\n  allowEmpty: true\n  "allowEmpty": false\n`,
    });
    expect(wordsOf(broken.get('odd'))).toEqual(['activations/odd.yaml:16: not valid YAML (duplicate key)']);
  });
});
