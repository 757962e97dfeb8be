/**
 * The call of a provider function. It has no diagnostics.
 * A thrown error becomes the one error that Terraform shows at the call,
 * next to the argument at fault.
 */
import { isByokError, stackOf } from '../../errors';
import { oneLine } from '../../printable';
import type { FunctionSchema, ParameterSchema } from '../../schema/model';
import {
  CallFunctionRequest,
  CallFunctionResponse,
  type DynamicValue,
  type FunctionError,
} from '../grpc/messages';
import type { Input, Message } from '../grpc/protobuf';
import { decodeArgument } from '../values/value-decoder';
import { encodeResult } from '../values/value-encoder';
import { type Rpc, rpc } from './rpc';
import { findDefinition } from './runtime';

export const functionRpcs = {
  CallFunction: rpc({
    request: CallFunctionRequest,
    response: CallFunctionResponse,
    failure: ({ name }) => `Cannot call ${name}`,
    async handle({ name, arguments: values }, _context, { definition }) {
      let given: readonly Argument[] = [];
      try {
        const called = findDefinition(definition.functions, 'function', name);
        given = withParameters(called.schema, values);
        const args = given.map(({ parameter, value, spelling }) =>
          decodeArgument(parameter.type, value, spelling),
        );
        return { result: encodeResult(called.schema.returnType, await called.call(args)) };
      } catch (reason) {
        return { error: functionError(reason, given) };
      }
    },
  }),
} as const satisfies Record<string, Rpc>;

interface Argument {
  readonly parameter: ParameterSchema;
  readonly value: Message<typeof DynamicValue>;
  /** The name of the argument in errors: the second variadic argument is `rest[1]`. */
  readonly spelling: string;
}

function withParameters(
  { parameters, variadic }: FunctionSchema,
  values: readonly Message<typeof DynamicValue>[],
): Argument[] {
  return values.flatMap((value, index) => {
    const parameter = parameters[index];
    if (parameter !== undefined) {
      return [{ parameter, value, spelling: parameter.name }];
    }
    return variadic === undefined
      ? []
      : [
          {
            parameter: variadic,
            value,
            spelling: `${variadic.name}[${index - parameters.length}]`,
          },
        ];
  });
}

/** Terraform puts the text into a sentence of its own, so it stays a clause. */
function functionError(reason: unknown, given: readonly Argument[]): Input<typeof FunctionError> {
  if (!isByokError(reason)) {
    return { text: `this is a defect of the provider: ${stackOf(reason)}` };
  }
  const index = given.findIndex(({ spelling }) => spelling === reason.attribute);
  return {
    text: oneLine(`${reason.message} (${reason.code})`),
    functionArgument: index < 0 ? undefined : index,
  };
}
