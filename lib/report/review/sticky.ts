/**
 * Which comment of ours a review belongs into. One comment is kept up to date; an older run never
 * replaces what a newer one said. Pure.
 */
import { isRecord } from '../../json';
import { markerIn } from './markdown';

export interface Comment {
  readonly id: string;
  readonly body: string;
  /** Written by the user that posts now: anyone can write a marker. */
  readonly isOwn: boolean;
}

export type Posting =
  | { readonly action: 'create'; readonly outdated: readonly string[] }
  | { readonly action: 'update'; readonly id: string; readonly outdated: readonly string[] }
  | { readonly action: 'none'; readonly why: 'same' | 'newer' | 'nothing to say' };

export interface Post {
  /** Begins with its marker. */
  readonly text: string;
  /** Whether a key changes: if none does, only a comment that is there is changed. */
  readonly hasNews: boolean;
  /** A new comment notifies people, and so is written for other effects only. */
  readonly mode: PostMode;
}

export type PostMode = 'update' | 'new';

/** @param comments the oldest first */
export function postingOf(comments: readonly Comment[], { text, hasNews, mode }: Post): Posting {
  const own = marker(text);
  const ours = comments.filter(
    ({ isOwn, body }) => isOwn && own.id !== undefined && marker(body).id === own.id,
  );
  const newest = ours.at(-1);
  if (newest === undefined) {
    return hasNews ? { action: 'create', outdated: [] } : { action: 'none', why: 'nothing to say' };
  }
  if (ours.some(({ body }) => isNewer(marker(body).run, own.run))) {
    return { action: 'none', why: 'newer' };
  }
  if (mode === 'new' && marker(newest.body).digest !== own.digest) {
    return { action: 'create', outdated: [newest.id] };
  }
  // Of new comments the older ones are hidden already: each was the newest once.
  const outdated = mode === 'new' ? [] : ours.slice(0, -1).map(({ id }) => id);
  return newest.body.trim() === text.trim() && outdated.length === 0
    ? { action: 'none', why: 'same' }
    : { action: 'update', id: newest.id, outdated };
}

interface Marker {
  readonly id: unknown;
  /** Of the effects: merging or updating the branch does not change it. */
  readonly digest: unknown;
  readonly run: readonly number[];
}

function marker(text: string): Marker {
  const content = markerIn(text);
  const { id, digest, run } = isRecord(content) && content.v === 1 ? content : {};
  return { id, digest, run: Array.isArray(run) ? run.map(Number) : [] };
}

/** A run without a number, as on a machine of one's own, is older than none. */
function isNewer(one: readonly number[], other: readonly number[]): boolean {
  if (one.length === 0 || other.length === 0) {
    return false;
  }
  const at = one.findIndex((number, index) => number !== other[index]);
  return at !== -1 && (one[at] ?? 0) > (other[at] ?? 0);
}
