/**
 * Projects are named after their region: "eu-de" is the main one, "eu-de_team" another. The
 * variables that the console of Open Telekom Cloud offers for download name the project and no
 * region.
 */

/** Regions end in a number, except those of Open Telekom Cloud in the European Union. */
const regionAtTheBeginning = /^([a-z]{2}-(?:[a-z]{2}\d?|[a-z]+(?:-[a-z]+)?-\d{1,3}))(?:_|$)/;

/** Undefined if the name does not begin with a possible region. */
export function regionOfProject(projectName: string | undefined): string | undefined {
  return projectName?.match(regionAtTheBeginning)?.[1];
}
