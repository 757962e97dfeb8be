/**
 * Every text in the code of the lifecycle, as a front-end says it: found by the compiler, not typed
 * in. Words that are given to the lifecycle are put in from the table of the front-end; what else
 * is only known later, such as the id of a key, is `…`.
 */
import { join } from 'node:path';
import ts from 'typescript';
import type { Wording } from '../../lib/lifecycle/wording';
import { settings } from '../../lib/terms/setting';

const root = join(__dirname, '..', '..');

export interface Text {
  /** File and line. */
  readonly place: string;
  /** More than one where a condition chooses. */
  readonly said: readonly string[];
}

const isSetting = (text: string) => (settings as readonly string[]).includes(text);

/** What only a call knows. */
const later = '…';

/** What is on disk, by path: all programs have the same options. */
const parsed = new Map<string, ts.SourceFile | undefined>();

export class Sentences {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #files: readonly ts.SourceFile[];

  /** @param added files that are not on disk, by path below the root */
  constructor(folder: string, added: Readonly<Record<string, string>> = {}) {
    const inMemory = new Map(
      Object.entries(added).map(([path, source]) => [join(root, path), source]),
    );
    const options = {
      strict: true,
      types: [],
      lib: ['lib.es2022.d.ts'],
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (path) => inMemory.has(path) || fileExists(path);
    host.getSourceFile = (path, target) => {
      const source = inMemory.get(path);
      if (source !== undefined) {
        return ts.createSourceFile(path, source, target, true);
      }
      const file = parsed.get(path) ?? getSourceFile(path, target);
      parsed.set(path, file);
      return file;
    };
    const onDisk = ts.sys.readDirectory(join(root, folder), ['.ts'], undefined, ['*.ts']);
    this.#program = ts.createProgram([...onDisk, ...inMemory.keys()], options, host);
    this.#checker = this.#program.getTypeChecker();
    this.#files = this.#program
      .getSourceFiles()
      .filter(({ fileName }) => onDisk.includes(fileName) || inMemory.has(fileName));
  }

  /** The code itself, comments and all, by file. */
  get code(): readonly { readonly file: string; readonly text: string }[] {
    return this.#files.map((file) => ({
      file: file.fileName.slice(root.length + 1),
      text: file.text,
    }));
  }

  /**
   * Each text and template, and each table of texts that one is looked up in, which may be of
   * another folder.
   */
  saidBy(words: Wording): readonly Text[] {
    const texts: Text[] = [];
    const visit = (node: ts.Node): void => {
      // What a word is asked with is the name of a setting, not a text.
      if (
        ts.isImportDeclaration(node) ||
        ts.isTypeNode(node) ||
        (ts.isStringLiteral(node) && this.#isSetting(node)) ||
        (ts.isCallExpression(node) && this.#wordOf(node.expression, words) !== undefined)
      ) {
        return;
      }
      if (isText(node) || ts.isElementAccessExpression(node)) {
        const file = node.getSourceFile();
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        const said = this.#evaluate(node, words).filter((text) => text !== later);
        texts.push({ place: `${file.fileName.slice(root.length + 1)}:${line + 1}`, said });
      }
      ts.forEachChild(node, visit);
    };
    for (const file of this.#files) {
      ts.forEachChild(file, visit);
    }
    return texts;
  }

  /** Texts that end up in an error, a notice or the reason of a decision: how many there are. */
  get sinks(): number {
    let count = 0;
    const names = ['summary', 'detail', 'reason'];
    const visit = (node: ts.Node): void => {
      const isError =
        ts.isNewExpression(node) && /^(?:Byok|Kms)Error$/.test(node.expression.getText());
      const isProperty =
        ts.isPropertyAssignment(node) &&
        names.includes(node.name.getText()) &&
        node.initializer.getText() !== 'undefined';
      count += isError || isProperty ? 1 : 0;
      ts.forEachChild(node, visit);
    };
    for (const file of this.#files) {
      visit(file);
    }
    return count;
  }

  /** Whether only names of settings may stand here. */
  #isSetting(node: ts.StringLiteral): boolean {
    const type = this.#checker.getContextualType(node);
    return (
      type?.isUnion() === true &&
      type.types.every((one) => one.isStringLiteral() && isSetting(one.value))
    );
  }

  #evaluate(node: ts.Expression | ts.Node, words: Wording): readonly string[] {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
      return [node.text];
    }
    if (ts.isTemplateExpression(node)) {
      return node.templateSpans.reduce<readonly string[]>(
        (said, { expression, literal }) =>
          said.flatMap((before) =>
            this.#evaluate(expression, words).map((middle) => `${before}${middle}${literal.text}`),
          ),
        [node.head.text],
      );
    }
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isAsExpression(node)
    ) {
      return this.#evaluate(node.expression, words);
    }
    if (ts.isConditionalExpression(node)) {
      return [...this.#evaluate(node.whenTrue, words), ...this.#evaluate(node.whenFalse, words)];
    }
    if (ts.isCallExpression(node)) {
      return this.#called(node, words);
    }
    if (ts.isElementAccessExpression(node)) {
      return this.#tableOf(node.expression);
    }
    const value = this.#wordOf(node, words) ?? this.#constantOf(node);
    return typeof value === 'string'
      ? [value]
      : value !== undefined && isNode(value)
        ? this.#evaluate(value, words)
        : [later];
  }

  #called({ expression, arguments: given }: ts.CallExpression, words: Wording): readonly string[] {
    const [first] = given;
    if (expression.getText() === 'capital' && first !== undefined) {
      return this.#evaluate(first, words).map(
        (text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`,
      );
    }
    const word = this.#wordOf(expression, words);
    if (typeof word !== 'function') {
      return [later];
    }
    const each = given.map((one): readonly unknown[] =>
      one.kind === ts.SyntaxKind.TrueKeyword ? [true] : this.#evaluate(one, words),
    );
    const combined = each.reduce<readonly (readonly unknown[])[]>(
      (lists, values) => lists.flatMap((list) => values.map((value) => [...list, value])),
      [[]],
    );
    return combined.map((values) => (word as (...given: readonly unknown[]) => string)(...values));
  }

  /** `words.again`, `context.words.name`, or what was taken out of one by its name. */
  #wordOf(node: ts.Node, words: Wording): unknown {
    if (ts.isPropertyAccessExpression(node) && this.#isWording(node.expression)) {
      return words[node.name.text as keyof Wording];
    }
    const declaration = ts.isIdentifier(node)
      ? this.#checker.getSymbolAtLocation(node)?.valueDeclaration
      : undefined;
    return declaration !== undefined &&
      ts.isBindingElement(declaration) &&
      this.#isWording(declaration.parent)
      ? words[(declaration.propertyName ?? declaration.name).getText() as keyof Wording]
      : undefined;
  }

  #isWording(node: ts.Node): boolean {
    return this.#checker.getTypeAtLocation(node).symbol?.name === 'Wording';
  }

  #constantOf(node: ts.Node): ts.Node | undefined {
    const declaration = ts.isIdentifier(node)
      ? this.#checker.getSymbolAtLocation(node)?.valueDeclaration
      : undefined;
    return declaration !== undefined && ts.isVariableDeclaration(declaration)
      ? declaration.initializer
      : undefined;
  }

  /** All texts of a constant table. */
  #tableOf(expression: ts.Expression): readonly string[] {
    const symbol = this.#checker.getSymbolAtLocation(expression);
    const found =
      symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
        ? this.#checker.getAliasedSymbol(symbol)
        : symbol;
    const declaration = found?.valueDeclaration;
    let table =
      declaration !== undefined && ts.isVariableDeclaration(declaration)
        ? declaration.initializer
        : undefined;
    while (table !== undefined && (ts.isAsExpression(table) || ts.isSatisfiesExpression(table))) {
      table = table.expression;
    }
    return table === undefined || !ts.isObjectLiteralExpression(table)
      ? []
      : table.properties.flatMap((one) =>
          ts.isPropertyAssignment(one) && ts.isStringLiteral(one.initializer)
            ? [one.initializer.text]
            : [],
        );
  }
}

function isText(node: ts.Node): boolean {
  return (
    ts.isStringLiteral(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    ts.isTemplateExpression(node)
  );
}

function isNode(value: unknown): value is ts.Node {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
