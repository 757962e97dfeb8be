/**
 * Log lines on stderr, in the JSON form that Terraform's own log understands.
 * Never pass it a secret.
 */

import { oneLine, printableJson } from '../../printable';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
}

/** Terraform parses the JSON and prints the texts unchanged. */
function printed(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? oneLine(value) : value,
    ]),
  );
}

/** @param write receives whole lines */
export function jsonLogger(module: string, write: (line: string) => void, now: () => Date): Logger {
  return {
    log(level, message, fields = {}) {
      // Terraform parses a line only if its timestamp has microseconds.
      // Otherwise it logs the JSON unchanged.
      const timestamp = now().toISOString().replace('Z', '000Z');
      const line = {
        '@level': level,
        '@message': oneLine(message),
        '@module': module,
        '@timestamp': timestamp,
        ...printed(fields),
      };
      write(`${printableJson(line)}\n`);
    },
  };
}
