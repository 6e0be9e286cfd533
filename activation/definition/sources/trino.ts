import { driverSource, urlReference, type DriverInfo } from './common.ts';

const info: DriverInfo = {
  section: 'trino',
  otherNames: ['starburst'],
  dbtAdapters: ['starburst', 'athena', 'spark'], // Trino can share the catalog of Athena and Spark
};

/** Trino, by its client protocol. */
export const trinoSource = driverSource('trino', info, {
  connection: urlReference('https://user:password@host:8443/hive/shop'),
});
