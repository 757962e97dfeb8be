/**
 * The types that this package exports, as the compiler writes and reads them. Classes of cdktf have
 * private members, so that those of cdktn (CDK Terrain) do not match them: no property and no
 * parameter may ask for one.
 */
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..', '..');

const index = join(root, 'lib', 'index.ts');

const app = join(__dirname, 'cdktn-app.ts');

const program = ts.createProgram({
  rootNames: [index, app],
  options: {
    ...ts.parseJsonConfigFileContent(
      ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
      ts.sys,
      root,
    ).options,
    types: ['node'],
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: false,
  },
});

/** Every file that the root import gives to a user, as the compiler declares it. */
function declarations(): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const visit = (path: string): void => {
    const source = program.getSourceFile(path);
    if (source === undefined || texts.has(path)) {
      return;
    }
    program.emit(source, (_, text) => texts.set(path, text), undefined, true);
    for (const { fileName } of ts
      .preProcessFile(texts.get(path) ?? '')
      .importedFiles.filter(({ fileName: name }) => name.startsWith('.'))) {
      visit(`${join(path, '..', fileName)}.ts`);
    }
  };
  visit(index);
  return texts;
}

/** What a class is made of is no matter for whoever uses it; what it asks for and gives is. */
function withoutImportsAndBases(text: string): string {
  const file = ts.createSourceFile('declaration.d.ts', text, ts.ScriptTarget.Latest, true);
  const cut: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isImportDeclaration(node) ||
      (ts.isHeritageClause(node) && ts.isClassDeclaration(node.parent))
    ) {
      cut.push(node);
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(file);
  const printed = cut.reduceRight(
    (left, node) => left.slice(0, node.getStart()) + left.slice(node.end),
    text,
  );
  return printed.replace(/\/\*[\s\S]*?\*\//g, '');
}

test('no exported type asks for a class of cdktf', () => {
  const texts = declarations();
  expect(texts.size).toBeGreaterThan(10);
  const asking = [...texts].flatMap(([path, text]) =>
    [
      ...withoutImportsAndBases(text).matchAll(
        /\b(?:Terraform(?:Stack|Provider|Count|MetaArguments|Variable|Resource|Element)|App)\b/g,
      ),
    ].map(([name]) => `${path}: ${name}`),
  );
  expect(asking).toEqual([]);
});

test('the compiler takes the constructs in an app of cdktn', () => {
  const source = program.getSourceFile(app);
  const messages = [
    ...program.getSemanticDiagnostics(source),
    ...program.getSyntacticDiagnostics(source),
  ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  expect(messages).toEqual([]);
});
