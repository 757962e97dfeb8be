resource "byok_external_key" "signing" {
  alias    = "signing"
  key_spec = "EC_P256"
}

resource "byok_key_material" "signing" {
  key_id                = byok_external_key.signing.key_id
  material_file         = "signing.p12"
  material_encoding     = "pkcs12"
  material_password_env = "SIGNING_PASSWORD"
}
