/**
 * What happens in an encounter, one row each: the world is set up, and then objects, plans or
 * processes meet over a key.
 */
import { drawRow, type Random } from './random';
import type { Scene } from './scene-parts';
import { addressScenes } from './scenes-of-addresses';
import { processScenes } from './scenes-of-processes';
import { replacementScenes } from './scenes-of-replacement';

const rows = { ...addressScenes, ...replacementScenes, ...processScenes } as const satisfies Record<
  string,
  Scene
>;

export type SceneName = keyof typeof rows;

export const scenes: Readonly<Record<SceneName, Scene>> = rows;

export const sceneNames = Object.keys(scenes) as SceneName[];

export function drawScene(random: Random): SceneName {
  return drawRow(random, Object.entries(scenes) as [SceneName, Scene][]);
}
