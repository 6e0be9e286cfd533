import { nearest } from '../../suggestion.ts';

/** The other names of each driver, without what is no letter or digit. */
export type DriverNames = ReadonlyMap<string, readonly string[]>;

/** Returns the driver that reads what people call so: `mysql` for `MariaDB`, `redshift` for `amazon-redshift`. */
export function calledDriver(written: string, drivers: DriverNames): string | undefined {
  const word = plain(written);
  const names = [...drivers];
  const [driver] =
    names.find(([, others]) => others.includes(word)) ?? names.find(([name]) => word.endsWith(name)) ?? [];
  return driver;
}

/** The same, also for a longer name, or one with a typing error: a suggestion. */
export function meantDriver(written: unknown, drivers: DriverNames): string | undefined {
  if (typeof written !== 'string') return undefined;
  const [word, names] = [plain(written), [...drivers.keys()]];
  return calledDriver(written, drivers) ?? names.find((name) => word.includes(name)) ?? nearest(word, names);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
