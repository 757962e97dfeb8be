/**
 * Reads the public TypeScript API by the compiler, from lib/ alone, without the packages that lib/
 * imports: their types appear by the names that the source gives them, so no version of theirs
 * shows.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { ApiModule, ApiSymbol, Base, Callable, Field, TypePart } from './api-model';
import { type Doc, docOf, isAbstract, isPublic, isStatic, textOf } from './tsdoc';

/** Mutable while it is built, since symbols refer to each other. */
type Draft = { -readonly [Key in keyof ApiSymbol]: ApiSymbol[Key] };

const { SyntaxKind } = ts;

/** @param root of the repository; subpaths whose file does not exist are left out */
export function readApi(root: string): readonly ApiModule[] {
  const { name, exports } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as PackageJson;
  const modules = Object.entries(exports).flatMap(([subpath, target]) => {
    const file =
      typeof target === 'string'
        ? ''
        : join(root, target.types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'lib/$1.ts'));
    return existsSync(file) && file.endsWith('.ts')
      ? [{ name: `${name}${subpath.slice(1)}`, file }]
      : [];
  });
  return new ApiReader(modules).read();
}

interface PackageJson {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

interface ModuleFile {
  readonly name: string;
  readonly file: string;
}

class ApiReader {
  readonly #modules: readonly ModuleFile[];
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  /** Type parameters of the interface that is read, by name. */
  readonly #standsFor = new Map<string, ts.TypeNode | undefined>();
  readonly #drafts = new Map<ts.Symbol, Draft>();

  constructor(modules: readonly ModuleFile[]) {
    const options: ts.CompilerOptions = {
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts'],
      strict: true,
      types: [],
      noEmit: true,
    };
    const host = ts.createCompilerHost(options);
    // Other packages are not looked for: it takes long, and what they say is not ours to document.
    host.resolveModuleNameLiterals = (literals, containingFile) =>
      literals.map(({ text }) => ({
        resolvedModule: text.startsWith('.')
          ? ts.resolveModuleName(text, containingFile, options, host).resolvedModule
          : undefined,
      }));
    this.#modules = modules;
    this.#program = ts.createProgram(
      modules.map(({ file }) => file),
      options,
      host,
    );
    this.#checker = this.#program.getTypeChecker();
  }

  read(): readonly ApiModule[] {
    const exported = this.#modules.map(({ name, file }) => ({
      name,
      symbols: this.#exportsOf(file),
    }));
    // All are known before the first is described, so that each can refer to any other.
    for (const { name, symbols } of exported) {
      for (const symbol of symbols.filter((candidate) => !this.#drafts.has(candidate))) {
        const [, subpath = ''] = /^[^/]+\/(.+)$/.exec(name) ?? [];
        const anchor = [subpath, symbol.name].filter((part) => part !== '').join('.');
        this.#drafts.set(symbol, {
          name: symbol.name,
          anchor,
          kind: 'type',
          doc: docOf(declarationOf(symbol)),
          bases: [],
          fields: [],
          methods: [],
        });
      }
    }
    for (const [symbol, draft] of this.#drafts) {
      this.#describe(symbol, draft);
    }
    return exported.map(({ name, symbols }) => ({
      name,
      symbols: symbols.flatMap((symbol) => this.#drafts.get(symbol) ?? []),
    }));
  }

  #exportsOf(file: string): ts.Symbol[] {
    const source = this.#program.getSourceFile(file);
    const module = source === undefined ? undefined : this.#checker.getSymbolAtLocation(source);
    return (module === undefined ? [] : this.#checker.getExportsOfModule(module))
      .map((symbol) => this.#original(symbol))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #original(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  #describe(symbol: ts.Symbol, draft: Draft): void {
    const declaration = declarationOf(symbol);
    if (ts.isClassDeclaration(declaration)) {
      this.#describeClass(declaration, draft);
    } else if (ts.isInterfaceDeclaration(declaration)) {
      draft.kind = 'interface';
      this.#addMembers(declaration, draft);
    } else if (ts.isFunctionDeclaration(declaration)) {
      draft.kind = 'function';
      draft.methods = [this.#callable(declaration, symbol.name)];
    } else if (ts.isTypeAliasDeclaration(declaration)) {
      draft.definition = this.#definition(declaration.type, symbol);
    } else if (ts.isVariableDeclaration(declaration)) {
      draft.kind = 'constant';
      draft.definition =
        declaration.type?.getText() ??
        this.#checker.typeToString(this.#checker.getTypeOfSymbol(symbol));
    } else {
      throw new Error(
        `${symbol.name} is exported, and ${SyntaxKind[declaration.kind]} is not documented yet`,
      );
    }
  }

  /** A union of strings is spelt out; anything else stands as it is written. */
  #definition(node: ts.TypeNode, symbol: ts.Symbol): string {
    const type = this.#checker.getDeclaredTypeOfSymbol(symbol);
    const members = type.isUnion() ? type.types : [type];
    return members.every((member) => member.isStringLiteral())
      ? members.map((member) => this.#checker.typeToString(member)).join(' | ')
      : node.getText();
  }

  #describeClass(declaration: ts.ClassDeclaration, draft: Draft): void {
    this.#addMembers(declaration, draft);
    const initializer = declaration.members.find(ts.isConstructorDeclaration);
    const isConstruct = initializer?.parameters[0]?.type?.getText() === 'Construct';
    draft.kind = isConstruct ? 'construct' : 'class';
    if (initializer !== undefined && isPublic(initializer) && !isAbstract(declaration)) {
      draft.initializer = this.#callable(initializer, draft.name);
    }
    const props = initializer?.parameters.at(-1)?.type;
    const refersTo = isConstruct && props !== undefined ? this.#refersTo(props) : undefined;
    if (refersTo !== undefined) {
      draft.props = refersTo;
    }
  }

  /** With those of its bases in lib/, so that nobody has to look them up. */
  #addMembers(declaration: ts.ClassDeclaration | ts.InterfaceDeclaration, draft: Draft): void {
    const seen = new Set<string>();
    const bases: Base[] = [];
    const visit = (
      node: ts.ClassDeclaration | ts.InterfaceDeclaration,
      given: readonly ts.TypeNode[] = [],
    ): void => {
      const parameters = node.typeParameters ?? [];
      for (const [index, { name, default: otherwise }] of parameters.entries()) {
        this.#standsFor.set(name.text, given[index] ?? otherwise);
      }
      for (const member of node.members) {
        this.#addMember(member, draft, seen);
      }
      const heritage = (node.heritageClauses ?? []).flatMap(({ token, types }) =>
        types.map((base) => ({ token, base })),
      );
      for (const { token, base } of heritage) {
        const symbol = this.#checker.getSymbolAtLocation(base.expression);
        const [original] = symbol === undefined ? [] : (this.#original(symbol).declarations ?? []);
        if (
          original !== undefined &&
          isDocumented(original) &&
          !this.#program.isSourceFileDefaultLibrary(original.getSourceFile())
        ) {
          visit(original, base.typeArguments);
        } else {
          bases.push({
            relation: token === SyntaxKind.ImplementsKeyword ? 'Implements' : 'Extends',
            name: base.getText(),
          });
        }
      }
    };
    visit(declaration);
    draft.bases = bases;
  }

  /** @param seen names; the first of a name is what counts, since bases come later */
  #addMember(member: ts.ClassElement | ts.TypeElement, draft: Draft, seen: Set<string>): void {
    const name = member.name?.getText() ?? '';
    if (
      !isPublic(member) ||
      ts.isConstructorDeclaration(member) ||
      seen.has(name) ||
      name === '' ||
      name.startsWith('[')
    ) {
      return;
    }
    seen.add(name);
    const isMethod = ts.isMethodDeclaration(member) || ts.isMethodSignature(member);
    if (isMethod) {
      draft.methods = [...draft.methods, this.#callable(member, name)];
    } else if (!ts.isSetAccessor(member)) {
      draft.fields = [
        ...draft.fields,
        this.#field(member as ts.PropertyDeclaration, docOf(member)),
      ];
    }
  }

  #field(node: ts.PropertyDeclaration | ts.ParameterDeclaration, doc: Doc): Field {
    return {
      name: node.name.getText(),
      optional:
        node.questionToken !== undefined ||
        (ts.isParameter(node) && node.initializer !== undefined),
      static: isStatic(node),
      type: this.#typeParts(node.type, node),
      doc,
    };
  }

  #callable(node: ts.SignatureDeclaration, name: string): Callable {
    const parameters = node.parameters.map((parameter) => {
      const [tag] = ts.getJSDocParameterTags(parameter);
      const summary = textOf(tag?.comment).replace(/^- /, '');
      return {
        ...this.#field(parameter, { ...docOf(parameter), summary }),
        name: nameOf(parameter),
      };
    });
    const typeParameters =
      node.typeParameters === undefined
        ? ''
        : `<${node.typeParameters.map((each) => each.getText()).join(', ')}>`;
    const listed = node.parameters.map((parameter, index) => {
      const optional = parameters[index]?.optional ? '?' : '';
      const rest = parameter.dotDotDotToken === undefined ? '' : '...';
      return `${rest}${nameOf(parameter)}${optional}: ${parameter.type?.getText() ?? 'unknown'}`;
    });
    return {
      name,
      static: isStatic(node),
      parameterList: `${typeParameters}(${listed.join(', ')})`,
      parameters,
      returns: node.type?.getText() ?? 'void',
      doc: docOf(node),
    };
  }

  #typeParts(node: ts.TypeNode | undefined, of: ts.Node): TypePart[] {
    if (node === undefined) {
      return [{ text: this.#checker.typeToString(this.#checker.getTypeAtLocation(of)) }];
    }
    const meant = this.#standsFor.get(node.getText());
    if (meant !== undefined) {
      return this.#typeParts(meant, of);
    }
    if (ts.isUnionTypeNode(node)) {
      const members = node.types.filter((member) => !this.#isNever(member));
      return members.flatMap((member, index) => [
        ...(index === 0 ? [] : [{ text: ' | ' }]),
        ...this.#typeParts(member, of),
      ]);
    }
    if (ts.isArrayTypeNode(node)) {
      return [...this.#typeParts(node.elementType, of), { text: '[]' }];
    }
    if (ts.isTypeOperatorNode(node) && node.operator === SyntaxKind.ReadonlyKeyword) {
      return [{ text: 'readonly ' }, ...this.#typeParts(node.type, of)];
    }
    const refersTo = this.#refersTo(node);
    return [{ text: oneLine(node.getText()), ...(refersTo === undefined ? {} : { refersTo }) }];
  }

  #isNever(node: ts.TypeNode): boolean {
    return (this.#standsFor.get(node.getText()) ?? node).kind === SyntaxKind.NeverKeyword;
  }

  #refersTo(node: ts.TypeNode): ApiSymbol | undefined {
    const symbol = ts.isTypeReferenceNode(node)
      ? this.#checker.getSymbolAtLocation(node.typeName)
      : undefined;
    return symbol === undefined ? undefined : this.#drafts.get(this.#original(symbol));
  }
}

/** @throws Error for what is exported by a name only */
function declarationOf({ name, declarations = [] }: ts.Symbol): ts.Declaration {
  const [declaration] = declarations;
  if (declaration === undefined) {
    throw new Error(`${name} is exported and has no declaration`);
  }
  return declaration;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A destructured parameter has no name of its own. */
function nameOf({ name }: ts.ParameterDeclaration): string {
  return ts.isIdentifier(name) ? name.text : 'options';
}

const isDocumented = (node: ts.Node) =>
  ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node);
