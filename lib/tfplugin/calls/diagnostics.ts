/**
 * Collects errors and warnings for Terraform. Only here does a thrown error become a diagnostic.
 */
import { isByokError, stackOf } from '../../errors';
import { oneLine } from '../../printable';

/** A step into a value: an attribute or block name, a map key, or a list index. */
export type PathStep = string | { readonly key: string } | { readonly index: number };

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  readonly path: readonly PathStep[];
}

export class Diagnostics {
  readonly all: Diagnostic[] = [];

  /**
   * @param attribute the top-level attribute or path that Terraform underlines in the configuration
   */
  error(summary: string, detail: string, attribute?: string | readonly PathStep[]): void {
    this.#add('error', summary, [detail], attribute);
  }

  warning(summary: string, detail: string, attribute?: string | readonly PathStep[]): void {
    this.#add('warning', summary, [detail], attribute);
  }

  /**
   * Reports an error that a handler threw.
   * A defect of ours shows its stack; a known error shows its sentence and its code.
   */
  thrown(summary: string, reason: unknown): void {
    if (isByokError(reason)) {
      this.#add(
        'error',
        summary,
        [sentence(reason.message), '', `(${reason.code})`],
        reason.attribute,
      );
    } else {
      this.#add('error', summary, [
        'This is a defect of the provider:',
        '',
        ...stackOf(reason).split('\n'),
      ]);
    }
  }

  get hasError(): boolean {
    return this.all.some(({ severity }) => severity === 'error');
  }

  /**
   * Terraform prints what it receives and wraps it.
   * Only the breaks between these lines come from us.
   */
  #add(
    severity: Diagnostic['severity'],
    summary: string,
    lines: readonly string[],
    attribute?: string | readonly PathStep[],
  ): void {
    const path =
      attribute === undefined ? [] : typeof attribute === 'string' ? [attribute] : attribute;
    this.all.push({
      severity,
      summary: oneLine(summary),
      detail: lines.map(oneLine).join('\n'),
      path,
    });
  }
}

/** A name that a message begins with: of an attribute, of a variable, in quotes, a function. */
const name = /^(?:\w+_\w|[a-z]+[A-Z]|\w+ = |\W|\w+::)/;

/** Our messages are lowercase clauses; Terraform prints them as a paragraph. Names stay as they are. */
export function sentence(message: string): string {
  return name.test(message)
    ? `${message}.`
    : `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
