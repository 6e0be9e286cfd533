import type { Client } from 'pg';

/** How many customers the shop has. */
export const CUSTOMERS = 5_000;

/** The shop's last order before the first run; every other moment counts back from it, so all shops are equal. */
const LATEST = "timestamptz '2025-06-30 18:00 UTC'";

/*
 * Chance without a generator: the same `what` always gives the same number from 0 to n - 1. Everything in the shop is
 * a function of the customer's number.
 */
const SCHEMA = `
  create function chance(what text, n int) returns int immutable language sql
    return ('x' || substr(md5(what), 1, 7))::bit(28)::int % n;

  create table customers (
    id         integer primary key,
    email      text,
    first_name text not null,
    last_name  text not null,
    country    text not null,
    city       text not null,
    created_at timestamptz not null
  );
  create table orders (
    id          integer primary key generated always as identity,
    customer_id integer not null references customers,
    ordered_at  timestamptz not null,
    total       numeric(10, 2) not null
  );`;

/** Addresses as shops have them: some missing, some shouted, some with blanks around them, a few broken. */
const CUSTOMERS_SQL = `
  insert into customers
  with places (country, cities, first_names, last_names) as (values
    ('BE', '{Gent,Namur,Liège}'::text[], '{Anna,Lotte,Jef,Noor,Élise,Wout}'::text[], '{Peeters,Maes,Dubois,Claes}'::text[]),
    ('FR', '{Lyon,Lille,Nantes}', '{Léa,Hugo,Chloé,Jules,Inès,Louis}', '{Martin,Bernard,Petit,Moreau}'),
    ('DE', '{Aachen,Köln,Bremen}', '{Mia,Jonas,Käthe,Paul,Ida,Jörg}', '{Schmidt,Weber,Wolf,Krüger}'),
    ('NL', '{Breda,Utrecht,Delft}', '{Sanne,Daan,Fleur,Bram,Lieke,Sem}', '{Bakker,Visser,Smit,Mulder}'),
    ('ES', '{Bilbao,Sevilla,León}', '{Lucía,Mateo,Sofía,Iker,Nerea,Raúl}', '{García,Ruiz,Navarro,Gil}'),
    ('IT', '{Torino,Parma,Bari}', '{Giulia,Marco,Chiara,Luca,Elisa,Dario}', '{Rossi,Conti,Greco,Villa}')
  ),
  numbered as (select row_number() over (order by country) - 1 as place, * from places),
  people as (
    select id, country,
           cities[1 + chance('city' || id, 3)] as city,
           first_names[1 + chance('first' || id, 6)] as first_name,
           last_names[1 + chance('last' || id, 4)] as last_name
    from generate_series(1, ${CUSTOMERS}) as id join numbered on place = chance('country' || id, 6)
  ),
  addresses as (
    select *, translate(lower(first_name || '.' || last_name), 'àáäèéëíïóöúüñç', 'aaaeeeiioouunc') || id
              || '@' || lower(country) || '.example' as address
    from people
  )
  select id,
         case when id % 97 = 0 then null
              when id % 499 = 0 then replace(address, '@', ' at ')
              when id % 101 = 0 then upper(address)
              when id % 103 = 0 then '  ' || address || ' '
              else address
         end,
         first_name, last_name, country, city,
         ${LATEST} - make_interval(days => 30 + chance('created' || id, 2000))
  from addresses`;

/** Every fifth customer spends a lot in the last year; the others little, over three years, or nothing. */
const ORDERS_SQL = `
  insert into orders (customer_id, ordered_at, total)
  select customers.id,
         ${LATEST} - make_interval(days => chance(code, case when big then 330 else 1100 end), mins => 1 + chance('m' || code, 600)),
         (case when big then 15000 + chance('t' || code, 30000) else 900 + chance('t' || code, 9000) end) / 100.0
  from customers
  cross join lateral (select chance('big' || customers.id, 5) = 0 as big) as spender
  cross join lateral generate_series(1, case when big then 3 + chance('n' || customers.id, 3) else chance('n' || customers.id, 4) end) as no
  cross join lateral (select customers.id || '/' || no as code) as coded
  order by customers.id, no`;

/**
 * Two customers who registered twice, spelling their address differently. One pair is equal in all that is mapped and
 * collapses; the other pair contradicts itself, so its attributes cannot be sent.
 */
const TWICE_SQL = `
  delete from orders where customer_id in (1, 2, 4999, 5000);
  update customers second
  set email = upper(first.email), first_name = first.first_name, last_name = first.last_name, country = first.country
  from customers first where (first.id, second.id) in ((1, 4999), (2, 5000));
  insert into orders (customer_id, ordered_at, total)
  values (1, ${LATEST}, 650), (4999, ${LATEST}, 650), (2, ${LATEST}, 700), (5000, ${LATEST}, 800)`;

/** Makes and fills the shop. The same every time. */
export async function seedShop(shop: Client): Promise<void> {
  for (const sql of [SCHEMA, CUSTOMERS_SQL, ORDERS_SQL, TWICE_SQL]) await shop.query(sql);
}

/** The comment of a database that was made for the demo: docker/databases.sql. */
const MARK = "The shop of actito-sync's demo";

/**
 * Fills the shop unless it is filled. Only a database that was made for it is touched, and only while it is empty: the URL
 * may name another one by mistake.
 * @throws Error when it is not the demo's; nothing was written
 */
export async function fillDemoShop(shop: Client): Promise<void> {
  const { rows } = await shop.query<{ mark: string | null; tables: string[] }>(
    `select shobj_description(oid, 'pg_database') as mark,
            array(select relname::text from pg_class join pg_namespace on pg_namespace.oid = relnamespace
                  where relkind in ('r', 'p', 'v', 'm', 'f') and nspname !~ '^(pg_|information_schema$)') as tables
     from pg_database where datname = current_database()`,
  );
  const { mark, tables } = rows[0]!;
  const isFilled = tables.includes('customers') && tables.includes('orders');
  if (mark === MARK && isFilled) return;
  if (mark !== MARK || tables.length > 0) {
    throw new Error(
      'SHOP_DATABASE_URL must name an empty database that was created for the demo (docker/databases.sql). ' +
        "Nothing was written. To recreate the demo's databases: docker compose down --volumes.",
    );
  }
  await seedShop(shop);
}
