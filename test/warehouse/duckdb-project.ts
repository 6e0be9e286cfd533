import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Source } from '../../activation/definition/source.ts';
import { openWarehouse } from '../../warehouse/open.ts';
import type { Warehouse } from '../../warehouse/source.ts';
import { READER } from './reading.ts';

type DuckdbConnection = Extract<Source, { driver: 'duckdb' }>['connection'];

/** A project folder with a database file. */
export let project: string;
export const file = () => join(project, 'shop.duckdb');

export async function start(): Promise<void> {
  project = await mkdtemp(join(tmpdir(), 'duckdb-test-'));
  await change('create table written (id int)', 'create sequence counted', 'create schema crm');
}

export async function stop(): Promise<void> {
  await rm(project, { recursive: true, force: true });
}

export interface Options {
  statementTimeout?: number;
  connection?: DuckdbConnection;
  memoryLimit?: string;
  threads?: number;
  tempDirectory?: string;
  env?: NodeJS.ProcessEnv;
}

export function open(options?: Options): Promise<Warehouse> {
  return openWarehouse(...opening(options));
}

export function opening({
  statementTimeout = 600_000,
  connection = { file: 'shop.duckdb' },
  memoryLimit = '512MB',
  threads = 2,
  tempDirectory,
  env = {},
}: Options = {}): Parameters<typeof openWarehouse> {
  const settings = { driver: 'duckdb' as const, statementTimeout, memoryLimit, threads, tempDirectory };
  return [{ ...settings, connection }, env, READER, project];
}

/** Writes as DuckDB's users must while others read: into a copy, which then replaces the file. */
export async function change(...statements: string[]): Promise<void> {
  const copy = join(project, 'next.duckdb');
  await copyFile(file(), copy).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error; // the first time there is no file yet
  });
  await inDatabase(copy, statements);
  await rename(copy, file());
}

export async function inDatabase(path: string, statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(path, { threads: '2', memory_limit: '256MB' });
  const connection = await instance.connect();
  let rows: unknown[][] = [];
  for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** The processes of DuckDB that this process started, by their titles. */
export async function engines(): Promise<{ pid: number; title: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, title] = /^\s*(\d+)\s+(\d+)\s+(actito-sync .*)$/.exec(line) ?? [];
    return Number(parent) === process.pid ? [{ pid: Number(pid), title: title!.trim() }] : [];
  });
}
