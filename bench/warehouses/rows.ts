/** What every source is read for: an email key and 5 attributes, without nulls. */
export const COLUMNS = ['email', 'external_id', 'orders', 'spent', 'active', 'last_order_at'];
export const QUERY = `select ${COLUMNS.join(', ')} from people`;

/** The moment of the customer 0; each further one has ordered 17 seconds later. */
const START = Date.UTC(2026, 0, 1);
const STEP = 17;

/** The customer with a number, from 1. */
export interface Customer {
  email: string;
  externalId: string;
  orders: number;
  /** With two decimals. */
  spent: string;
  active: boolean;
  /** `2026-01-31 10:20:30`, in UTC. */
  lastOrderAt: string;
  /** The same, in seconds since 1970. */
  seconds: number;
}

export function customer(number: number): Customer {
  const seconds = START / 1000 + number * STEP;
  return {
    email: `customer${number}@example.com`,
    externalId: `C${String(number).padStart(9, '0')}`,
    orders: number % 40,
    spent: ((number % 100_000) / 100).toFixed(2),
    active: number % 3 !== 0,
    lastOrderAt: new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' '),
    seconds,
  };
}

/** The customers 1 to `count`, each as what `write` makes of it. */
export function customers<T>(count: number, write: (customer: Customer) => T): T[] {
  return Array.from({ length: count }, (_, index) => write(customer(index + 1)));
}

/** A customer as a line of COPY, which is what every driver must make of it. */
export function copyLine(number: number): string {
  const { email, externalId, orders, spent, active, lastOrderAt } = customer(number);
  return [email, externalId, orders, spent, active ? 't' : 'f', `${lastOrderAt}+00`].join('\t');
}

/** Statements that create the table `people` of that many customers. */
export const SEED = {
  postgres: (rows: number) => `
    create table people as
    select 'customer' || i || '@example.com' as email, 'C' || lpad(i::text, 9, '0') as external_id,
           i % 40 as orders, (i % 100000 / 100.0)::numeric(10, 2) as spent, i % 3 <> 0 as active,
           timestamptz '2026-01-01 00:00:00+00' + i * interval '${STEP} seconds' as last_order_at
    from generate_series(1, ${rows}) i`,
  mysql: (rows: number) => `
    create table people (email varchar(100), external_id varchar(20), orders int, spent decimal(10, 2),
                         active boolean, last_order_at timestamp null);
    insert into people
    select concat('customer', seq, '@example.com'), concat('C', lpad(seq, 9, '0')), seq % 40, seq % 100000 / 100,
           seq % 3 <> 0, from_unixtime(${START / 1000} + seq * ${STEP})
    from seq_1_to_${rows}`,
  duckdb: (rows: number) => `
    create table people as
    select 'customer' || i || '@example.com' as email, 'C' || lpad(i::varchar, 9, '0') as external_id,
           (i % 40)::integer as orders, (i % 100000 / 100)::decimal(10, 2) as spent, i % 3 <> 0 as active,
           timestamptz '2026-01-01 00:00:00+00' + to_seconds(i * ${STEP}) as last_order_at
    from range(1, ${rows + 1}) numbers(i)`,
};
