resource "byok_key_material" "from_file" {
  key_id            = byok_external_key.payments.key_id
  material_file     = "/run/secrets/payments.hex"
  material_encoding = "hex"
}
