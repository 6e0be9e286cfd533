import { DRIVERS } from '../../activation/definition/source.ts';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definitionOf, loadProject } from '../../config/project.ts';
import { problemInWords } from '../../contract/messages/project.ts';
import { ACTIVATION, DESTINATION, problemsWith, projectFolder, VALID, warningsOf } from './folders.ts';

const OTHER = ACTIVATION.replace('name: VIP', 'name: Other').replace('firstName', 'lastName');

describe('a project folder', () => {
  it('becomes sources, destinations and activations with every default filled in', async () => {
    const project = await loadProject(await projectFolder(VALID));
    expect([...project.sources]).toEqual([
      ['shop', { driver: 'postgres', connection: { env: 'SHOP_DATABASE_URL' }, statementTimeout: 900_000 }],
    ]);
    expect(project.destinations.get('actito')).toMatchObject({
      delivery: { port: 22 },
      limits: { concurrentCalls: 4, importsPerTablePerDay: 24 },
    });
    expect(project.activations.get('vip')).toMatchObject({
      id: 'vip',
      name: 'VIP',
      attributes: [{ column: 'first_name', attribute: 'firstName', nulls: 'keep' }],
      list: {
        name: 'VIP',
        fileName: 'VIP.csv',
        validity: 172_800_000,
        identifier: { column: 'email', attribute: 'emailAddress' },
      },
      guards: { maxRemovedRatio: 0.3, allowEmpty: false, maxRejectedRatio: 0.05 },
    });
    expect(project.warnings).toMatchObject([{ reason: 'identifiersUndocumented' }]);
  });

  it('makes imports wait for each other only if it says so', async () => {
    const importsOf = async (more: string) => {
      const folder = await projectFolder({ ...VALID, 'destinations/actito.yaml': DESTINATION + more });
      return (await loadProject(folder)).destinations.get('actito')!.imports;
    };
    expect(await importsOf('')).toBeUndefined();
    expect(await importsOf('imports: { shareWithin: 10m }\n')).toEqual({ shareWithin: 600_000 });
  });

  it('may contain other files, .yml files, anchors, and symbolic links to files', async () => {
    const anchored = ACTIVATION.replace('name: VIP', 'name: &name Other').replace(
      'validity: 48h',
      'name: *name',
    );
    const folder = await projectFolder({
      ...VALID,
      'activations/README.md': '# Ours',
      'activations/.vip.yaml.swp.yaml': 'x: {',
      'activations/anchored.yml': anchored.replace('firstName', 'lastName'),
    });
    await writeFile(join(folder, 'linked'), OTHER.replace('Other', 'Third').replace('lastName', 'city'));
    await symlink(join(folder, 'linked'), join(folder, 'activations/linked.yaml'));
    const project = await loadProject(folder);
    expect([...project.activations.keys()]).toEqual(['anchored', 'linked', 'vip']);
    expect(project.activations.get('anchored')?.list.name).toBe('Other');
  });

  it('shows all problems of all files at once, in the order of files and lines', async () => {
    const folder = await projectFolder({
      'sources/shop.yaml': 'driver: oracle\n',
      'destinations/actito.yaml': DESTINATION.replace('entity: shop\n', ''),
      'activations/vip.yaml': ACTIVATION.replace('type: email', 'type: mobile').replace('48h', '0'),
      'activations/other.yaml': OTHER.replace('source: shop', 'source: shopp'),
    });
    expect((await loadProject(folder)).problems.map(problemInWords)).toEqual([
      'activations/other.yaml:1 source: there is no source "shopp", did you mean "shop"?',
      'activations/vip.yaml:8 matchingKey.type: expected email, phone or externalId, got "mobile"',
      'activations/vip.yaml:13 list.validity: expected a duration such as 15m, 48h or 2 days, got 0',
      'destinations/actito.yaml:1 entity: missing; expected text',
      `sources/shop.yaml:1 driver: expected ${DRIVERS.join(', ')}, got "oracle"`,
    ]);
  });

  it('that does not exist is reported with the name of its variable', async () => {
    await expect(loadProject('/nowhere')).rejects.toThrow(
      'The project folder /nowhere does not exist. Set ACTITO_SYNC_PROJECT to the folder with sources/, destinations/ and activations/.',
    );
  });

  it('without one of its folders is reported', async () => {
    const folder = await projectFolder(VALID);
    await rm(join(folder, 'sources'), { recursive: true });
    const { problems, sources, activations } = await loadProject(folder);
    expect(problems.map(problemInWords)).toEqual([
      'activations/vip.yaml:1 source: there is no source "shop"',
      "sources/: the folder is missing; create it and add a YAML file for each of the project's sources",
    ]);
    expect([sources.size, activations.size]).toEqual([0, 0]);
  });
});

describe('the files of a project together', () => {
  it('reject an id that cannot be part of a workflow id or a table name, and a duplicate id', async () => {
    expect(
      await problemsWith({
        'sources/My_Shop.yaml': VALID['sources/shop.yaml']!,
        'activations/vip.yml': OTHER,
      }),
    ).toEqual([
      'activations/vip.yml: another file has the same id "vip" (with the extension .yaml or .yml)',
      'sources/My_Shop.yaml: expected an id (the file name) of lowercase letters, digits and single hyphens, got "My_Shop"',
    ]);
  });

  it('reject two activations with one list', async () => {
    expect(await problemsWith({ 'activations/z.yaml': ACTIVATION })).toEqual([
      'activations/z.yaml:12 list.name: the list "VIP" is already used by activations/vip.yaml',
    ]);
  });

  it('reject two activations with one file, even through two destinations with the same folder', async () => {
    const same = OTHER.replace('validity: 48h', 'fileName: VIP.csv');
    const problem = ':13 list.fileName: the file "VIP.csv" is already written by activations/vip.yaml';
    expect(await problemsWith({ 'activations/z.yaml': same })).toEqual([`activations/z.yaml${problem}`]);
    expect(
      await problemsWith({
        'destinations/second.yaml': DESTINATION.replace('/in', '/in/'),
        'activations/z.yaml': same.replace('destination: actito', 'destination: second'),
      }),
    ).toEqual([`activations/z.yaml${problem}`]);
  });

  it('accept the same list and file on another server', async () => {
    const folder = await projectFolder({
      ...VALID,
      'destinations/second.yaml': DESTINATION.replace('sftp.shop', 'sftp2.shop').replace('ENV-3', 'ENV-0'),
      'activations/z.yaml': ACTIVATION.replace('destination: actito', 'destination: second'),
    });
    const { activations } = await loadProject(folder);
    expect(activations.size).toBe(2);
    expect(await warningsOf(folder)).toEqual([]);
  });
});

describe('warnings', () => {
  it('name two activations that write one attribute of the same profiles', async () => {
    const folder = await projectFolder({
      ...VALID,
      'activations/z.yaml': OTHER.replace('lastName', 'firstName'),
    });
    expect(await warningsOf(folder)).toEqual([
      'activations/vip and activations/z both write firstName of the same profiles. The last run to change a value wins. Map each attribute in only one activation.',
    ]);
  });

  it.each([
    ['every: 24h', []],
    [
      'every: 25h',
      [
        'activations/vip: the list is valid for 48h, and the activation runs every 25h. After one failed run, it can expire and target nobody. Set list.validity to 50h or more.',
      ],
    ],
    ['cron: "0 6 * * *", timezone: Europe/Paris', []],
    ['calendar: { hour: [6, 18] }', []],
    [
      'cron: "30 2 * * *", timezone: Europe/Paris',
      [
        'activations/vip: the schedule has a time at which Europe/Paris changes its clocks: 2027-03-28 02:30 does not exist, so no run starts then; 2027-10-31 02:30 occurs twice and can start two runs. Choose a time outside the clock change, or omit the time zone to use UTC.',
      ],
    ],
    [
      'cron: "0 6 * * MON-FRI"',
      [
        'activations/vip: the list is valid for 48h, and its runs are up to 72h apart. After one failed run, it can expire and target nobody. Set list.validity to 144h or more.',
      ],
    ],
    [
      'calendar: { hour: 6, dayOfWeek: [MONDAY, THURSDAY] }',
      [
        'activations/vip: the list is valid for 48h, and its runs are up to 96h apart. After one failed run, it can expire and target nobody. Set list.validity to 192h or more.',
      ],
    ],
  ])('compare the validity of 48h with a schedule of %s', async (schedule, warnings) => {
    const folder = await projectFolder({
      ...VALID,
      'activations/vip.yaml': `${ACTIVATION}schedule: { ${schedule} }`,
    });
    expect(await warningsOf(folder)).toEqual(warnings);
  });
});

describe('the definition of a run', () => {
  it('is the activation with its source and destination', async () => {
    const project = await loadProject(await projectFolder(VALID));
    expect(definitionOf(project, 'vip')).toEqual({
      activation: project.activations.get('vip'),
      source: project.sources.get('shop'),
      destination: project.destinations.get('actito'),
    });
  });

  it('does not exist for an unknown activation', async () => {
    const project = await loadProject(await projectFolder(VALID));
    const refusal = (id: string) => () => definitionOf(project, id);
    expect(refusal('vipp')).toThrow('The project has no activation "vipp", did you mean "vip"?');
    expect(refusal('sleepers')).toThrow('The project has no activation "sleepers" (known: vip)');
    expect(refusal('sleepers')).toThrow(expect.objectContaining({ type: 'InvalidActivation' }));
    project.activations.clear();
    expect(refusal('vip')).toThrow('The project has no activation "vip"; its folder activations/ is empty');
  });
});

describe('the demo project', () => {
  it('is valid, without a warning', async () => {
    const project = await loadProject(new URL('../../examples/demo', import.meta.url).pathname);
    expect([...project.activations.keys()]).toEqual(['sleeping-customers', 'vip-customers']);
    expect(project.warnings).toEqual([]);
  });
});
