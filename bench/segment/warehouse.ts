import pg from 'pg';

/** The segment: an email key and 5 attributes, without nulls. */
export const SEGMENT =
  'select email, first_name, country, spent, orders, last_order_at from people where active';

/** The warehouse of the bench: a table of people, of which the first `members` are active. */
export class BenchWarehouse {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly #members: number;
  #round = 0;

  constructor(url: string, members: number) {
    this.url = url;
    this.pool = new pg.Pool({ connectionString: url });
    this.#members = members;
  }

  /** Creates the people. `rounds`: how often {@link churn} can be called. */
  async seed(rounds: number): Promise<void> {
    await this.pool.query(`
      create table people as
      select i as id, 'customer' || i || '@example.com' as email, 'Name' || (i % 1000) as first_name,
             (array['BE','FR','NL','DE','ES'])[1 + i % 5] as country, (i % 100000) / 100.0 as spent, i % 40 as orders,
             timestamptz '2026-01-01' + i * interval '17 seconds' as last_order_at, i <= ${this.#members} as active
      from generate_series(1, ${this.#members + rounds * this.#share}) i;
      alter table people add primary key (id)`);
    // The first reader must not pay for hint bits, nor the first measurement for the checkpoint of the seed.
    await this.pool.query('vacuum (freeze, analyze) people');
    await this.pool.query('checkpoint');
  }

  /** How many people there are, in the segment and not. */
  async size(): Promise<number> {
    const { rows } = await this.pool.query<{ n: string }>('select count(*) as n from people');
    return Number(rows[0]!.n);
  }

  /** Removes 1 % of the members, adds as many, and changes as many others. */
  async churn(): Promise<void> {
    const [from, to] = [this.#round * this.#share, ++this.#round * this.#share];
    const update = (change: string, low: number, high: number) =>
      this.pool.query(`update people set ${change} where id > $1 and id <= $2`, [low, high]);
    await update('active = false', from, to);
    await update('active = true', this.#members + from, this.#members + to);
    await update('spent = spent + 1', this.#members - to, this.#members - from);
  }

  /** Bytes of WAL that the whole server has written so far. */
  async wal(): Promise<number> {
    const { rows } = await this.pool.query<{ wal: string }>(
      `select pg_current_wal_insert_lsn() - '0/0'::pg_lsn as wal`,
    );
    return Number(rows[0]!.wal);
  }

  async end(): Promise<void> {
    await this.pool.end();
  }

  get #share(): number {
    return Math.floor(this.#members / 100);
  }
}
