/**
 * Scripts with which shells complete the command line of `byok`. All of them walk over the words
 * typed so far, to the command that they name, and then offer the words that may follow. Pure; no
 * program runs while the user types.
 */
import { allNodes, type CommandNode, type FlagNode } from './command-tree';

export const completionScripts = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
} as const satisfies Record<string, (root: CommandNode) => string>;

export type Shell = keyof typeof completionScripts;

function bashScript(root: CommandNode): string {
  const nodes = allNodes(root);
  return `# bash completion of ${root.name}; load it with: source <(${root.name} completion bash)
_${root.name}() {
  local cur prev word skip='' path='${root.name}' i
  cur=\${COMP_WORDS[COMP_CWORD]}
  prev=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $skip ]]; then skip=''; continue; fi
    case "$path $word" in
${stepsOf(nodes, 'path')}
    esac
  done
  if [[ -n $skip ]]; then
    case "$path $prev" in
${nodes.flatMap((node) => node.flags.flatMap((flag) => bashValue(node, flag))).join('\n')}
    esac
    return
  fi
  case "$path" in
${nodes.map((node) => `    '${node.path}') if [[ $cur == -* ]]; then _${root.name}_words '${flagNames(node).join(' ')}'; else _${root.name}_words '${followers(node).join(' ')}'; fi ;;`).join('\n')}
  esac
}
_${root.name}_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}
_${root.name}_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}
complete -F _${root.name} ${root.name}
`;
}

/**
 * What a word before the cursor does: it leads to a command, or it is a flag and its value follows.
 * @param variable holds the place in the tree
 */
function stepsOf(nodes: readonly CommandNode[], variable: string): string {
  const commands = nodes
    .flatMap((node) => node.commands)
    .map(({ path }) => `      '${path}') ${variable}='${path}' ;;`);
  const flags = valueFlags(nodes).map(({ path, name }) => `      '${path} ${name}') skip=1 ;;`);
  return [...commands, ...flags].join('\n');
}

function bashValue({ path }: CommandNode, { names, value }: FlagNode): string[] {
  const patterns = names.map((name) => `'${path} ${name}'`).join('|');
  if (value === undefined || value === 'other') {
    return [];
  }
  const act =
    typeof value === 'string'
      ? `_byok_files ${value === 'file' ? '-f' : '-d'}`
      : `_byok_words '${value.join(' ')}'`;
  return [`      ${patterns}) ${act} ;;`];
}

function zshScript(root: CommandNode): string {
  const nodes = allNodes(root);
  return `#compdef ${root.name}
# zsh completion of ${root.name}; load it with: source <(${root.name} completion zsh), or put it as _${root.name} into a folder of fpath
_${root.name}() {
  local word skip='' before='' at='${root.name}' i
  local -a described
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $skip ]]; then skip=''; continue; fi
    before=$word
    case "$at $word" in
${stepsOf(nodes, 'at')}
    esac
  done
  if [[ -n $skip ]]; then
    case "$at $before" in
${nodes.flatMap((node) => node.flags.flatMap((flag) => zshValue(node, flag))).join('\n')}
    esac
    return
  fi
  case "$at" in
${nodes.map((node) => `    '${node.path}') if [[ $PREFIX == -* ]]; then described=(${node.flags.flatMap(({ names, description }) => names.map((name) => zshItem(name, description))).join(' ')}); else described=(${[...node.commands.map((child) => zshItem(child.name, child.description)), ...node.words.map((word) => zshItem(word, ''))].join(' ')}); fi ;;`).join('\n')}
  esac
  (( $#described )) && _describe '${root.name}' described
}
if [[ $funcstack[1] == _${root.name} ]]; then
  _${root.name} "$@"
else
  compdef _${root.name} ${root.name}
fi
`;
}

function zshValue({ path }: CommandNode, { names, value }: FlagNode): string[] {
  if (value === undefined || value === 'other') {
    return [];
  }
  const act =
    typeof value === 'string'
      ? `_files${value === 'file' ? '' : ' -/'}`
      : `compadd -- ${value.join(' ')}`;
  return [`      ${names.map((name) => `'${path} ${name}'`).join('|')}) ${act} ;;`];
}

/** `_describe` splits at the first colon without a backslash before it. */
function zshItem(word: string, description: string): string {
  const escaped = word.replaceAll(':', '\\:');
  return quoted(description === '' ? escaped : `${escaped}:${description}`);
}

function fishScript(root: CommandNode): string {
  const nodes = allNodes(root);
  const at = `__${root.name}_is_at`;
  return `# fish completion of ${root.name}; load it with: ${root.name} completion fish | source
function ${at}
  set -l words (commandline -opc)
  set -l path '${root.name}'
  set -l skip ''
  for word in $words[2..-1]
    if test -n "$skip"
      set skip ''
      continue
    end
    switch "$path $word"
${nodes
  .flatMap((node) => node.commands)
  .map(
    ({ path }) => `      case '${path}'
        set path '${path}'`,
  )
  .join('\n')}
${valueFlags(nodes)
  .map(
    ({ path, name }) => `      case '${path} ${name}'
        set skip 1`,
  )
  .join('\n')}
    end
  end
  test "$path" = "$argv[1]"
end
complete -c ${root.name} -f
${nodes.flatMap((node) => [...node.commands.map((child) => fishWord(root, node, child.name, child.description)), ...node.words.map((word) => fishWord(root, node, word, ''))]).join('\n')}
${nodes.flatMap((node) => node.flags.map((flag) => fishFlag(root, node, flag))).join('\n')}
`;
}

function fishWord(root: CommandNode, node: CommandNode, word: string, description: string): string {
  return `complete -c ${root.name} -n "__${root.name}_is_at '${node.path}'" -a ${quoted(word)}${description === '' ? '' : ` -d ${fishQuoted(description)}`}`;
}

function fishFlag(
  root: CommandNode,
  node: CommandNode,
  { names, description, value }: FlagNode,
): string {
  const spelled = names
    .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(' ');
  const follows =
    value === undefined
      ? ''
      : value === 'file'
        ? ' -r -F'
        : value === 'folder'
          ? " -x -a '(__fish_complete_directories)'"
          : value === 'other'
            ? ' -x'
            : ` -x -a '${value.join(' ')}'`;
  return `complete -c ${root.name} -n "__${root.name}_is_at '${node.path}'" ${spelled}${follows} -d ${fishQuoted(description)}`;
}

// --- what they share ---

function valueFlags(nodes: readonly CommandNode[]): { path: string; name: string }[] {
  return nodes.flatMap(({ path, flags }) =>
    flags
      .filter(({ value }) => value !== undefined)
      .flatMap(({ names }) => names.map((name) => ({ path, name }))),
  );
}

function flagNames({ flags }: CommandNode): string[] {
  return flags.flatMap(({ names }) => names);
}

function followers({ commands, words }: CommandNode): string[] {
  return [...commands.map(({ name }) => name), ...words];
}

/** For bash and zsh: in single quotes only the closing quote has a meaning. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
