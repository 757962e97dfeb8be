/** Every name that options of the matchers and of `synth` may have, by the interface that declares it. */
export const propertyNames = {
  ExpireBeforeOptions: ['now'],
  SynthOptions: ['context'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
