/** Failures in one sentence. */
import { isByokError } from '../../errors';
import { oneLine } from '../../printable';

/**
 * What went wrong, for CloudFormation and the log. For a defect, only its name: its message may
 * quote anything.
 */
export function reasonFor(error: unknown): string {
  if (isByokError(error)) {
    return oneLine(`${error.message} (${error.code})`);
  }
  const name = error instanceof Error ? error.name : typeof error;
  return `a defect of the handler (${name}): the log of the function says where (ERR_INTERNAL)`;
}

/** Where a defect is, without its message. */
export function placeOf(error: unknown): readonly string[] {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return frames.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
