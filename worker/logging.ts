import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import pino from 'pino';

/** Sends Temporal's own log lines, and those of workflows and activities, through pino. Call once, before anything. */
export function installLogging(level: string): pino.Logger {
  const logger = pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime });
  const write = ({ level: entryLevel, message, meta }: LogEntry) => {
    const name = entryLevel.toLowerCase() as 'trace' | 'debug' | 'info' | 'warn' | 'error';
    logger[name](readable(meta), message);
  };
  Runtime.install({
    logger: new DefaultLogger('TRACE', write), // pino has the last word on the level
    telemetryOptions: { logging: { forward: {}, filter: 'WARN,temporalio_client=ERROR' } },
    // Ctrl-C is the process's own business: it shuts the worker down, then the connections.
    shutdownSignals: [],
  });
  return logger;
}

/** Bigints, which Temporal likes and JSON does not. */
function readable(meta: LogEntry['meta']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {}).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? value.toString() : value,
    ]),
  );
}
