import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alike } from '../../activation/definition/list-names.ts';
import { loadProject } from '../../config/project.ts';
import { ACTIVATION, DESTINATION, problemsWith, projectFolder, VALID } from './folders.ts';

const OTHER = ACTIVATION.replace('firstName', 'lastName');
const list = (settings: object, activation = OTHER) =>
  activation.replace('list:\n  validity: 48h', `list: ${JSON.stringify(settings)}`);

describe('two activations have the same list', () => {
  it.each([
    ['VIP', 'vip'],
    ['VIP', 'VIP '],
    ['Priv\u00e9', 'Prive\u0301'],
    ['Priv\u00e9', 'PRIV\u00c9'],
    ['Priv\u00e9', 'Prive'],
    ['Stra\u00dfe', 'STRASSE'],
    ['\u03bf\u03b4\u03cc\u03c2', '\u039f\u0394\u039f\u03a3'],
    ['Best of all', 'Best  of\u00a0all'],
    ['VIP', '\uff36\uff29\uff30'],
    ['VIP', 'V\u200bIP'],
  ])('if their names are %j and %j', async (one, other) => {
    const problems = await problemsWith({
      'activations/vip.yaml': list({ name: one, fileName: 'one.csv' }, ACTIVATION),
      'activations/z.yaml': list({ name: other, fileName: 'other.csv' }),
    });
    expect(problems).toContainEqual(
      `activations/z.yaml:12 list.name: the list "${other.replace('\u200b', '')}" is already used by activations/vip.yaml, as "${one}": names ` +
        'that differ only in case, accents or spaces can be the same name in Actito or on the file server',
    );
  });

  it('if their two destinations are one profile table', async () => {
    const problems = await problemsWith({
      'destinations/second.yaml': DESTINATION.replace('/in', '/in2'),
      'activations/z.yaml': OTHER.replace('destination: actito', 'destination: second'),
    });
    expect(problems).toEqual([
      'activations/z.yaml:12 list.name: the list "VIP" is already used by activations/vip.yaml',
    ]);
  });

  it('unless their names differ in a letter', async () => {
    const folder = await projectFolder({ ...VALID, 'activations/z.yaml': list({ name: 'VIPs' }) });
    expect((await loadProject(folder)).activations.size).toBe(2);
  });
});

describe('two activations write the same file', () => {
  it.each([
    ['vip.csv', 'VIP.CSV'],
    ['priv\u00e9.csv', 'prive\u0301.csv'],
    ['vip.csv', 'vip.csv.'],
  ])('if their names are %j and %j', async (one, other) => {
    const problems = await problemsWith({
      'activations/vip.yaml': list({ name: 'One', fileName: one }, ACTIVATION),
      'activations/z.yaml': list({ name: 'Other', fileName: other }),
    });
    expect(problems).toContainEqual(
      `activations/z.yaml:12 list.fileName: the file "${other}" is already written by activations/vip.yaml, as "${one}": ` +
        'names that differ only in case, accents or spaces can be the same name in Actito or on the file server',
    );
  });

  it('whatever the case of their server name', async () => {
    const problems = await problemsWith({
      'destinations/second.yaml': DESTINATION.replace('sftp.shop', 'SFTP.Shop').replace('ENV-3', 'ENV-0'),
      'activations/z.yaml': OTHER.replace('destination: actito', 'destination: second'),
    });
    expect(problems).toEqual([
      'activations/z.yaml:12 list.fileName: the file "VIP.csv" is already written by activations/vip.yaml',
    ]);
  });
});

const SAYS: Record<string, string> = {
  blank: 'starts or ends with a space',
  control: 'contains a control character or a line break',
  invisible: 'contains an invisible character, such as a zero-width space or a text direction mark',
  separator: 'contains a path separator (/ or \\; in file names also :)',
  dots: 'contains two dots in a row, or is a single dot',
  hidden: 'starts with a dot, like the names of incomplete files',
  reserved: 'is reserved on Windows (such as CON, NUL or COM1); choose another list.name or list.fileName',
  long: 'is longer than 200 bytes in UTF-8',
};

describe('the name of a list', () => {
  it.each<[name: string, fault: keyof typeof SAYS]>([
    ['VIP ', 'blank'],
    ['\u00a0VIP', 'blank'],
    ['V\u0000IP', 'control'],
    ['V\u0007IP', 'control'],
    ['V\nIP', 'control'],
    ['V\u009bIP', 'control'],
    ['V\u2028IP', 'control'],
    ['\u202eVIP', 'invisible'],
    ['VIP\u200f', 'invisible'],
    ['V\u2066IP', 'invisible'],
    ['V\u200bIP', 'invisible'],
    ['B2B/B2C', 'separator'],
    ['B2B\\B2C', 'separator'],
    ['B2B\uff0fB2C', 'separator'],
    ['..', 'dots'],
    ['.', 'dots'],
    ['VIP..', 'dots'],
    ['CON', 'reserved'],
    ['aux', 'reserved'],
    ['Lpt1', 'reserved'],
    ['\u{1f600}'.repeat(51), 'long'],
  ])('is rejected if it is %j', async (name, fault) => {
    expect(await problemsWith({ 'activations/vip.yaml': list({ name }, ACTIVATION) })).toEqual([
      `activations/vip.yaml:12 list.name: the name of the list ${SAYS[fault]}`,
    ]);
  });

  it('is checked wherever it comes from, also as the name of the activation or of the segment', async () => {
    const named = (before: string, after: string) =>
      problemsWith({ 'activations/vip.yaml': ACTIVATION.replace(before, after) });
    expect(await named('name: VIP', 'name: B2B/B2C')).toEqual([
      `activations/vip.yaml:4 segment.name: the name of the list ${SAYS.separator}`,
    ]);
    expect(await named('source: shop', 'name: B2B/B2C\nsource: shop')).toEqual([
      `activations/vip.yaml:1 name: the name of the list ${SAYS.separator}`,
    ]);
  });

  it.each(['VIP', 'Priv\u00e9 & co.', 'B2B: best (2026)', 'Console', '\u{1f469}\u200d\u{1f4bb} Devs', '7'])(
    'may be %j',
    async (name) => {
      const folder = await projectFolder({ ...VALID, 'activations/vip.yaml': list({ name }, ACTIVATION) });
      expect((await loadProject(folder)).activations.get('vip')!.list.name).toBe(name);
    },
  );
});

describe('the name of a file', () => {
  it.each<[fileName: string, fault: keyof typeof SAYS]>([
    ['vip.csv ', 'blank'],
    ['vip\u0000.csv', 'control'],
    ['vip\r.csv', 'control'],
    ['vip\u202evsc.csv', 'invisible'],
    ['..', 'dots'],
    ['vip..csv', 'dots'],
    ['vip.csv:stream', 'separator'],
    ['..\uff0fvip.csv', 'separator'],
    ['.vip.csv', 'hidden'],
    ['.vip.csv.1-1.part', 'hidden'],
    ['nul.csv', 'reserved'],
    ['COM7.txt', 'reserved'],
    [`${'\u00e9'.repeat(99)}.csv`, 'long'],
  ])('is rejected if it is %j', async (fileName, fault) => {
    expect(await problemsWith({ 'activations/vip.yaml': list({ fileName }, ACTIVATION) })).toEqual([
      `activations/vip.yaml:12 list.fileName: the name of the file ${SAYS[fault]}`,
    ]);
  });

  it.each(['../vip.csv', 'in/vip.csv', 'in\\vip.csv'])(
    'is rejected as not a file name if it is %j',
    async (fileName) => {
      const [problem] = await problemsWith({ 'activations/vip.yaml': list({ fileName }, ACTIVATION) });
      expect(problem).toContain('list.fileName: expected a file name without folders');
    },
  );

  it.each([
    ['.net fans', 'net-fans.csv'],
    ['Priv\u00e9 & co.', 'Priv\u00e9-co.csv'],
  ])('from the list name %j is %j', async (name, fileName) => {
    const folder = await projectFolder({ ...VALID, 'activations/vip.yaml': list({ name }, ACTIVATION) });
    expect((await loadProject(folder)).activations.get('vip')!.list.fileName).toBe(fileName);
  });

  it('is also checked if it comes from the name of the list', async () => {
    const name = '\u00e9'.repeat(99);
    expect(await problemsWith({ 'activations/vip.yaml': list({ name }, ACTIVATION) })).toEqual([
      `activations/vip.yaml:12 list.name: the name of the file ${SAYS.long}`,
    ]);
  });
});

it('names that differ only in case, form and blanks are alike, and their common form is like itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('', ' ', '\t', '.'), (name, end) => {
      const common = alike(name);
      for (const other of [name.normalize('NFD'), name.normalize('NFC'), ` ${name}${end}`, common])
        expect(alike(other)).toBe(common);
      expect(alike(name.toUpperCase())).toBe(alike(name.toUpperCase().toLowerCase()));
    }),
    { numRuns: 1000 },
  );
});
