/** The values of the flags of `byok review`. */
import { existsSync } from 'node:fs';
import { ByokError } from '../errors';
import { type Failure, failures } from '../report/review/effects';
import { shown } from '../terms/shown-value';

/** A file, and the stack that it is about. */
export interface NamedInput {
  readonly name: string;
  readonly path: string;
}

/** As Terraform calls a workspace without a name. */
const unnamed = 'default';

export function addNamed(text: string, inputs: readonly NamedInput[]): readonly NamedInput[] {
  const [, name, path] = /^([\w.-]{1,60})=(.+)$/s.exec(text) ?? [];
  const input =
    name === undefined || path === undefined || existsSync(text)
      ? { name: unnamed, path: text }
      : { name, path };
  return [...inputs, input];
}

export const failureNames = failures.join(', ');

/** @throws ByokError ERR_ARGUMENT */
export function chooseFailures(list: string): readonly Failure[] {
  const names = list.split(',').filter((name) => name !== '');
  const wrong = names.find((name) => !failures.some((failure) => failure === name));
  if (wrong !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--fail-on holds ${shown(wrong, /^[a-z_-]{1,20}$/i)}; allowed are ${failureNames}, with commas between them`,
    );
  }
  return failures.filter((failure) => names.includes(failure));
}

/** What forges accept, with room for what they add. */
const limits: Readonly<Record<string, number>> = { github: 65_000, gitlab: 990_000 };

/** The heading alone needs this much. */
const shortest = 1000;

/** @throws ByokError ERR_ARGUMENT */
export function parseLimit(text: string): number {
  const limit = Object.hasOwn(limits, text)
    ? limits[text]
    : /^\d{1,9}$/.test(text)
      ? Number(text)
      : 0;
  if (limit === undefined || limit < shortest) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `--limit is ${shown(text, /^\w{1,12}$/)}; allowed are github, gitlab, or a number of bytes from ${shortest} on`,
    );
  }
  return limit;
}
