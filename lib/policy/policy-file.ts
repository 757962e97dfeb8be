/** A policy as a file: JSON with the properties of `KeyMaterialPolicy`, and nothing else. Pure. */
import { ByokError, isByokError } from '../errors';
import { isRecord, repeatedNameIn, tryParseJson } from '../json';
import { requireFaultless } from './faults';
import type { Policy } from './rules';

/**
 * @param place what names the file in messages
 * @throws ByokError ERR_ARGUMENT, in one sentence
 */
export function parsePolicy(content: string, place: string): Policy {
  // Editors of Windows put it before a text.
  const text = content.replace(/^\uFEFF/, '');
  const policy = tryParseJson(text);
  if (!isRecord(policy)) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is no JSON object; give the rules as one, such as {"requirePin": true}`,
    );
  }
  const repeated = repeatedNameIn(text);
  if (repeated !== undefined) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} gives ${repeated} twice, and only one of them would count; give it once`,
    );
  }
  try {
    requireFaultless(policy, 'KeyMaterialPolicy');
  } catch (error) {
    if (isByokError(error)) {
      throw new ByokError(error.code, `${place}: ${error.message}`, { cause: error });
    }
    throw error;
  }
  return policy;
}
