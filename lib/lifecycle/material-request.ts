/** What callers ask of the material's lifecycle, and what it answers. */
import { ByokError } from '../errors';
import type { KeyDetail } from '../kms/model';
import type { Material } from '../material/material';
import type { PreWrapped } from '../material/pre-wrapped';
import type { ExpirationInstant } from '../terms/expiration-time';
import { defaultKeySpec, type WrappingAlgorithm } from '../terms/kms';
import { sameFingerprint } from '../wrap/fingerprint';
import type { LifecycleContext, Notice } from './context';
import type { Step, Wish } from './decision';
import type { ImportSource } from './import-material';
import type { MaterialObservation } from './material-status';
import type { Proof } from './proof';
import { refuseUnpinned } from './refusals';

/** Where the material to import comes from; opened only if an import is due. */
export type RequestSource =
  /** @throws ByokError if the material cannot be had */
  | { readonly open: () => Promise<Material>; readonly wrappingAlgorithm: WrappingAlgorithm }
  | { readonly preWrapped: 'fresh' | 'used'; readonly openPreWrapped: () => PreWrapped };

/** What a first import does: import material, or adopt what is there. */
export type FirstStep = 'import' | 'adopt';

export interface MaterialRequest {
  readonly keyId: string;
  readonly wish: Wish;
  /** The key as made, if this very run made it and has not looked at it since. */
  readonly made?: KeyDetail | undefined;
  /**
   * What the review showed for a key that is new to us; undefined: there was no review, and we may
   * do either.
   */
  readonly first?: FirstStep | undefined;
  /** Fingerprint that the review showed; undefined if the material was not available then. */
  readonly reviewed: string | undefined;
  readonly proof: Proof | undefined;
  /**
   * The key was disabled before it lost its material. An import enables it, so it is disabled
   * again.
   * @default false
   */
  readonly disabled?: boolean;
  readonly source: RequestSource;
  /** What names the source in errors, as the front-end names it. */
  readonly sourceAttribute: string | undefined;
}

/** What `reconcileMaterial` needs besides, since it may find material that it knows. */
export interface ReconcileRequest extends MaterialRequest {
  /** Steps that the review showed. */
  readonly permitted: readonly Step[];
  /** Expiry known from earlier. */
  readonly lastKnown: ExpirationInstant;
}

/** Of callers that review nothing. */
export type UnreviewedRequest = Omit<ReconcileRequest, 'permitted' | 'reviewed'>;

export interface MaterialOutcome {
  readonly observation: MaterialObservation;
  readonly proof: Proof | undefined;
  /** When this run imported; undefined if it did not. */
  readonly importedAt: Date | undefined;
  /** Why it imported, if that could not be known before; undefined if it did not. */
  readonly reason: string | undefined;
  readonly notices: readonly Notice[];
}

/** Reads and checks the material, lends it, and wipes it. */
export async function withSource<T>(
  { words }: LifecycleContext,
  request: MaterialRequest,
  keySpec: string | undefined,
  use: (source: ImportSource, atHand: string | undefined) => Promise<T>,
): Promise<T> {
  if ('openPreWrapped' in request.source) {
    return use({ preWrapped: request.source.openPreWrapped() }, undefined);
  }
  const material = await request.source.open();
  try {
    material.checkFits(keySpec ?? defaultKeySpec);
    const unpinned = refuseUnpinned(request.wish.pin, material.fingerprint, words);
    if (unpinned !== undefined) {
      throw unpinned;
    }
    // `decide` compares what is proven, and has better words for it.
    const reviewed = request.reviewed === request.proof?.fingerprint ? undefined : request.reviewed;
    if (reviewed !== undefined && !sameFingerprint(reviewed, material.fingerprint)) {
      throw new ByokError(
        'ERR_MATERIAL_DIFFERS',
        `the ${words.review} showed material with fingerprint ${reviewed}, but now it has ` +
          `${material.fingerprint}; the source changed, or gives other bytes each time: ` +
          `${words.again}`,
        { attribute: request.sourceAttribute },
      );
    }
    return await use(
      { material, wrappingAlgorithm: request.source.wrappingAlgorithm },
      material.fingerprint,
    );
  } finally {
    material.wipe();
  }
}
