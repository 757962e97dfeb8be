/** What the stacks of the tests declare. */
import { randomBytes } from 'node:crypto';

/** For every import that a recipe does; where it comes from is what recipes tell apart. */
export const material = randomBytes(32).toString('base64');

export const key = (name: string, extra = '') => `
resource "byok_external_key" "${name}" {
  alias = "${name}"
}
resource "byok_key_material" "${name}" {
  key_id       = byok_external_key.${name}.key_id
  material_env = "ORDERS_KEY"
  ${extra}
}`;
