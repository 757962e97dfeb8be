/** What is asked of the lifecycle of material, and what comes of it. */
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

/** Where what is imported comes from; opened only when an import is due. */
export type RequestSource =
  /** @throws ByokError when it is not at hand */
  | { readonly open: () => Promise<Material>; readonly wrappingAlgorithm: WrappingAlgorithm }
  | { readonly preWrapped: 'fresh' | 'used'; readonly openPreWrapped: () => PreWrapped };

/** What a first import comes to: material is imported, or what is there is adopted. */
export type FirstStep = 'import' | 'adopt';

export interface MaterialRequest {
  readonly keyId: string;
  readonly wish: Wish;
  /**
   * Looked at by a first import only: material that is bound to its key already is never too weak.
   */
  readonly allowWeakMaterial: boolean;
  /** The key as it was made, if this very run made it and nobody looked at it since. */
  readonly made?: KeyDetail | undefined;
  /** Steps that were reviewed. */
  readonly permitted: readonly Step[];
  /**
   * What was reviewed for a key that is new here; undefined: nobody reviewed, and either will do.
   */
  readonly first?: FirstStep | undefined;
  /** Fingerprint that was reviewed; undefined when the material was not at hand then. */
  readonly reviewed: string | undefined;
  /** Expiry known from before. */
  readonly lastKnown: ExpirationInstant;
  readonly proof: Proof | undefined;
  /**
   * The key was disabled before it lost its material: an import enables it, so it is disabled
   * again. @default false
   */
  readonly disabled?: boolean;
  readonly source: RequestSource;
  /** What names the source, for errors, as the front-end spells it. */
  readonly sourceAttribute: string | undefined;
}

export interface MaterialOutcome {
  readonly observation: MaterialObservation;
  readonly proof: Proof | undefined;
  /** When this run imported; undefined when it did not. */
  readonly importedAt: Date | undefined;
  /** Why it was imported, when nobody could know before; undefined when nothing was. */
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
    // What is proven is compared by `decide`, which has a better word for it.
    const reviewed = request.reviewed === request.proof?.fingerprint ? undefined : request.reviewed;
    if (reviewed !== undefined && !sameFingerprint(reviewed, material.fingerprint)) {
      throw new ByokError(
        'ERR_MATERIAL_DIFFERS',
        `the ${words.review} showed material of fingerprint ${reviewed}, but now it has ${material.fingerprint}; the source is not stable or was changed: ${words.again}`,
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
