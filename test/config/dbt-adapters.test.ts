import { describe, expect, it } from 'vitest';
import { DRIVERS, readsAdapter } from '../../activation/definition/source.ts';
import { projectFolder, resolved, VALID, withSegment } from './folders.ts';
import { MANIFEST } from './manifest.ts';

/** A project whose source has a driver, and whose manifest is of an adapter of dbt. */
const folderOf = (driver: string, adapter: string | undefined) =>
  projectFolder({
    ...VALID,
    'sources/shop.yaml': `driver: ${driver}\nconnection: { env: SHOP_URL }\n`,
    'project.yaml': 'dbt: { manifest: manifest.json }\n',
    'manifest.json': JSON.stringify({
      ...MANIFEST,
      metadata: { ...MANIFEST.metadata, adapter_type: adapter },
    }),
    'activations/vip.yaml': withSegment('model: vip'),
  });

describe('the manifest of a dbt project', () => {
  it.each([
    ['snowflake', 'postgres'],
    ['postgres', 'redshift'],
    ['redshift', 'postgres'],
    ['databricks', 'trino'],
    ['sqlserver', 'mysql'],
  ])('for %s is rejected for a source with the driver %s', async (adapter, driver) => {
    expect((await resolved(await folderOf(driver, adapter))).problems).toEqual([
      `activations/vip.yaml:5 segment.model: the dbt manifest manifest.json is for ${adapter}, but the source shop has the driver ${driver}; ` +
        'name the source in which dbt builds the model, or give segment.table',
    ]);
  });

  it.each([
    ['mariadb', 'mysql'],
    ['materialize', 'postgres'],
    ['vertica', 'postgres'],
    ['constructor', 'trino'],
    [undefined, 'postgres'],
  ])('for %s is accepted for a source with the driver %s', async (adapter, driver) => {
    expect((await resolved(await folderOf(driver, adapter))).problems).toEqual([]);
  });
});

describe('a driver', () => {
  const readers = (adapter: string) => DRIVERS.filter((driver) => readsAdapter(driver, adapter));

  it.each(DRIVERS)(
    '%s reads what the adapter of its own name builds, and no other driver but this one',
    (driver) => expect(readers(driver)).toEqual([driver]),
  );

  it.each([
    ['fabric', ['sqlserver']],
    ['athena', ['trino']],
    ['spark', ['databricks', 'trino']],
    ['cockroachdb', ['postgres']],
    ['exasol', DRIVERS],
  ])('of what %s builds: %j', (adapter, drivers) => expect(readers(adapter)).toEqual(drivers));
});
