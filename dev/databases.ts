import pg from 'pg';

/** Returns the URL of another database on the same server. */
export function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/** Creates the database unless it exists; resolves to its URL. */
export async function createDatabase(adminUrl: string, database: string): Promise<string> {
  await asAdmin(adminUrl, async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  });
  return databaseUrl(adminUrl, database);
}

/** Drops the database if it exists, and closes all connections to it. */
export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  await asAdmin(adminUrl, (client) =>
    client.query(`drop database if exists ${pg.escapeIdentifier(database)} with (force)`),
  );
}

/** Runs SQL, which can be several statements. */
export async function runSql(url: string, sql: string): Promise<void> {
  await asAdmin(url, (client) => client.query(sql));
}

async function asAdmin(adminUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
