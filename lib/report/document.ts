/**
 * Recognizes a text from Terraform or OpenTofu: a state or a plan, in one of their forms,
 * or something that looks like one.
 */
import { ByokError } from '../errors';
import { isRecord } from '../json';
import { jsonObjectsIn } from './json-in-text';
import type { Attributes } from './recorded-material';

/** The option that named the text. */
export type Kind = 'state' | 'plan';

export type DocumentForm =
  /** In the form that a backend stores. */
  | 'state file'
  /** In the form that `terraform show -json` prints a state. */
  | 'shown state'
  /** In the form that `terraform show -json PLANFILE` prints a plan. */
  | 'plan'
  /** Encrypted by OpenTofu. */
  | 'encrypted'
  /** A line of `terraform plan -json` or of another command with -json. */
  | 'log'
  | 'something else';

const give: Readonly<Record<Kind, string>> = {
  state: 'give a state file, or pipe "terraform state pull" into --state -',
  plan: 'give what "terraform show -json PLANFILE" prints',
};

/**
 * @param place where the text comes from, for people
 * @throws ByokError ERR_ARGUMENT when the text holds no document of the kind, or several;
 * the message shows no content
 */
export function documentIn(
  text: string,
  place: string,
  kind: Kind,
): { readonly form: DocumentForm; readonly json: Attributes } {
  if (text.trim() === '') {
    throw refused(place, 'is empty', kind);
  }
  const { objects, missed } = jsonObjectsIn(text);
  if (missed !== undefined) {
    throw refused(place, `${missed}, so that not all of it was read`, kind);
  }
  const found = objects.map((json) => ({ form: formOf(json), json }));
  const documents = found.filter(({ form }) => form !== 'log' && form !== 'something else');
  const [document, ...others] = documents.length > 0 ? documents : found.slice(0, 1);
  if (document === undefined) {
    throw refused(place, 'is no JSON object', kind);
  }
  if (others.length > 0) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} holds ${documents.length} states or plans, and one would hide the others; give each with an option of its own`,
    );
  }
  requireForm(document.form, place, kind);
  return document;
}

export function formOf(json: Attributes): DocumentForm {
  if ('encrypted_data' in json) {
    return 'encrypted';
  }
  if (typeof json.version === 'number' && Array.isArray(json.resources)) {
    return 'state file';
  }
  if ('@level' in json) {
    return 'log';
  }
  if (typeof json.format_version !== 'string') {
    return 'something else';
  }
  if ('resource_changes' in json || 'planned_values' in json) {
    return 'plan';
  }
  // An empty state shows only its versions.
  const isState =
    isRecord(json.values) ||
    Object.keys(json).every((name) => name === 'format_version' || name === 'terraform_version');
  return isState ? 'shown state' : 'something else';
}

/**
 * Refuses the forms that have a name of their own. For other forms the reader says what is missing.
 */
function requireForm(form: DocumentForm, place: string, kind: Kind): void {
  if (form === 'log') {
    throw refused(place, 'is the log of a command with -json', kind);
  }
  if (form === 'encrypted') {
    const decrypted = {
      state: 'pipe "tofu state pull" into --state -',
      plan: 'give what "tofu show -json PLANFILE" prints',
    } as const;
    throw new ByokError('ERR_ARGUMENT', `${place} is encrypted; ${decrypted[kind]}`);
  }
  if (kind === 'state' && form === 'plan') {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is no state of version 4; it is a plan: give it by --plan`,
    );
  }
  if (kind === 'plan' && (form === 'state file' || form === 'shown state')) {
    throw new ByokError(
      'ERR_ARGUMENT',
      `${place} is no plan in JSON of format 1; it is a state: give it by --state`,
    );
  }
}

function refused(place: string, found: string, kind: Kind): ByokError {
  return new ByokError('ERR_ARGUMENT', `${place} ${found}; ${give[kind]}`);
}
