import { driverSource, urlReference, type DriverInfo } from './common.ts';

const info: DriverInfo = { section: 'clickhouse' };

/** ClickHouse, by its HTTP interface. */
export const clickhouseSource = driverSource('clickhouse', info, {
  connection: urlReference('https://user:password@host:8443/shop'),
});
