import type { Stand } from '../support/stand.ts';

/** Anna changes, Eve is removed, Fay is added. */
export async function change({ warehouse }: Stand): Promise<void> {
  await warehouse.query(`
    update people set city = 'Rome-Tivoli', spent = 9 where email like 'anna%';
    delete from people where email like 'eve%';
    insert into people (email, first_name, spent, city) values ('fay@shop.be', 'Fay-Louise', null, 'Oslo-Frogner')`);
}
