/** Log lines on stderr, in the JSON form that Terraform's own log understands. Nothing secret may be handed to it. */

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  log(level: LogLevel, message: string, fields?: LogFields): void;
}

/** @param write receives whole lines */
export function jsonLogger(module: string, write: (line: string) => void, now: () => Date): Logger {
  return {
    log(level, message, fields = {}) {
      // Terraform takes a line apart only when its time stamp has microseconds; otherwise it logs the JSON as it stands.
      const timestamp = now().toISOString().replace('Z', '000Z');
      write(`${JSON.stringify({ '@level': level, '@message': message, '@module': module, '@timestamp': timestamp, ...fields })}\n`);
    },
  };
}
