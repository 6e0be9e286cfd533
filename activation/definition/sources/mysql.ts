import { driverSource, urlReference, type DriverInfo } from './common.ts';

const info: DriverInfo = {
  section: 'mysql-and-mariadb',
  otherNames: ['mariadb'],
  dbtAdapters: ['mysql5', 'mariadb'],
};

/** MySQL, MariaDB, and what speaks their protocol. */
export const mysqlSource = driverSource('mysql', info, {
  connection: urlReference('mysql://user:password@host:3306/shop'),
});
