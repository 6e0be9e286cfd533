import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import pino from 'pino';
import { LONGEST_TEXT, oneLine } from '../contract/clean.ts';
import { isFailure } from '../contract/failure.ts';
import { kindOf, knownCode, ownLines } from '../contract/foreign.ts';
import { isTold } from '../contract/messages/message.ts';

/** Sends Temporal's own log lines, and those of workflows and activities, through pino. Call once, before anything. */
export function installLogging(level: string): pino.Logger {
  const logger = pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
  const write = ({ level: entryLevel, message, meta }: LogEntry) => {
    const name = entryLevel.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
    logger[name](readable(meta), oneLine(message, LONGEST_TEXT));
  };
  Runtime.install({
    logger: new DefaultLogger('TRACE', write), // pino decides about the level
    telemetryOptions: { logging: { forward: {}, filter: 'WARN,temporalio_client=ERROR' } },
    // The process itself handles Ctrl-C: it shuts the worker down, then the connections.
    shutdownSignals: [],
  });
  return logger;
}

/** Keys of our own data. */
const OURS = new Set(['facts', 'next']);

/**
 * Returns the data of a log line: names and numbers, the safe parts of errors, and our own data. Nothing else, because
 * at the level trace, Temporal's library logs whole tasks, with arguments and results.
 */
function readable(meta: LogEntry['meta']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {}).flatMap(([name, value]) => {
      if (typeof value === 'bigint') return [[name, value.toString()]];
      if (typeof value === 'string') return [[name, oneLine(value, LONGEST_TEXT)]];
      if (value instanceof Error) return [[name, logged(value)]];
      return typeof value !== 'object' || OURS.has(name) ? [[name, value]] : [];
    }),
  );
}

/** A failure for Temporal has our own text. For any other error, only its code, kind and place are logged. */
function logged(error: Error): object {
  const [told] = error instanceof ApplicationFailure ? (error.details ?? []) : [];
  if (isTold(told)) return { type: (error as ApplicationFailure).type, message: told.message };
  if (error instanceof ActivityFailure && error.cause) return logged(error.cause);
  if (error instanceof CancelledFailure) return { type: 'Cancelled' };
  return isFailure(error)
    ? { type: error.type, message: error.message }
    : { type: kindOf(error), code: knownCode(error), at: ownLines(error) };
}
