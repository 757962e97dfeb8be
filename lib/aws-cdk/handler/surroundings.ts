/** Everything that the handler takes from outside this program, passed in by its main. */
import { printableJson } from '../../printable';
import type { AwsStore } from './aws-store';

export interface Surroundings {
  /** Where the proxy and the authorities of the connection are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** @param ms milliseconds; rejects when the signal is aborted */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly store: AwsStore;
  readonly sendAnswer: (url: string, body: string, sleep: Surroundings['sleep']) => Promise<void>;
  /** Writes one line to the log. */
  readonly print: (line: string) => void;
}

export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/**
 * Lines of JSON, without debug messages. No caller passes an event or an error object: either may
 * hold what must not be logged.
 */
export function jsonLog(
  print: Surroundings['print'],
  about: Readonly<Record<string, string>>,
): Log {
  return (level, message, fields = {}) => {
    if (level !== 'debug') {
      print(printableJson({ level, message, ...about, ...fields }));
    }
  };
}
