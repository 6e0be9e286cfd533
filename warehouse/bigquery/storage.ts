import type { BigQueryReadClient } from '@google-cloud/bigquery-storage';
import { Failure } from '../../contract/failure.ts';
import { knownCode } from '../../contract/foreign.ts';
import type { Lines } from '../reading.ts';
import { checkSchema, encodeBatch, Encoder } from './arrow.ts';
import type { TokenSource } from './credentials.ts';
import { StorageError } from './failures.ts';
import type { Table } from './jobs.ts';
import type { Field } from './kinds.ts';
import { within } from './waits.ts';

type ClientOptions = NonNullable<ConstructorParameters<typeof BigQueryReadClient>[0]>;

/** Where the Storage Read API is, if it is not Google's. */
export interface StoragePlace {
  apiEndpoint: string;
  port: number;
  /** Credentials of @grpc/grpc-js for the channel. */
  sslCreds: ClientOptions['sslCreds'];
}

interface Settings {
  project: string;
  tokens: TokenSource;
  place?: StoragePlace;
  /** The maximum milliseconds without an answer. */
  silence: number;
  /** Ends every wait. */
  signal: AbortSignal;
}

/** BigQuery's Storage Read API: https://cloud.google.com/bigquery/docs/reference/storage */
export class Storage {
  readonly #client: BigQueryReadClient;
  readonly #settings: Settings;

  private constructor(client: BigQueryReadClient, settings: Settings) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Returns undefined if the optional library is not installed. */
  static async open(settings: Settings): Promise<Storage | undefined> {
    const libraries = await Promise.all([
      import('@google-cloud/bigquery-storage'),
      import('google-auth-library'),
    ]).catch((error: unknown) => {
      if (knownCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    });
    if (!libraries) return undefined;
    const [{ BigQueryReadClient }, { GoogleAuth, OAuth2Client }] = libraries;
    // our tokens, so that the library does not look for other credentials
    const authClient = new OAuth2Client();
    authClient.refreshHandler = async () => {
      const { token, expires } = await settings.tokens();
      return { access_token: token, expiry_date: expires };
    };
    const { project: projectId, place } = settings;
    // the library may have another copy of google-auth-library, whose types differ by private members
    const auth = new GoogleAuth({ authClient }) as unknown as ClientOptions['auth'];
    return new Storage(new BigQueryReadClient({ projectId, auth, ...place }), settings);
  }

  /** Yields the rows of a table of texts as COPY lines; returns their number. */
  async *read(table: Table, fields: readonly Field[]): Lines {
    const { project } = this.#settings;
    const { projectId, datasetId, tableId } = table;
    const encoder = new Encoder(fields);
    const [session] = await this.#asked(
      this.#client.createReadSession({
        parent: `projects/${project}`,
        // one stream keeps the order of the query, and one buffer
        maxStreamCount: 1,
        readSession: {
          table: `projects/${projectId}/datasets/${datasetId}/tables/${tableId}`,
          dataFormat: 'ARROW',
        },
      }),
    );
    checkSchema(
      Buffer.from((session.arrowSchema?.serializedSchema ?? '') as Uint8Array),
      Array.from({ length: encoder.columns }, (_, i) => `c${i}`),
    );
    let rows = 0;
    for (const { name } of session.streams ?? []) {
      const stream = this.#client.readRows({ readStream: name, offset: 0 });
      const responses = stream[Symbol.asyncIterator]() as AsyncIterator<Response>;
      stream.on('error', () => undefined); // after an early stop, nothing else listens
      try {
        const next = () => this.#asked(responses.next());
        for (let item = await next(); !item.done; item = await next()) {
          const { rowCount, arrowRecordBatch } = item.value;
          rows += Number(rowCount ?? 0);
          const batch = arrowRecordBatch?.serializedRecordBatch;
          if (batch) yield* encodeBatch(viewOf(batch), encoder);
        }
      } finally {
        stream.destroy();
      }
    }
    // as the server says it sent
    if (encoder.writer.lines !== rows) throw new Failure('segmentIncomplete', {});
    const last = encoder.writer.take();
    if (last.length > 0) yield last;
    return rows;
  }

  /** Ends all streams. */
  async close(): Promise<void> {
    await this.#client.close();
  }

  /** Waits for an answer. Errors of gRPC have a number as their code. */
  async #asked<T>(answer: Promise<T>): Promise<T> {
    const { silence, signal } = this.#settings;
    try {
      return await within(silence, answer, signal);
    } catch (error) {
      const { code, details } = error as { code?: unknown; details?: unknown };
      if (error instanceof Failure || typeof code !== 'number') throw error;
      throw new StorageError(code, typeof details === 'string' ? details : '');
    }
  }
}

/** What we use of a response of ReadRows. */
interface Response {
  rowCount?: string | number | null;
  arrowRecordBatch?: { serializedRecordBatch?: Uint8Array | null } | null;
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
