import type { Client } from 'pg';

/** What happens in the shop between the first and the second run, as numbers of customers. */
export interface NextDay {
  entered: number;
  left: number;
  orderedAgain: number;
  moved: number;
}

/** The evening after the last order; moments of the past year move on with it. */
const NEXT_DAY = `(select max(ordered_at) from orders) + interval '1 day'`;

/** Customers with a usual address who spent at least `least` and at most `most` in the past year, in a fixed order. */
function spenders(least: number, most: number): string {
  return `
    select id
    from customers left join spent on customer_id = id
    where id between 3 and 4998 and email is not null and coalesce(total, 0) between ${least} and ${most}
    order by md5(id::text)`;
}

const MOST = 1_000_000;

/** Lets a day pass in the shop. Everyone affected is picked before the first order of the new day. */
export async function letADayPass(shop: Client): Promise<NextDay> {
  await shop.query(`
    create temporary table picked as
    with spent as (
      select customer_id, sum(total) as total from orders
      where ordered_at > (select max(ordered_at) from orders) - interval '365 days'
      group by customer_id
    )
    select id, 'entered' as what from (${spenders(0, 100)} limit 45) as newly
    union all
    select id, case when place <= 30 then 'left' when place <= 90 then 'orderedAgain' else 'moved' end
    from (select id, row_number() over () as place from (${spenders(700, MOST)} limit 110) as vip) as vips`);
  const picked = (what: string) => `(select id from picked where what = '${what}')`;

  await shop.query(`
    delete from orders where customer_id in ${picked('left')};
    update customers set country = 'LU', city = 'Luxembourg' where id in ${picked('moved')};
    insert into orders (customer_id, ordered_at, total)
    select id, day, case what when 'entered' then 620 else 80 end
    from picked, (select ${NEXT_DAY} as day) as today where what in ('entered', 'orderedAgain')`);
  const { rows } = await shop.query<{ what: keyof NextDay; customers: string }>(
    'select what, count(*) as customers from picked group by what',
  );
  await shop.query('drop table picked');
  return Object.fromEntries(rows.map((row) => [row.what, Number(row.customers)])) as unknown as NextDay;
}
