/* Half of the VIPs are none any more: what a warehouse may do over night, rightly or by a broken load. */
import pg from 'pg';

const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
await client.query('update customers set vip = false where id % 4 = 0');
await client.end();
