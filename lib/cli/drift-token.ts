/**
 * `byok check --drift-token`: prints only the token that hooks receive as their `driftToken`, so
 * that a shell can put it into a variable.
 */
import { existsSync } from 'node:fs';
import { oneLine } from '../printable';
import { type Drift, driftOf, driftOfFindings } from '../report/drift';
import { type Hook, hooksInState } from '../report/hooks-in-state';
import { findingOf } from '../report/material-finding';
import { contentOf, type Look, liveRecords, withKms } from './check-input';

/** @param states files, "-" for standard input; without any, the whole project is examined */
export async function printDriftToken(states: readonly string[], look: Look): Promise<void> {
  const { remark, print } = look.surroundings;
  const { token, remarks } =
    states.length === 0 ? await driftOfProject(look) : await driftOfStates(states, look);
  remark(remarks.map((line) => `byok: ${oneLine(line)}\n`).join(''));
  print(`${token}\n`);
}

async function driftOfStates(states: readonly string[], look: Look): Promise<Drift> {
  const hooks: Hook[] = [];
  for (const file of states) {
    const place = file === '-' ? 'state on standard input' : `state "${file}"`;
    // Before the first apply, a local backend has no file, and a remote one gives an empty answer.
    const content =
      file === '-' || existsSync(file)
        ? await contentOf({ flag: '--state', path: file }, place, look.surroundings)
        : '';
    const found = hooksInState(content, { ...look, place });
    if (found.length === 0) {
      look.surroundings.remark(
        `byok: there are no hooks in ${oneLine(place)} yet; is this the right place?\n`,
      );
    }
    hooks.push(...found);
  }
  if (hooks.length === 0) {
    return driftOf([], new Map(), look.now);
  }
  return withKms(look, async (kms) => {
    const ids = [...new Set(hooks.map(({ keyId }) => keyId))];
    const keys = new Map(
      await Promise.all(ids.map(async (id) => [id, await kms.describeKey(id)] as const)),
    );
    return driftOf(hooks, keys, look.now);
  });
}

async function driftOfProject(look: Look): Promise<Drift> {
  const { records } = await liveRecords(look, new Set());
  return driftOfFindings(
    records.map((record) => findingOf(record, look.now)),
    look.now,
  );
}
