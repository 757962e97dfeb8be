/**
 * A review in SARIF 2.1.0, for the code scanning of GitHub and for what else reads it. No plan tells
 * the line of a declaration, so each result stands at one file, and names its object. Pure.
 */
import { printableJson } from '../../printable';
import { type Issue, issuesIn, type Severity } from './issues';
import type { Review } from './review';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  blocker: 'error',
  critical: 'error',
  major: 'error',
  minor: 'warning',
  info: 'note',
};

const ofPolicy = 'Material violates a rule of the policy';

const meanings: Readonly<Record<string, string>> = {
  'byok/refused': 'The provider refuses the plan, so nothing is applied',
  'byok/destroy': 'A key stops working, and reverting the change does not bring it back',
  'byok/outage': 'A key does not work for a while, or is disabled',
  'byok/unpinned': 'The code does not say which material is imported',
  'byok/drift': 'A key was changed outside of Terraform',
};

/** @param location the file that the findings are shown at, from the top of the repository */
export function toSarif(review: Review, location: string): string {
  const issues = issuesIn(review);
  const rules = [...new Set(issues.map(({ rule }) => rule))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'byok review',
            rules: rules.map((id) => ({
              id,
              shortDescription: { text: meanings[id] ?? ofPolicy },
            })),
          },
        },
        results: issues.map((issue) => resultOf(issue, location, rules.indexOf(issue.rule))),
      },
    ],
  };
  return `${printableJson(log, 2)}\n`;
}

function resultOf(
  { rule, severity, description, address, fingerprint }: Issue,
  location: string,
  ruleIndex: number,
) {
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: plain(description) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(location) },
          region: { startLine: 1 },
        },
        logicalLocations: [{ fullyQualifiedName: address, kind: 'resource' }],
      },
    ],
    partialFingerprints: { 'effect/v1': fingerprint },
  };
}

/** Brackets would begin a link, and braces a placeholder. */
function plain(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}
