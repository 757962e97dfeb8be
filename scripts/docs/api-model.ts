/** The public TypeScript API as plain data: what each subpath exports, with its TSDoc. */
import type { Doc } from './tsdoc';

/** A piece of a type; those that name something exported say what. */
export interface TypePart {
  readonly text: string;
  readonly refersTo?: ApiSymbol;
}

/** A property, an option or a parameter. */
export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly static: boolean;
  readonly type: readonly TypePart[];
  readonly doc: Doc;
}

export interface Callable {
  readonly name: string;
  readonly static: boolean;
  /** Without the name: `(scope: Construct, id: string)`. */
  readonly parameterList: string;
  readonly parameters: readonly Field[];
  readonly returns: string;
  readonly doc: Doc;
}

export interface Base {
  readonly relation: 'Extends' | 'Implements';
  /** As the source names it. */
  readonly name: string;
}

export interface ApiSymbol {
  readonly name: string;
  /** Unique on the page. */
  readonly anchor: string;
  readonly kind: 'construct' | 'class' | 'interface' | 'type' | 'function' | 'constant';
  readonly doc: Doc;
  /** Bases outside lib/. */
  readonly bases: readonly Base[];
  readonly fields: readonly Field[];
  readonly methods: readonly Callable[];
  /** Of a class; undefined when it is not for callers. */
  readonly initializer?: Callable;
  /** Of constructs: the interface of the last parameter. */
  readonly props?: ApiSymbol;
  /** Of a type or a constant: what it stands for. */
  readonly definition?: string;
}

export interface ApiModule {
  /** For example "cdktf-byok/emulator". */
  readonly name: string;
  readonly symbols: readonly ApiSymbol[];
}
