import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasJinja } from '../../config/segments/jinja.ts';
import { projectFolder, resolved, VALID, withSegment } from './folders.ts';

describe('a query', () => {
  const rejection = 'dbt templates, which actito-sync does not render';
  const asFile = withSegment('query: { file: vip.sql }');

  it.each([
    "select * from {{ ref('vip') }}",
    'select 1 from x where day = \'{{ var("day") }}\'',
    '{{ config(materialized="table") }} select 1',
    '{% set a = 1 %}\nselect 1',
    'select {{- dbt_utils.star(from=x) }} from t',
    'select * from {{ this }}',
  ])('with jinja is rejected: %s', async (sql) => {
    const inFile = { ...VALID, 'activations/vip.yaml': asFile, 'activations/vip.sql': sql };
    const inYaml = { ...VALID, 'activations/vip.yaml': withSegment(`query: ${JSON.stringify(sql)}`) };
    for (const files of [inFile, inYaml]) {
      const { problems } = await resolved(await projectFolder(files));
      expect(problems).toEqual([expect.stringContaining(rejection) as string]);
    }
  });

  it.each(["select '{{first_name}}' as text", "select '{' || '{%' from t where a like '{%}'"])(
    'with braces in a text is accepted: %s',
    (sql) => expect(hasJinja(sql)).toBe(false),
  );

  it('without double braces or a brace before a percent sign has no jinja', () => {
    const texts = fc.string({ unit: fc.constantFrom('{', '}', '%', ' ', 'set', 'ref(', "'") });
    fc.assert(
      fc.property(texts, (sql) => {
        fc.pre(!sql.includes('{{') && !sql.includes('{%'));
        expect(hasJinja(sql)).toBe(false);
      }),
    );
  });

  it('in a file that is a link out of the folder is rejected; a link within it is followed', async () => {
    const files = { ...VALID, 'activations/vip.yaml': asFile, 'secret.sql': 'select 1' };
    const folder = await projectFolder({ ...files, 'activations/..data/vip.sql': 'select 2' });
    const link = join(folder, 'activations/vip.sql');
    await symlink('..data/vip.sql', link); // as in a ConfigMap of Kubernetes
    expect((await resolved(folder)).query).toBe('select 2');
    await rm(link);
    await symlink(join(folder, 'secret.sql'), link);
    expect((await resolved(folder)).problems).toEqual([
      'activations/vip.yaml:5 segment.query.file: activations/vip.sql is a symbolic link to a file outside of the folder activations',
    ]);
  });
});
