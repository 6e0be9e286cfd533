import { EngineError } from '../engine-error.ts';
import type { Engine } from '../engine.ts';
import type { FaultState } from '../faults.ts';
import type { SeenRequest } from '../server.ts';
import { noSuchObject, PartFailed, snowflakeError, wrongCount, type SnowflakeError } from './errors.ts';
import type { SnowflakeOptions } from './shim.ts';
import { toDuck } from './sql.ts';
import { executed, Statement, type Work } from './statement.ts';
import { splitStatements } from './split.ts';
import { PARAMETERS, type Parameters } from './values.ts';

/** A refused submission. */
interface Refused {
  status: number;
  body: unknown;
}

const INVALID: Refused = {
  status: 400,
  body: { code: '390142', message: 'Incoming request does not contain a valid payload.' },
};
const DEFAULT_BYTES = 10 << 20;

/** All statements of a shim. */
export class Submissions {
  private readonly statements = new Map<string, Statement>();
  private readonly byRequest = new Map<string, Statement>();
  private readonly children = new Map<Statement, Statement[]>();
  private readonly engine: Engine;
  private readonly faults: FaultState;
  private readonly options: SnowflakeOptions;

  constructor(engine: Engine, faults: FaultState, options: SnowflakeOptions) {
    this.engine = engine;
    this.faults = faults;
    this.options = options;
  }

  all(): Statement[] {
    return [...this.statements.values()];
  }

  find(handle: string): Statement | undefined {
    return this.statements.get(handle);
  }

  /** The handles of the single statements, if the request had several. */
  parts(statement: Statement): string[] | undefined {
    return this.children.get(statement)?.map(({ handle }) => handle);
  }

  /** Starts the statement of a request, or finds the one of the same `requestId` if `retry=true`. */
  async submit(request: SeenRequest): Promise<{ statement: Statement } | Refused> {
    const { headers, query, body } = request;
    if (!/^application\/json\b/.test(headers['content-type'] ?? 'application/json')) {
      return { status: 415, body: { message: 'Unsupported Media Type.' } };
    }
    if (!headers['user-agent'] || !headers.accept || !isSubmission(body)) return INVALID;
    const given = parametersOf(body.parameters ?? {});
    if (!given) return INVALID;
    const parameters = { ...this.options.parameters, ...given };
    const id = query.get('requestId');
    const known = id && query.get('retry') === 'true' ? this.byRequest.get(id) : undefined;
    if (known) return { statement: known };
    const error = this.missingName(body) ?? (await this.miscounted(body.statement, parameters));
    if (error) return this.refuse(error);
    const statement = this.start(body, parameters, query.get('nullable') !== 'false');
    if (id) this.byRequest.set(id, statement);
    return { statement };
  }

  private start(body: Submission, parameters: Parameters, nullable: boolean): Statement {
    const megabytes = Number(parameters.CLIENT_RESULT_CHUNK_SIZE ?? 0);
    const work = {
      parameters,
      nullable,
      timeout: body.timeout,
      partitionBytes: megabytes ? megabytes << 20 : (this.options.partitionBytes ?? DEFAULT_BYTES),
      readOnly: this.options.readOnly ?? false,
    };
    const texts = splitStatements(body.statement);
    if (texts.length < 2) return this.add({ ...work, sql: body.statement });
    return this.several(texts, work);
  }

  /** Statements of one request run one after the other, and end with the first that fails. */
  private several(texts: string[], work: Omit<Work, 'sql'>): Statement {
    const parts: Statement[] = [];
    const whole = new Statement(this.engine, this.faults, { ...work, sql: '' }, async () => {
      for (const sql of texts) {
        const part = this.add({ ...work, sql });
        parts.push(part);
        await part.settled;
        if (part.error) throw new PartFailed(sql, part.error);
      }
      return executed('multiple statement execution', 'Multiple statements executed successfully.');
    });
    this.statements.set(whole.handle, whole);
    this.children.set(whole, parts);
    return whole;
  }

  private add(work: Work): Statement {
    const statement = new Statement(this.engine, this.faults, work);
    this.statements.set(statement.handle, statement);
    return statement;
  }

  private refuse(error: SnowflakeError): Refused {
    const statementHandle = crypto.randomUUID();
    return { status: 422, body: { ...error, statementHandle } };
  }

  private missingName(body: Submission): SnowflakeError | undefined {
    const { names = {} } = this.options;
    const kinds = ['warehouse', 'role', 'database', 'schema'] as const;
    const known = (kind: (typeof kinds)[number]) =>
      body[kind] === undefined || (names[kind]?.includes(body[kind]) ?? true);
    return kinds.every(known) ? undefined : noSuchObject();
  }

  private async miscounted(sql: string, parameters: Parameters): Promise<SnowflakeError | undefined> {
    const desired = Number(parameters.MULTI_STATEMENT_COUNT ?? 1);
    try {
      const actual = await this.engine.count(toDuck(sql));
      return desired === 0 || actual === desired ? undefined : wrongCount(actual, desired);
    } catch (error) {
      if (error instanceof EngineError) return snowflakeError(error);
      throw error;
    }
  }
}

interface Submission {
  statement: string;
  timeout?: number;
  parameters?: Record<string, unknown>;
  warehouse?: string;
  role?: string;
  database?: string;
  schema?: string;
}

function isSubmission(body: unknown): body is Submission {
  const { statement, timeout } = (body ?? {}) as Partial<Submission>;
  return typeof statement === 'string' && (timeout === undefined || Number.isInteger(timeout));
}

/** Names in upper case; undefined if one is not supported by the SQL API. */
function parametersOf(given: Record<string, unknown>): Parameters | undefined {
  const upper = Object.entries(given).map(([name, value]) => [name.toUpperCase(), String(value)] as const);
  return upper.every(([name]) => PARAMETERS.has(name)) ? Object.fromEntries(upper) : undefined;
}
