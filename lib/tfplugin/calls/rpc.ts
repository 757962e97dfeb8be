/**
 * One call of the plugin protocol: bytes in, bytes out, with diagnostics collected on the way.
 * An error that a handler throws becomes a diagnostic.
 * As a gRPC error it would show the user a riddle instead of a sentence.
 */

import {
  type AttributePath,
  type AttributePathStep,
  type Diagnostic,
  severities,
} from '../grpc/messages';
import { decode, encode, type Fields, type Input, type Message } from '../grpc/protobuf';
import type { Context } from '../provider';
import { Diagnostics, type Diagnostic as Finding, type PathStep } from './diagnostics';
import type { Runtime } from './runtime';

export type Rpc = (runtime: Runtime, request: Uint8Array) => Promise<Uint8Array>;

export interface RpcDefinition<Q extends Fields, S extends Fields> {
  readonly request: Q;
  readonly response: S;
  /** Headline of the diagnostic if the handler throws. */
  readonly failure: string | ((request: Message<Q>) => string);
  handle(request: Message<Q>, context: Context, runtime: Runtime): Input<S> | Promise<Input<S>>;
  /** The answer that accompanies the diagnostic if the handler throws. */
  fallback?(request: Message<Q>): Input<S>;
}

export function rpc<Q extends Fields, S extends Fields>({
  request,
  response,
  failure,
  handle,
  fallback,
}: RpcDefinition<Q, S>): Rpc {
  return async (runtime, encoded) => {
    const message = decode(request, encoded);
    const diagnostics = new Diagnostics();
    const context: Context = { diagnostics, signal: runtime.stop.signal, log: runtime.log };
    let answer: Input<S>;
    try {
      answer = await handle(message, context, runtime);
    } catch (reason) {
      diagnostics.thrown(typeof failure === 'string' ? failure : failure(message), reason);
      answer = fallback?.(message) ?? {};
    }
    return encode(response, { ...answer, diagnostics: diagnostics.all.map(diagnosticMessage) });
  };
}

function diagnosticMessage({ severity, summary, detail, path }: Finding): Input<typeof Diagnostic> {
  return {
    severity: severities[severity],
    summary,
    detail,
    attribute: path.length === 0 ? undefined : attributePath(path),
  };
}

export function attributePath(path: readonly PathStep[]): Input<typeof AttributePath> {
  return { steps: path.map(attributePathStep) };
}

function attributePathStep(step: PathStep): Input<typeof AttributePathStep> {
  if (typeof step === 'string') {
    return { attributeName: step };
  }
  return 'key' in step ? { elementKeyString: step.key } : { elementKeyInt: step.index };
}
