/** Properties that a caller left out are left out, and not passed on as undefined. */

/** The same fields; one that may be undefined may be absent instead. */
type OnlyGiven<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<
    Fields[Name],
    undefined
  >;
};

export function onlyGiven<Fields extends object>(fields: Fields): OnlyGiven<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as OnlyGiven<Fields>;
}
