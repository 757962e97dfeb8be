/**
 * Protocol Buffers (proto3) driven by message tables, see `messages.ts`.
 * It supports only what the plugin protocol uses: no packed lists and no groups.
 * Unknown fields are skipped.
 */
import { lengthDelimited, varint, WireReader, WireWriter } from './wire';

type ScalarKind = 'string' | 'bytes' | 'bool' | 'int32' | 'int64';

/** One field of a message. Decoding returns `Out`, encoding takes `In`. */
export interface Field<Out, In = Out> {
  readonly number: number;
  readonly kind: ScalarKind | 'message';
  /** A function, because a message may contain itself. */
  readonly message?: (() => Fields) | undefined;
  /** `optional` also covers members of a oneof: an absent value differs from the zero value. */
  readonly label?: 'optional' | 'repeated' | 'map';
  /** For the compiler only, never present. */
  readonly types?: { out: Out; in: In };
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export type Message<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<infer Out, infer _In> ? Out : never;
};

export type Input<F extends Fields> = {
  [K in keyof F]?: F[K] extends Field<infer _Out, infer In> ? In | undefined : never;
};

export const text = (number: number): Field<string> => ({ number, kind: 'string' });
export const bytes = (number: number): Field<Uint8Array> => ({ number, kind: 'bytes' });
export const bool = (number: number): Field<boolean> => ({ number, kind: 'bool' });
export const integer = (number: number): Field<number> => ({ number, kind: 'int64' });
/** Enumerations are int32 on the wire. */
export const enumeration = (number: number): Field<number> => ({ number, kind: 'int32' });

export const message = <F extends Fields>(
  number: number,
  of: F | (() => F),
): Field<Message<F> | undefined, Input<F>> => ({
  number,
  kind: 'message',
  message: typeof of === 'function' ? of : () => of,
});

export const repeated = <F extends Fields>(
  number: number,
  of: F,
): Field<Message<F>[], readonly Input<F>[]> => ({
  number,
  kind: 'message',
  message: () => of,
  label: 'repeated',
});

/** map<string, message> */
export const mapOf = <F extends Fields>(
  number: number,
  of: F,
): Field<Record<string, Message<F>>, Readonly<Record<string, Input<F>>>> => ({
  number,
  kind: 'message',
  message: () => of,
  label: 'map',
});

/** Keeps presence: undefined if absent. */
export const optional = <T>(field: Field<T>): Field<T | undefined> => ({
  number: field.number,
  kind: field.kind,
  label: 'optional',
});

interface Scalar {
  readonly wireType: number;
  readonly zero: unknown;
  write(writer: WireWriter, value: never): void;
  read(reader: WireReader): unknown;
}

const scalars = {
  string: {
    wireType: lengthDelimited,
    zero: '',
    write: (w, value: string) => w.string(value),
    read: (r) => r.string(),
  },
  bytes: {
    wireType: lengthDelimited,
    zero: new Uint8Array(),
    write: (w, value: Uint8Array) => w.bytes(value),
    read: (r) => r.bytes(),
  },
  bool: {
    wireType: varint,
    zero: false,
    write: (w, value: boolean) => w.bool(value),
    read: (r) => r.bool(),
  },
  int32: {
    wireType: varint,
    zero: 0,
    write: (w, value: number) => w.int64(value),
    read: (r) => r.int32(),
  },
  int64: {
    wireType: varint,
    zero: 0,
    write: (w, value: number) => w.int64(value),
    read: (r) => r.int64(),
  },
} as const satisfies Record<ScalarKind, Scalar>;

export function encode<F extends Fields>(fields: F, value: Input<F>): Uint8Array {
  const writer = new WireWriter();
  write(fields, value, writer);
  return writer.finish();
}

/** @throws RangeError when the bytes, or a message in them, end within a field */
export function decode<F extends Fields>(fields: F, encoded: Uint8Array): Message<F> {
  const reader = new WireReader(encoded);
  return read(fields, reader, reader.length) as Message<F>;
}

function write(fields: Fields, value: Readonly<Record<string, unknown>>, writer: WireWriter): void {
  for (const [name, field] of Object.entries(fields)) {
    const content = value[name];
    if (content === undefined) {
      continue;
    }
    if (field.label === 'repeated') {
      for (const item of content as unknown[]) {
        writeField(field, field.number, item, writer);
      }
    } else if (field.label === 'map') {
      for (const [key, item] of Object.entries(content as Record<string, unknown>)) {
        writer.uint32(tag(field.number, lengthDelimited)).delimited(() => {
          writer.uint32(tag(1, lengthDelimited)).string(key);
          writeField(field, 2, item, writer);
        });
      }
    } else if (field.label === 'optional' || !isZero(content)) {
      writeField(field, field.number, content, writer);
    }
  }
}

function writeField(
  field: Field<unknown>,
  number: number,
  value: unknown,
  writer: WireWriter,
): void {
  if (field.kind === 'message') {
    writer
      .uint32(tag(number, lengthDelimited))
      .delimited(() => write(fieldsOf(field), value as Record<string, unknown>, writer));
  } else {
    const scalar: Scalar = scalars[field.kind];
    writer.uint32(tag(number, scalar.wireType));
    scalar.write(writer, value as never);
  }
}

function read(fields: Fields, reader: WireReader, end: number): Record<string, unknown> {
  const { names, zeroes } = decodingTable(fields);
  const value = zeroes();
  while (reader.position < end) {
    const head = reader.uint32();
    const name = names.get(head);
    const field = name === undefined ? undefined : fields[name];
    if (name === undefined || field === undefined) {
      reader.skip(head & 7);
    } else if (field.label === 'repeated') {
      (value[name] as unknown[]).push(readField(field, reader));
    } else if (field.label === 'map') {
      const entry = readMapEntry(field, reader);
      (value[name] as Record<string, unknown>)[entry.key] = entry.value;
    } else {
      value[name] = readField(field, reader);
    }
  }
  if (reader.position !== end) {
    throw new RangeError(
      `a field ends ${reader.position - end} bytes after the message that it is in`,
    );
  }
  return value;
}

function readField(field: Field<unknown>, reader: WireReader): unknown {
  if (field.kind !== 'message') {
    return scalars[field.kind].read(reader);
  }
  const length = reader.uint32();
  return read(fieldsOf(field), reader, reader.position + length);
}

function readMapEntry(field: Field<unknown>, reader: WireReader): { key: string; value: unknown } {
  const entry = { key: text(1), value: { number: 2, kind: field.kind, message: field.message } };
  const length = reader.uint32();
  const { key, value } = read(entry, reader, reader.position + length);
  return { key: key as string, value: value ?? read(fieldsOf(field), reader, reader.position) };
}

interface DecodingTable {
  /** Field name by tag. A field with another wire type has another tag, so it is skipped. */
  readonly names: ReadonlyMap<number, string>;
  zeroes(): Record<string, unknown>;
}

const decodingTables = new WeakMap<Fields, DecodingTable>();

function decodingTable(fields: Fields): DecodingTable {
  let table = decodingTables.get(fields);
  if (table === undefined) {
    const entries = Object.entries(fields);
    table = {
      names: new Map(
        entries.map(([name, { number, kind }]) => [
          tag(number, kind === 'message' ? lengthDelimited : scalars[kind].wireType),
          name,
        ]),
      ),
      zeroes: () => Object.fromEntries(entries.map(([name, field]) => [name, zeroOf(field)])),
    };
    decodingTables.set(fields, table);
  }
  return table;
}

function zeroOf({ label, kind }: Field<unknown>): unknown {
  if (label === 'repeated') {
    return [];
  }
  if (label === 'map') {
    // Without a prototype, `__proto__` is an ordinary key.
    return Object.create(null);
  }
  return label === 'optional' || kind === 'message' ? undefined : scalars[kind].zero;
}

function isZero(value: unknown): boolean {
  return (
    value === '' ||
    value === 0 ||
    value === false ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

function fieldsOf(field: Field<unknown>): Fields {
  return field.message?.() ?? {};
}

function tag(number: number, wireType: number): number {
  return (number << 3) | wireType;
}
