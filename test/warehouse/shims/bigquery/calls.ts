import type { Cell } from './cells.ts';
import type { TableReference } from './engine.ts';
import type { BigqueryShim } from './shim.ts';
import type { Field } from './types.ts';

/** The members of an answer that the tests read. */
export interface Answer {
  error?: { code: number; message: string; status?: string; errors: Record<string, string>[] };
  jobReference: { jobId: string; location: string };
  configuration: { query: { destinationTable: TableReference }; labels?: Record<string, string> };
  status: { state: string; errorResult?: { reason: string; location?: string; message: string } };
  statistics: { totalBytesProcessed: string; query: { statementType: string; schema?: { fields: Field[] } } };
  schema: { fields: Field[] };
  rows?: { f: Cell[] }[];
  totalRows?: string;
  pageToken?: string;
  jobComplete: boolean;
  numDmlAffectedRows?: string;
}

/** A plain client of the shim's REST API. */
export class Calls {
  readonly #shim: BigqueryShim;
  token: string;

  constructor(shim: BigqueryShim) {
    this.#shim = shim;
    this.token = shim.accessToken();
  }

  /** Calls the API; `path` is below the project. */
  async call(path: string, body?: object): Promise<{ status: number; headers: Headers; json: Answer }> {
    const response = await fetch(`${this.#shim.url}/bigquery/v2/projects/${this.#shim.project}/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${this.token}` },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, json: (await response.json()) as Answer };
  }

  /** Inserts a query job. */
  insert(query: string, more: { query?: object; configuration?: object; jobReference?: object } = {}) {
    const configuration = { query: { query, useLegacySql: false, ...more.query }, ...more.configuration };
    return this.call('jobs', {
      configuration,
      ...(more.jobReference && { jobReference: more.jobReference }),
    });
  }

  /** The first page of a query's results, or the error of the call that failed. */
  async results(query: string, parameters = ''): Promise<Answer> {
    const { status, json } = await this.insert(query);
    if (status !== 200) return json;
    return (await this.call(`queries/${json.jobReference.jobId}?${parameters}`)).json;
  }

  /** The texts of a query's first row. */
  async row(query: string, parameters = ''): Promise<Cell['v'][]> {
    const { rows, error } = await this.results(query, parameters);
    if (!rows) throw new Error(`No rows: ${error?.message}`);
    return rows[0]!.f.map(({ v }) => v);
  }
}
