import { driverSource, urlReference, type DriverInfo } from './common.ts';

const info: DriverInfo = {
  section: 'postgresql',
  otherNames: ['pg', 'postgresql'],
  dbtAdapters: ['alloydb', 'cockroachdb', 'greenplum', 'materialize', 'risingwave'],
  createdByDev: true,
};

/** PostgreSQL, and what speaks its protocol and its COPY. */
export const postgresSource = driverSource('postgres', info, {
  connection: urlReference('postgres://user:password@host:5432/shop'),
});
