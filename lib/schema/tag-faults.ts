/** What is wrong with the tags that a construct is given, one sentence each. */
import { keyRules } from './key-rules';

/** @param isKnown false for what is only known when it is deployed, and cannot be checked here */
export function faultsOfTags(tags: Readonly<Record<string, string>>, isKnown: (text: string) => boolean): string[] {
  const { tagKey, tagValue, numberOfTags } = keyRules;
  const entries = Object.entries(tags);
  return [
    ...(numberOfTags.accepts(entries.length) ? [] : [`tags holds ${entries.length} tags; allowed are ${numberOfTags.allowed}`]),
    ...entries.flatMap(([key, value]) => [
      ...(!isKnown(key) || tagKey.accepts(key) ? [] : [`tags holds the name "${key}"; allowed are ${tagKey.allowed}`]),
      ...(!isKnown(value) || tagValue.accepts(value)
        ? []
        : [`tags holds the value "${value}" of "${key}"; allowed are ${tagValue.allowed}`]),
    ]),
  ];
}
