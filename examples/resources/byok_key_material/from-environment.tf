resource "byok_key_material" "from_environment" {
  key_id       = byok_external_key.payments.key_id
  material_env = "PAYMENTS_KEY"
}
