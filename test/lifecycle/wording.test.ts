/**
 * The lifecycle names no front-end: what each of them says is taken from the code, and read with
 * its own words.
 */
import { wording as ofHandler } from '../../lib/aws-cdk/handler/wording';
import { propertyNames } from '../../lib/aws-cdk/property-names';
import { wordingOf } from '../../lib/cli/wording';
import type { Wording } from '../../lib/lifecycle/wording';
import { wording as ofProvider } from '../../lib/provider/wording';
import { externalKeySchema } from '../../lib/schema/external-key';
import { keyMaterialSchema } from '../../lib/schema/key-material';
import { providerSchema } from '../../lib/schema/provider';
import { materialDestroyPolicies, materialStatuses } from '../../lib/terms/material';
import { settings } from '../../lib/terms/setting';
import { allCommands, wordsOf } from '../support/command-words';
import { Sentences } from './sentences';

const attributes = [keyMaterialSchema, externalKeySchema, providerSchema].flatMap(
  ({ attributes: table }) => Object.keys(table),
);
const snakeCase = attributes.filter((name) => name.includes('_'));

/** What is Terraform's, or of a stack, in code and comments. */
const frontEnd =
  /terraform|\bplan|(?<!\w)appl(?:y|ies|ied)\b|deploy|cloudformation|construct|byok_|\bstacks?\b/i;

interface FrontEnd {
  readonly words: Wording;
  /** Of other front-ends. */
  readonly foreign: RegExp;
}

/** `names`: a list of words as an expression. */
const anyOf = (names: readonly string[]) => `(?<![\\w-])(?:${names.join('|')})(?![\\w-])`;
const camelCase = anyOf(settings.filter((setting) => /[A-Z]/.test(setting)));

const frontEnds: Readonly<Record<string, FrontEnd>> = {
  provider: {
    words: ofProvider,
    foreign: new RegExp(`${camelCase}|(?<!\\w)--\\w|deploy|byok (?:apply|import)`),
  },
  'handler of AWS': {
    words: ofHandler,
    foreign: /_|(?<!\w)--\w|terraform|\bplan|\bappl(?:y|ies)\b|"byok/i,
  },
  commands: {
    words: wordsOf('byok apply'),
    foreign: new RegExp(
      `_|${camelCase}|terraform|\\bplan|deploy|\\b(?<!byok )appl(?:y|ies)\\b`,
      'i',
    ),
  },
};

/**
 * Values that people write in quotes under the same name everywhere, codes of errors, and the
 * statuses and proofs that states hold.
 */
const values = new Set<string>([...Object.keys(materialDestroyPolicies), 'public_key']);
const isValue = (text: string) =>
  values.has(text) || text.startsWith('ERR_') || Object.hasOwn(materialStatuses, text);
const withoutValues = (text: string) =>
  text.replace(/"(\w+)"/g, (quoted, word: string) => (values.has(word) ? '' : quoted));

const sentences = new Sentences('lib/lifecycle');

/** What of it no reader of this front-end should see. */
function foreignIn(from: Sentences, { words, foreign }: FrontEnd): readonly string[] {
  return from
    .saidBy(words)
    .flatMap(({ place, said }) => said.map((text) => ({ place, text })))
    .filter(({ text }) => !isValue(text) && foreign.test(withoutValues(text)))
    .map(({ place, text }) => `${place} ${text}`);
}

/** Code and comments that know of a front-end. */
function frontEndsIn(from: Sentences): readonly string[] {
  return from.code
    .filter(({ file }) => file !== 'lib/lifecycle/wording.ts')
    .flatMap(({ file, text }) =>
      text.split('\n').map((line, index) => ({ place: `${file}:${index + 1}`, line })),
    )
    .filter(
      ({ line }) =>
        frontEnd.test(line.replaceAll('ERR_CHANGED_SINCE_PLAN', '')) ||
        new RegExp(anyOf(snakeCase)).test(line),
    )
    .map(({ place, line }) => `${place} ${line.trim()}`);
}

test('every refusal and notice is among what is read', () => {
  const found = sentences.saidBy(ofProvider).flatMap(({ said }) => said);
  expect(sentences.sinks).toBeGreaterThan(80);
  expect(found.filter((text) => text.includes(' ')).length).toBeGreaterThan(150);
  expect(found).toContain(
    'gave up waiting for …; check the key in the KMS, then apply again or raise timeouts',
  );
  expect(found).toContain('The key is left alone');
  expect(found.filter((text) => text.includes('undefined') || text.includes('=>'))).toEqual([]);
});

/** A matter of the connection. */
const ofConnection = ['variables', 'documented'];

test.each(Object.keys(ofProvider).filter((word) => !ofConnection.includes(word)))(
  '%s is said somewhere',
  (word) => {
    const marked = {
      ...ofProvider,
      [word]: typeof ofProvider[word as keyof Wording] === 'function' ? () => '†' : '†',
    };
    expect(
      sentences.saidBy(marked).some(({ said }) => said.some((text) => text.includes('†'))),
    ).toBe(true);
  },
);

test.each(Object.entries(frontEnds))('in the words of the %s they name no other', (_name, one) => {
  expect(foreignIn(sentences, one)).toEqual([]);
});

test('no identifier, text or comment of the lifecycle names one', () => {
  expect(frontEndsIn(sentences)).toEqual([]);
});

/** An expression that a template holds. */
const held = (expression: string) => `$\{${expression}}`;

/**
 * What would stand in a file of the lifecycle, who must find fault with its texts, and whether the
 * code itself is at fault.
 */
const faults = [
  [
    "throw new ByokError('ERR_REFUSED', 'let Terraform do it');",
    ['handler of AWS', 'commands'],
    true,
  ],
  [
    "throw new ByokError('ERR_REFUSED', 'expiration_time is past');",
    ['handler of AWS', 'commands'],
    true,
  ],
  [
    `const notice = { summary: \`Give ${held("words.name('keyId')")}\`, detail: 'give keyId' };`,
    ['provider', 'commands'],
    false,
  ],
  [
    `const detail = \`${held("words.name('keyId')")}, or --key-id\`;`,
    ['provider', 'handler of AWS'],
    false,
  ],
  [
    `const detail = wish ? \`the next ${held('words.review')}\` : 'plan again';`,
    ['handler of AWS', 'commands'],
    true,
  ],
  ["const attribute = 'key_id';", ['handler of AWS', 'commands'], true],
  ['export const planned = true;', [], true],
  ['/** What a plan shows. */', [], true],
] as const;
const fileOf = (index: number) => `lib/lifecycle/fault-${index}.ts`;
const declarations =
  "import type { Wording } from './wording';\ndeclare const words: Wording;\ndeclare const wish: boolean;\n";
const faulty = new Sentences(
  'lib/lifecycle',
  Object.fromEntries(faults.map(([line], index) => [fileOf(index), `${declarations}${line}`])),
);

test.each(faults.map((fault, index) => [...fault, fileOf(index)] as const))(
  '%s would be found',
  (_line, by, inCode, file) => {
    const finders = Object.entries(frontEnds).filter(([, one]) =>
      foreignIn(faulty, one).some((found) => found.startsWith(file)),
    );
    expect(finders.map(([name]) => name)).toEqual(by);
    expect(frontEndsIn(faulty).some((found) => found.startsWith(file))).toBe(inCode);
  },
);

// Answers are named as the API names them, and two tables of terms are documentation.
test.each(['kms', 'wrap', 'material', 'terms'])(
  'nor does a sentence of %s, which the lifecycle passes on',
  (folder) => {
    const found = new Sentences(`lib/${folder}`)
      .saidBy(ofProvider)
      .filter(({ place }) => !/^lib\/(?:kms\/answer|terms\/(?:key|material))\.ts:/.test(place))
      .flatMap(({ place, said }) =>
        said.filter((text) => text.includes(' ')).map((text) => `${place} ${text}`),
      );
    expect(found.length).toBeGreaterThan(8);
    expect(
      found.filter((text) =>
        new RegExp(`${anyOf(snakeCase)}|terraform|\\bplan|\\bapply\\b`, 'i').test(text),
      ),
    ).toEqual([]);
  },
);

describe('what a sentence names there is', () => {
  const saidBy = (words: Wording) =>
    sentences
      .saidBy(words)
      .flatMap(({ said }) =>
        said.flatMap((text) =>
          [...text.matchAll(/(?<![\w-])(?:--)?[a-z][\w-]*/gi)].map(([word]) => word),
        ),
      );

  test('among the attributes', () => {
    const named = saidBy(ofProvider).filter((word) => word.includes('_') && !isValue(word));
    expect(
      [...new Set(named)].filter((word) => !attributes.includes(word) && !word.startsWith('byok_')),
    ).toEqual([]);
  });

  const commands = allCommands();
  const flagsOf = (path: string) => commands.get(path)?.options.map(({ long }) => long) ?? [];
  const leaves = [...commands].filter(([, command]) => command.commands.length === 0);

  test.each(leaves)('among the flags of %s, or of the command that it names', (path, command) => {
    const words = wordingOf(command);
    const own = Object.values(words).map((word) => (typeof word === 'string' ? word : ''));
    const asked = settings.flatMap((setting) => [words.name(setting), words.set(setting, true)]);
    const said = flagsOf(path).includes('--region')
      ? sentences.saidBy(words).flatMap(({ said: texts }) => texts)
      : [];
    const wrong = [...own, ...asked, words.adopt('ID'), words.adoptWithExpiration('ID'), ...said]
      .flatMap((text) => [...text.matchAll(/(--[a-z-]+)(?: of "(byok [a-z -]+)")?/g)])
      .filter(([, flag = '', home = path]) => !flagsOf(home).includes(flag));
    expect(wrong.map(([text]) => text)).toEqual([]);
  });

  test('among the properties', () => {
    // A rolling expiry is one property, of two parts.
    const known = [...propertyNames.ImportedKeyProps, 'validFor', 'renewBefore'];
    const named = saidBy(ofHandler).filter(
      (word) => (settings as readonly string[]).includes(word) && /[A-Z]/.test(word),
    );
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
  });
});
