/**
 * Every name that the options of the matchers and of `synth` accept,
 * by the interface that declares it.
 */
export const propertyNames = {
  ExpireBeforeOptions: ['now'],
  SynthOptions: ['context'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
