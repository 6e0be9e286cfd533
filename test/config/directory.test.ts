import { describe, expect, it } from 'vitest';
import { columnsToRead, hasOwnIdentifier, usesDirectory } from '../../activation/definition/definition.ts';
import { patternParts } from '../../activation/definition/profiles.ts';
import { withEnvironment } from '../../config/environment.ts';
import { definitionOf, loadProject } from '../../config/project.ts';
import { ACTIVATION, DESTINATION, problemsWith, projectFolder, VALID } from './folders.ts';

const EXPORT = `directory: /out, file: 'p_$yyyyMMdd.csv', columns: { profileId: id, emailAddress: email }`;
const PROFILES = `profiles: { export: { ${EXPORT} } }\n`;
const LOOKED_UP = ACTIVATION.replace('validity: 48h', 'identifier: profileId');
const ofDestination = (text: string) => ({ 'destinations/actito.yaml': `${DESTINATION}${text}` });

async function definitionWith(files: Record<string, string>) {
  const project = await loadProject(await projectFolder({ ...VALID, ...files }));
  expect(project.problems).toEqual([]);
  return definitionOf(project, 'vip');
}

describe('list.identifier: profileId', () => {
  it('is found in the directory by the matching key, and reads no further column', async () => {
    const { activation, destination } = await definitionWith({
      ...ofDestination(PROFILES),
      'activations/vip.yaml': LOOKED_UP,
    });
    expect(activation.list.identifier).toEqual({ column: 'email', attribute: 'profileId', directory: true });
    expect([usesDirectory(activation), hasOwnIdentifier(activation)]).toEqual([true, true]);
    expect(columnsToRead(activation)).toEqual(['email', 'first_name']);
    expect(destination.profiles).toEqual({
      export: {
        directory: '/out',
        file: 'p_$yyyyMMdd.csv',
        columns: { profileId: 'id', emailAddress: 'email' },
      },
      maxAge: 172_800_000,
    });
  });

  it('can come from the defaults of the destination, and an activation can override it', async () => {
    const destination = ofDestination(`${PROFILES}defaults: { list: { identifier: profileId } }\n`);
    const { activation } = await definitionWith(destination);
    expect(activation.list.identifier).toMatchObject({ directory: true });
    const own = ACTIVATION.replace('validity: 48h', 'identifier: { column: pid, attribute: profileId }');
    const other = await definitionWith({ ...destination, 'activations/vip.yaml': own });
    expect(other.activation.list.identifier).toEqual({ column: 'pid', attribute: 'profileId' });
    expect(usesDirectory(other.activation)).toBe(false);
    expect(columnsToRead(other.activation)).toEqual(['email', 'pid', 'first_name']);
  });

  it('needs no directory if the matching key is the profile ID', async () => {
    const byId = LOOKED_UP.replace('type: email', 'type: externalId').replace('emailAddress', 'profileId');
    const { activation } = await definitionWith({ 'activations/vip.yaml': byId });
    expect(activation.list.identifier).toEqual({ column: 'email', attribute: 'profileId' });
    expect([usesDirectory(activation), hasOwnIdentifier(activation)]).toEqual([false, false]);
  });

  it.each<[what: string, files: Record<string, string>, problem: string]>([
    [
      'without profiles in the destination',
      { 'activations/vip.yaml': LOOKED_UP },
      'activations/vip.yaml:13 list.identifier: the profile IDs are looked up in an export of the profiles, and destinations/actito has no "profiles"; add it there, or set { column: <column with the profile IDs>, attribute: profileId }',
    ],
    [
      'without the matching key in the export',
      {
        ...ofDestination(PROFILES.replace(', emailAddress: email', '')),
        'activations/vip.yaml': LOOKED_UP,
      },
      'activations/vip.yaml:13 list.identifier: the profile IDs are looked up by the matching key "emailAddress", and destinations/actito does not say which column of the export contains it; add emailAddress to profiles.export.columns (there: profileId)',
    ],
    [
      'in defaults, without profiles',
      ofDestination('defaults:\n  list: { identifier: profileId }\n'),
      'destinations/actito.yaml:13 defaults.list.identifier: the profile IDs are looked up in an export of the profiles, and destinations/actito has no "profiles"; add it there, or set { column: <column with the profile IDs>, attribute: profileId }',
    ],
    [
      'as another text',
      { 'activations/vip.yaml': ACTIVATION.replace('validity: 48h', 'identifier: customerId') },
      'activations/vip.yaml:13 list.identifier: expected profileId, or { column: <column of the segment>, attribute: <its attribute> }, got "customerId"',
    ],
    [
      'as a group with an unknown setting',
      {
        'activations/vip.yaml': ACTIVATION.replace(
          'validity: 48h',
          'identifier: { colum: id, attribute: id }',
        ),
      },
      'activations/vip.yaml:13 list.identifier.colum: unknown setting, did you mean "column"?',
    ],
    [
      'as a group with a wrong attribute',
      {
        'activations/vip.yaml': ACTIVATION.replace(
          'validity: 48h',
          'identifier: { column: id, attribute: 1d }',
        ),
      },
      'activations/vip.yaml:13 list.identifier.attribute: expected an attribute\'s technical name (letters, digits, underscores), got "1d"',
    ],
  ])('is refused %s', async (_, files, problem) => {
    expect(await problemsWith(files)).toContain(problem);
  });
});

describe('profiles of a destination', () => {
  const FILE = 'a file name without folders, such as "profiles_$yyyyMMdd.csv"';
  it.each<[what: string, settings: string, problem: string]>([
    ['a folder in the name', EXPORT.replace('p_$', 'x/p_$'), `file: expected ${FILE}`],
    ['an unknown placeholder', EXPORT.replace('$yyyyMMdd', '$date'), `file: expected ${FILE}`],
    ['a month without a day', EXPORT.replace('$yyyyMMdd', '$yyyyMM'), `file: expected ${FILE}`],
    ['a part of the date twice', EXPORT.replace('$yyyyMMdd', '$yyyyMMdd$dd'), `file: expected ${FILE}`],
    ['no profile ID', EXPORT.replace('profileId: id, ', ''), 'columns.profileId: missing; expected text'],
    [
      'a name that is no attribute',
      EXPORT.replace('emailAddress:', 'e-mail:'),
      'columns: expected a map of technical names of attributes to headers',
    ],
    [
      'a server with the folder of lists',
      `${EXPORT}, server: { protocol: ftps, host: x, username: u, password: { env: P }, directory: /in }`,
      'server.directory: unknown setting',
    ],
    [
      'a server without a login',
      `${EXPORT}, server: { protocol: sftp, host: x, username: u, hostKey: 'SHA256:${'A'.repeat(43)}' }`,
      'server: expected password: { env: NAME } or privateKey: { env: NAME }',
    ],
  ])('are refused with %s', async (_, settings, problem) => {
    const [first] = await problemsWith(ofDestination(`profiles: { export: { ${settings} } }\n`));
    expect(first).toMatch(`profiles.export.${problem}`);
  });

  it('are refused on a server that cannot list its folder, unless they have a server of their own', async () => {
    const unlisted = DESTINATION.replace('protocol: sftp', 'protocol: sftp\n  listing: false');
    const problems = await problemsWith({ 'destinations/actito.yaml': `${unlisted}${PROFILES}` });
    expect(problems).toEqual([
      'destinations/actito.yaml:7 delivery.listing: expected true, because profiles reads exports from a folder of this server; or set profiles.export.server to another server',
    ]);
    const server = 'server: { protocol: ftps, host: x, username: u, password: { env: P } }';
    await definitionWith({
      'destinations/actito.yaml': `${unlisted}profiles: { export: { ${EXPORT}, ${server} } }\n`,
    });
  });

  it('keep the secrets of their server as names of variables in a run, and resolve the rest', async () => {
    const server =
      'server: { protocol: sftp, host: { env: H }, port: { env: PORT }, username: { env: U }, password: { env: P }, hostKey: { env: K } }';
    const definition = await definitionWith(
      ofDestination(`profiles: { export: { ${EXPORT}, ${server} } }\n`),
    );
    const env = { H: 'files.example', PORT: '2222', U: 'shop', K: `SHA256:${'x'.repeat(43)}` };
    expect(withEnvironment(definition, env).destination.profiles!.export.server).toEqual({
      protocol: 'sftp',
      host: 'files.example',
      port: 2222,
      username: 'shop',
      password: { env: 'P' },
      hostKey: env.K,
    });
    expect(() => withEnvironment(definition, { ...env, H: undefined })).toThrow(
      'The environment variable H (for profiles.export.server.host) is not set.',
    );
  });
});

it('the pattern of a file name is texts, parts of a date and any text', () => {
  expect(patternParts('p-$yyyyMMdd_$HH*.csv')).toEqual([
    { text: 'p-' },
    { date: 'yyyy' },
    { date: 'MM' },
    { date: 'dd' },
    { text: '_' },
    { date: 'HH' },
    'any',
    { text: '.csv' },
  ]);
  expect(patternParts('$yyyyMMddX$')).toBeUndefined();
});
