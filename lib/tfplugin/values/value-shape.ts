/** The shape of a Terraform value by its schema, for decoding and encoding. */
import type { AttributeType, BlockSchema } from '../../schema/model';
import type { Value, Values } from './value';

/** In a value, a block looks like an object. They differ only in write-only attributes. */
export type Shape = AttributeType | BlockSchema;

export type Shapes = Readonly<Record<string, Shape>>;

// Cached, because a plan of a thousand resources codes tens of thousands
// of values by the same few schemas.
const shapesBySchema = new WeakMap<BlockSchema, Shapes>();
const entriesByShapes = new WeakMap<Shapes, readonly (readonly [name: string, shape: Shape])[]>();

export function shapesOf(schema: BlockSchema): Shapes {
  const known = shapesBySchema.get(schema);
  if (known !== undefined) {
    return known;
  }
  const { attributes, blocks = {} } = schema;
  const shapes = {
    ...Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type])),
    ...blocks,
  };
  shapesBySchema.set(schema, shapes);
  return shapes;
}

export function entriesOf(shapes: Shapes): readonly (readonly [name: string, shape: Shape])[] {
  const known = entriesByShapes.get(shapes);
  if (known !== undefined) {
    return known;
  }
  const entries = Object.entries(shapes);
  entriesByShapes.set(shapes, entries);
  return entries;
}

export function isCollection(
  shape: Exclude<Shape, string>,
): shape is Exclude<AttributeType, string> {
  return Array.isArray(shape);
}

export function withoutWriteOnly({ attributes, blocks = {} }: BlockSchema, values: Values): Values {
  const kept: Record<string, Value> = {};
  for (const [name, value] of Object.entries(values)) {
    const block = blocks[name];
    kept[name] =
      block !== undefined && isObject(value)
        ? withoutWriteOnly(block, value)
        : attributes[name]?.writeOnly
          ? null
          : value;
  }
  return kept;
}

/** The first name that is not in the shapes. */
export function findExtra(shapes: Shapes, given: object): string | undefined {
  return Object.keys(given).find((name) => !Object.hasOwn(shapes, name));
}

export function isObject<T>(raw: T): raw is T & Values {
  return (
    typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !(raw instanceof Uint8Array)
  );
}

export function shown(path: readonly string[]): string {
  return path.length === 0 ? 'the value' : path.join('.');
}
