import type { EngineError } from '../engine-error.ts';
import { unmarked } from './sql.ts';

/** Code, SQL state and message of a failed statement. */
export interface SnowflakeError {
  code: string;
  sqlState: string;
  message: string;
}

/** Documented in the reference of the SQL API: answers of the cancel endpoint. */
export const CANCELED = { code: '000604', sqlState: '57014', message: 'SQL execution canceled' };

export const timedOut = (seconds: number): SnowflakeError => ({
  code: '000630',
  sqlState: '57014',
  message: `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`,
});

export const notFound = (handle: string): SnowflakeError => ({
  code: '000709',
  sqlState: '02000',
  message: `Statement ${handle} not found`,
});

export const wrongCount = (actual: number, desired: number): SnowflakeError => ({
  code: '000008',
  sqlState: '0A000',
  message: `Actual statement count ${actual} did not match the desired statement count ${desired}.`,
});

export const noSuchObject = (): SnowflakeError => ({
  code: '002043',
  sqlState: '02000',
  message: 'SQL compilation error:\nObject does not exist, or operation cannot be performed.',
});

/** One of several statements of a request failed: "submitting-multiple-statements" in the guide. */
export class PartFailed extends Error {
  readonly error: SnowflakeError;

  constructor(sql: string, error: SnowflakeError) {
    const start = `Execution of multiple statements failed on statement "${sql.trim().slice(0, 36)} ..."`;
    super(`${start}.\n${error.message}`);
    this.error = { code: '100132', sqlState: 'P0000', message: this.message };
  }
}

/** The documented example of an invalid identifier has `error line 1 at position 7`: lines from 1, positions from 0. */
export function snowflakeError({ kind, message, subject, position }: EngineError): SnowflakeError {
  const at = position && `line ${position.line} at position ${position.column}`;
  const name = unmarked(subject);
  switch (kind) {
    case 'missingColumn':
      return compilation('000904', '42000', ` error ${at}\ninvalid identifier '${quotedIfNeeded(name)}'`);
    case 'missingTable':
      return compilation('002003', '42S02', `\nObject '${name}' does not exist or not authorized.`);
    case 'syntax':
      return compilation('001003', '42000', `\nsyntax error ${at} unexpected '${name || '<EOF>'}'.`);
    case 'value':
      return { code: '100038', sqlState: '22018', message: `Numeric value '${name}' is not recognized` };
    case 'canceled':
      return CANCELED;
    case 'forbidden':
      return {
        code: '003001',
        sqlState: '42501',
        message: 'SQL access control error:\nInsufficient privileges to operate on schema',
      };
    case 'other':
      return compilation('002140', '42601', ` ${unmarked(message)}`);
  }
}

const compilation = (code: string, sqlState: string, message: string): SnowflakeError => ({
  code,
  sqlState,
  message: `SQL compilation error:${message}`,
});

const quotedIfNeeded = (name: string) => (/^[A-Z_][A-Z0-9_$.]*$/.test(name) ? name : `"${name}"`);
