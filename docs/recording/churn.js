/* Removes half of the VIPs, as a clean-up or a broken load in a warehouse would. */
import pg from 'pg';

const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
await client.query('update customers set vip = false where id % 4 = 0');
await client.end();
