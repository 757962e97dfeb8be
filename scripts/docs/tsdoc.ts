/** What a declaration in the source says of itself: its TSDoc, and who may use it. */
import ts from 'typescript';

export interface Doc {
  /** Markdown. */
  readonly summary: string;
  /** What follows each tag of the name, as often as it was written. */
  readonly tags: Readonly<
    Record<'default' | 'returns' | 'throws' | 'see' | 'example' | 'deprecated', readonly string[]>
  >;
}

export function docOf(node: ts.Node): Doc {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  const after = (name: string) =>
    (comment?.tags ?? [])
      .filter(({ tagName }) => tagName.text === name)
      .map((tag) => textOf(tag.comment));
  return {
    summary: textOf(comment?.comment),
    tags: {
      default: after('default'),
      returns: after('returns'),
      throws: after('throws'),
      see: (comment?.tags ?? []).flatMap((tag) => (ts.isJSDocSeeTag(tag) ? [textOfSee(tag)] : [])),
      example: after('example'),
      deprecated: after('deprecated'),
    },
  };
}

export function textOf(comment: Parameters<typeof ts.getTextOfJSDocComment>[0]): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').trim();
}

/** The compiler takes the first word for the name of a declaration, of an address "https". */
function textOfSee({ name, comment }: ts.JSDocSeeTag): string {
  const [first, rest] = [name?.getText() ?? '', textOf(comment)];
  return first === '' || rest === '' || rest.startsWith(':')
    ? `${first}${rest}`
    : `${first} ${rest}`;
}

function modifiersOf(node: ts.Node): readonly ts.SyntaxKind[] {
  return ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []).map(({ kind }) => kind) : [];
}

export function isPublic(node: ts.Node): boolean {
  const isInternal = ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
  const name = ts.getNameOfDeclaration(node as ts.Declaration);
  const kinds = modifiersOf(node);
  return (
    !isInternal &&
    !(name !== undefined && ts.isPrivateIdentifier(name)) &&
    !kinds.includes(ts.SyntaxKind.PrivateKeyword) &&
    !kinds.includes(ts.SyntaxKind.ProtectedKeyword)
  );
}

export const isStatic = (node: ts.Node): boolean =>
  modifiersOf(node).includes(ts.SyntaxKind.StaticKeyword);
export const isAbstract = (node: ts.Node): boolean =>
  modifiersOf(node).includes(ts.SyntaxKind.AbstractKeyword);
