# VAULT_ADDR and VAULT_TOKEN do not reach the command: the script takes them from BYOK_VAULT_ADDR and BYOK_VAULT_TOKEN.
resource "byok_key_material" "from_command" {
  key_id           = byok_external_key.payments.key_id
  material_command = ["${path.module}/read-from-vault.sh", "secret/payments"]
}
